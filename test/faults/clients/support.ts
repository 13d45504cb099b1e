import type { Shown } from '../checker/facts.js';
import { enterByReading, PAGE, type Dialect, type Heard } from './dialect.js';

const SESSIONS = '/api/v1/chat/sessions';

interface Message {
  id: string;
  session_id: string;
  content: string;
  is_deleted: boolean;
}

const toShown = ({ id, content, is_deleted }: Message): Shown => ({ id, text: content, deleted: is_deleted });
const heardOf =
  (kind: 'message' | 'edited') =>
  ({ message }: { message: Message }): Heard => ({ room: message.session_id, kind, ...toShown(message) });

export const support: Dialect = {
  name: 'support',
  namespace: '/',
  readsBy: 'socket',
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
      () => link.ask('join_session', { session_id }),
      async (page) => {
        const path = `${SESSIONS}/${session_id}/messages?limit=${PAGE}&offset=${(page - 1) * PAGE}`;
        const messages = await link.call<Message[]>('GET', path);
        return { messages: messages.map(toShown), more: messages.length === PAGE };
      },
    ),
  async send(link, session_id, temp_id, content) {
    const sent = await link.ask<{ message_id: string }>('send_message', {
      session_id,
      content,
      message_type: 'text',
      temp_id,
    });
    return { id: sent.message_id };
  },
  async post(link, session, temp_id, content) {
    const { id } = await link.call<Message>('POST', `${SESSIONS}/${session}/messages`, { content, temp_id });
    return { id };
  },
  read: (link, session_id, id) => link.ask('mark_as_read', { session_id, message_ids: [id] }),
  type: (link, session_id) => link.emit('typing', { session_id }),
};
