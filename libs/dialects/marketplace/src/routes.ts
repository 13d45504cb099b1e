import type { PathParameter } from '#libs/platform/http';
import { CONVERSATION_ID } from './dto/ids.js';
import type { PaginationBody } from './dto/pagination.body.js';

/** What the parts of this contract's paths mean. */
export const CONVERSATION_PARAMS: Record<string, PathParameter> = {
  conversationId: { description: 'Id of the conversation', example: CONVERSATION_ID },
};

export const pagination = (
  { page, limit }: { page: number; limit: number },
  total: number,
): PaginationBody => ({
  page,
  limit,
  total,
  totalPages: Math.ceil(total / limit),
  hasMore: page * limit < total,
});
