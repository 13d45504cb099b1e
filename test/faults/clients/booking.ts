import type { Shown } from '../checker/facts.js';
import { enterByReading, PAGE, type Dialect, type Heard } from './dialect.js';

const MESSAGES = '/api/chat/messages';

interface Message {
  id: string;
  session_id: string;
  content: string;
  metadata: { deleted?: boolean };
}

const toShown = ({ id, content, metadata }: Message): Shown => ({
  id,
  text: content,
  deleted: metadata.deleted === true,
});
const heardOf =
  (kind: 'message' | 'edited') =>
  (message: Message): Heard => ({ room: message.session_id, kind, ...toShown(message) });

export const booking: Dialect = {
  name: 'booking',
  namespace: '/',
  readsBy: 'rest',
  changesBy: 'socket',
  hears: {
    new_message: heardOf('message'),
    message_edited: heardOf('edited'),
    message_deleted: ({ message_id, session_id }: { message_id: string; session_id: string }) => ({
      room: session_id,
      id: message_id,
      kind: 'deleted',
      text: '',
      deleted: true,
    }),
  },
  enter: (link, session_id, view) =>
    enterByReading(
      view,
      () => link.ask('join_chat', { session_id }),
      async (page) => {
        const path = `${MESSAGES}?session_id=${session_id}&page=${page}&limit=${PAGE}`;
        const { messages, has_more } = await link.call<{ messages: Message[]; has_more: boolean }>(
          'GET',
          path,
        );
        return { messages: messages.map(toShown), more: has_more };
      },
    ),
  async send(link, session_id, id, content) {
    const message = { id, content, type: 'text' };
    return {
      id: (await link.ask<{ message_id: string }>('send_message', { session_id, message })).message_id,
    };
  },
  /** As the document's own client does it: posts, and then emits what was stored. */
  async post(link, session_id, client_id, content) {
    const message = await link.call<Message>('POST', MESSAGES, {
      session_id,
      content,
      type: 'text',
      client_id,
    });
    link.emit('send_message', { session_id, message });
    return { id: message.id };
  },
  read: (link, _session, id) => link.call('PUT', `${MESSAGES}/${id}/read`),
  type: (link) => link.emit('typing_start'),
};
