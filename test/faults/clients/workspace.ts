import type { Shown } from '../checker/facts.js';
import { enterByReading, PAGE, type Dialect, type Heard } from './dialect.js';

interface Message {
  id: string;
  roomId: string;
  content: string;
  isDeleted: boolean;
}
interface Page {
  messages: Message[];
  pagination: { hasMore: boolean };
}

const path = (room: string, rest: string): string => `/api/chat/rooms/${room}/messages${rest}`;
const toShown = ({ id, content, isDeleted }: Message): Shown => ({ id, text: content, deleted: isDeleted });
const heardOf =
  (kind: 'message' | 'edited') =>
  ({ message }: { message: Message }): Heard => ({ room: message.roomId, kind, ...toShown(message) });

export const workspace: Dialect = {
  name: 'workspace',
  namespace: '/',
  readsBy: 'socket',
  changesBy: 'rest',
  greet: (link, token) => link.ask('authenticate', { token }),
  hears: {
    new_message: heardOf('message'),
    message_updated: heardOf('edited'),
    message_deleted: ({ roomId, messageId }: { roomId: string; messageId: string }) => ({
      room: roomId,
      id: messageId,
      kind: 'deleted',
      text: '',
      deleted: true,
    }),
  },
  enter: (link, roomId, view) =>
    enterByReading(
      view,
      () => link.ask('join_room', { roomId }),
      async (page) => {
        const { messages, pagination } = await link.call<Page>(
          'GET',
          path(roomId, `?page=${page}&limit=${PAGE}`),
        );
        return { messages: messages.map(toShown), more: pagination.hasMore };
      },
    ),
  async send(link, roomId, clientId, content) {
    const { message } = await link.ask<{ message: Message }>('send_message', {
      roomId,
      content,
      type: 'TEXT',
      clientId,
    });
    return { id: message.id };
  },
  async post(link, roomId, clientId, content) {
    const { message } = await link.call<{ message: Message }>('POST', path(roomId, ''), {
      content,
      clientId,
    });
    return { id: message.id };
  },
  edit: (link, roomId, id, content) => link.call('PATCH', path(roomId, `/${id}`), { content }),
  remove: (link, roomId, id) => link.call('DELETE', path(roomId, `/${id}`)),
  react: (link, roomId, id, emoji) => link.call('POST', path(roomId, `/${id}/reactions`), { emoji }),
  read: (link, roomId) => link.ask('mark_read', { roomId }),
  type: (link, roomId) => link.emit('typing_start', { roomId }),
};
