import { z } from 'zod';
import type { PathParameter } from '#libs/platform/http';
import { conversationExample } from './conversations.presenter.js';

/** What the parts of this contract's paths mean. */
export const CONVERSATION_PARAMS: Record<string, PathParameter> = {
  conversationId: { description: 'Id of the conversation', example: conversationExample.id },
};

export const paginationSchema = z.object({
  page: z.number(),
  limit: z.number(),
  total: z.number(),
  totalPages: z.number(),
  hasMore: z.boolean(),
});

export const pagination = (
  { page, limit }: { page: number; limit: number },
  total: number,
): z.output<typeof paginationSchema> => ({
  page,
  limit,
  total,
  totalPages: Math.ceil(total / limit),
  hasMore: page * limit < total,
});
