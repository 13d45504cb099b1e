import type { Shown } from '../checker/facts.js';
import { enterByReading, PAGE, type Dialect, type Heard } from './dialect.js';

interface Message {
  id: string;
  conversationId: string;
  content: string;
  isDeleted: boolean;
}
interface Page {
  messages: Message[];
  pagination: { hasMore: boolean };
}

const path = (id: string, query = ''): string =>
  `/api/provider-customer-chat/conversations/${id}/messages${query}`;
const toShown = ({ id, content, isDeleted }: Message): Shown => ({ id, text: content, deleted: isDeleted });
const heardOf =
  (kind: 'message' | 'edited') =>
  ({ message }: { message: Message }): Heard => ({ room: message.conversationId, kind, ...toShown(message) });

export const marketplace: Dialect = {
  name: 'marketplace',
  namespace: '/',
  readsBy: 'socket',
  changesBy: 'socket',
  greet: (link, token) => link.ask('chat-authenticate', { token }),
  hears: {
    'chat-new-message': heardOf('message'),
    'chat-message-updated': heardOf('edited'),
    'chat-message-deleted': ({
      conversationId,
      messageId,
    }: {
      conversationId: string;
      messageId: string;
    }) => ({
      room: conversationId,
      id: messageId,
      kind: 'deleted',
      text: '',
      deleted: true,
    }),
  },
  enter: (link, conversationId, view) =>
    enterByReading(
      view,
      () => link.ask('chat-join-conversation', { conversationId }),
      async (page) => {
        const { messages, pagination } = await link.call<Page>(
          'GET',
          path(conversationId, `?page=${page}&limit=${PAGE}`),
        );
        return { messages: messages.map(toShown), more: pagination.hasMore };
      },
    ),
  async send(link, conversationId, clientId, content) {
    const { message } = await link.ask<{ message: Message }>('chat-send-message', {
      conversationId,
      content,
      messageType: 'TEXT',
      clientId,
    });
    return { id: message.id };
  },
  async post(link, conversationId, clientId, content) {
    const { id } = await link.call<Message>('POST', path(conversationId), { content, clientId });
    return { id };
  },
  read: (link, _conversation, messageId) =>
    link.ask('chat-update-message-status', { messageId, status: 'READ' }),
  type: (link, conversationId) => link.emit('chat-typing', { conversationId, isTyping: true }),
};
