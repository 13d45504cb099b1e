import { ApiFlag, ApiInteger, Schema } from '#libs/platform/schemas';

@Schema('Pagination', {
  example: { page: 1, per_page: 50, total: 120, pages: 3, has_next: true, has_prev: false },
})
export class Pagination {
  @ApiInteger() page!: number;
  @ApiInteger() per_page!: number;
  @ApiInteger() total!: number;
  @ApiInteger() pages!: number;
  @ApiFlag() has_next!: boolean;
  @ApiFlag() has_prev!: boolean;
}
