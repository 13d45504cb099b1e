import { z } from 'zod';
import { defineServerEvents } from '#libs/platform/realtime';
import { wireIdSchema } from '#libs/directory';
import { conversationExample, conversationSchema } from './conversations.presenter.js';
import { messageExample, messageSchema, statusExample, statusSchema } from './messages.presenter.js';
import { MARKETPLACE_DIALECT } from './marketplace.dialect.js';
import { CONVERSATION_STATUSES } from './types.js';

const conversationId = z.string().meta({ examples: [conversationExample.id] });
const userId = wireIdSchema;

export const authenticatedSchema = z.object({
  userId,
  user: z.record(z.string(), z.unknown()).meta({ description: 'Yourself: id, name, role, avatar' }),
  onlineUsers: z.array(wireIdSchema).meta({ description: 'Your conversation partners who are online' }),
});
export const joinedSchema = z.object({ conversationId, conversation: conversationSchema });
export const leftSchema = z.object({ conversationId });
export const messageAnswerSchema = z.object({ message: messageSchema });
const oneMessage = { payload: messageAnswerSchema, example: { message: messageExample } };

export const marketplaceServerEvents = defineServerEvents(MARKETPLACE_DIALECT, {
  'chat-authenticated': {
    summary: 'The token was accepted; this connection counts from now on',
    payload: authenticatedSchema,
    example: {
      userId: 2,
      user: { id: 2, name: 'First Customer', role: 'customer', avatar: null },
      onlineUsers: [1],
    },
  },
  'chat-joined-conversation': {
    summary: 'This socket receives the conversation from now on',
    payload: joinedSchema,
    example: { conversationId: conversationExample.id, conversation: conversationExample },
  },
  'chat-left-conversation': {
    summary: 'This socket does not receive the conversation any more',
    payload: leftSchema,
  },
  'chat-new-message': {
    summary: 'A message was stored in a joined conversation; its sender gets it too',
    ...oneMessage,
  },
  'chat-message-updated': { summary: 'A message of a joined conversation was edited', ...oneMessage },
  'chat-message-deleted': {
    summary: 'A message of a joined conversation was deleted; forget its content',
    payload: z.object({ conversationId, messageId: z.string().meta({ examples: [messageExample.id] }) }),
  },
  'chat-user-typing': {
    summary: 'Someone else in a joined conversation types, or stopped',
    payload: z.object({ conversationId, userId, isTyping: z.boolean() }),
    example: { conversationId: conversationExample.id, userId: 2, isTyping: true },
  },
  'chat-message-status-updated': {
    summary: 'A message reached the other side, or was read',
    payload: statusSchema,
    example: statusExample,
  },
  'chat-conversation-updated': {
    summary: 'A joined conversation was blocked, ended or opened again',
    payload: z.object({ conversationId, status: z.enum(CONVERSATION_STATUSES) }),
    example: { conversationId: conversationExample.id, status: 'ENDED' },
  },
  'chat-user-online': {
    summary: 'A conversation partner came online',
    payload: z.object({ userId }),
    example: { userId: 1 },
  },
  'chat-user-offline': {
    summary: 'A conversation partner went offline',
    payload: z.object({ userId, lastSeen: z.string() }),
    example: { userId: 1, lastSeen: '2024-01-15T14:30:00.000Z' },
  },
  'chat-error': {
    summary: 'An event was refused',
    payload: z.object({
      message: z.string(),
      code: z.string(),
      details: z.array(z.record(z.string(), z.unknown())),
      event: z.string().meta({ description: 'Name of the refused event' }),
    }),
    example: {
      message: 'A sentence that says what is wrong.',
      code: 'CONVERSATION_INACTIVE',
      details: [],
      event: 'chat-send-message',
    },
  },
});
