import { defineServerEvents } from '#libs/platform/realtime';
import {
  conversationExample,
  JoinedConversationBody,
  LeftConversationBody,
} from './dto/conversation.body.js';
import {
  AuthenticatedPayload,
  ConversationUpdatedPayload,
  MessageDeletedPayload,
  RefusedPayload,
  UserOfflinePayload,
  UserOnlinePayload,
  UserTypingPayload,
} from './dto/events.payload.js';
import { CONVERSATION_ID } from './dto/ids.js';
import { messageExample, MessageProgressBody, OneMessageBody, progressExample } from './dto/message.body.js';
import { MARKETPLACE_DIALECT } from './marketplace.dialect.js';

const oneMessage = { payload: OneMessageBody, example: { message: messageExample } };

export const marketplaceServerEvents = defineServerEvents(MARKETPLACE_DIALECT, {
  'chat-authenticated': {
    summary: 'The token was accepted; this connection counts from now on',
    payload: AuthenticatedPayload,
    example: {
      userId: 2,
      user: { id: 2, name: 'First Customer', role: 'customer', avatar: null },
      onlineUsers: [1],
    },
  },
  'chat-joined-conversation': {
    summary: 'This socket receives the conversation from now on',
    payload: JoinedConversationBody,
    example: { conversationId: CONVERSATION_ID, conversation: conversationExample },
  },
  'chat-left-conversation': {
    summary: 'This socket does not receive the conversation any more',
    payload: LeftConversationBody,
  },
  'chat-new-message': {
    summary: 'A message was stored in a joined conversation; its sender gets it too',
    ...oneMessage,
  },
  'chat-message-updated': { summary: 'A message of a joined conversation was edited', ...oneMessage },
  'chat-message-deleted': {
    summary: 'A message of a joined conversation was deleted; forget its content',
    payload: MessageDeletedPayload,
  },
  'chat-user-typing': {
    summary: 'Someone else in a joined conversation types, or stopped',
    payload: UserTypingPayload,
    example: { conversationId: CONVERSATION_ID, userId: 2, isTyping: true },
  },
  'chat-message-status-updated': {
    summary: 'A message reached the other side, or was read',
    payload: MessageProgressBody,
    example: progressExample,
  },
  'chat-conversation-updated': {
    summary: 'A joined conversation was blocked, ended or opened again',
    payload: ConversationUpdatedPayload,
    example: { conversationId: CONVERSATION_ID, status: 'ENDED' },
  },
  'chat-user-online': {
    summary: 'A conversation partner came online',
    payload: UserOnlinePayload,
    example: { userId: 1 },
  },
  'chat-user-offline': {
    summary: 'A conversation partner went offline',
    payload: UserOfflinePayload,
    example: { userId: 1, lastSeen: '2024-01-15T14:30:00.000Z' },
  },
  'chat-error': {
    summary: 'An event was refused',
    payload: RefusedPayload,
    example: {
      message: 'A sentence that says what is wrong.',
      code: 'CONVERSATION_INACTIVE',
      details: [],
      event: 'chat-send-message',
    },
  },
});
