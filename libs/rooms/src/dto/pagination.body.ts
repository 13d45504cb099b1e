import { z } from 'zod';
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

/** Of schemas that are not classes yet. */
export const paginationSchema = z
  .object({
    page: z.number(),
    per_page: z.number(),
    total: z.number(),
    pages: z.number(),
    has_next: z.boolean(),
    has_prev: z.boolean(),
  })
  .meta({
    id: 'Pagination',
    examples: [{ page: 1, per_page: 50, total: 120, pages: 3, has_next: true, has_prev: false }],
  });
