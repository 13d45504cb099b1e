import { z } from 'zod';
import type { PathParameter } from '#libs/platform/http';
import { conversationExample } from './conversations.presenter.js';

export const PREFIX = 'api/provider-customer-chat';

/** What the parts of this contract's paths mean. */
export const CONVERSATION_PARAMS: Record<string, PathParameter> = {
  conversationId: { description: 'Id of the conversation', example: conversationExample.id },
};

/** Codes of routes that take a conversation. */
export const CONVERSATION_FAILURES = { not_found: ['NOT_FOUND'], forbidden: ['FORBIDDEN'] };

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
