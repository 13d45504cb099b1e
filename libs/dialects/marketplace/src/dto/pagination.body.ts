import { ApiFlag, ApiInteger, Schema } from '#libs/platform/schemas';

@Schema('MarketplacePagination', { description: 'Which page of a list it is' })
export class PaginationBody {
  @ApiInteger() page!: number;
  @ApiInteger() limit!: number;
  @ApiInteger() total!: number;
  @ApiInteger() totalPages!: number;
  @ApiFlag() hasMore!: boolean;
}
