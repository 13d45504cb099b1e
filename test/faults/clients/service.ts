import type { Shown } from '../checker/facts.js';
import type { Dialect, Heard } from './dialect.js';

const API = '/api/v1/chat';

export interface ServiceMessage {
  id: string;
  room_id: string;
  seq: number;
  sender: { id: string | number | null };
  message: string;
  deleted: boolean;
  client_id: string | null;
  read_by: { user_id: string | number }[];
  reactions: { emoji: string; users: (string | number)[] }[];
}

interface Joined {
  messages: ServiceMessage[];
  changes: ServiceMessage[];
  has_more: boolean;
  changes_has_more: boolean;
}

export const plainId = (id: string): string => id.replace(/^msg_/, '');
export const toShown = ({ id, message, deleted, seq }: ServiceMessage): Shown & { seq: number } => ({
  id: plainId(id),
  text: message,
  deleted,
  seq,
});
export const messagesPath = (room: string, query = ''): string => `${API}/rooms/${room}/messages${query}`;

export const service: Dialect = {
  name: 'service',
  namespace: '/chat',
  readsBy: 'socket',
  changesBy: 'socket',
  hears: {
    new_message: (message: ServiceMessage) => heardOf(message, 'message'),
    message_edited: (message: ServiceMessage) => heardOf(message, 'edited'),
    message_deleted: ({ message_id, room_id }: { message_id: string; room_id: string }) => ({
      room: room_id,
      id: plainId(message_id),
      kind: 'deleted',
      text: '',
      deleted: true,
    }),
  },

  /** Resumes by number. */
  async enter(link, room, view, heard) {
    const after = view.newest;
    const joined = await link.ask<Joined>('join_room', { room_id: room, after_seq: after }, (answer) => {
      for (const message of answer.messages) heard(heardOf(message, 'message'));
      view.replace(answer.changes.map(toShown));
    });
    for (let more = joined.has_more, from = joined.messages.at(-1)?.seq ?? after; more;) {
      const page = await link.call<Joined>('GET', messagesPath(room, `?after_seq=${from}&per_page=100`));
      view.insert(page.messages.map(toShown));
      from = page.messages.at(-1)?.seq ?? from;
      more = page.has_more;
    }
    for (let more = joined.changes_has_more, from = joined.changes.at(-1)?.seq ?? 0; more;) {
      const page = await link.call<Joined>(
        'GET',
        messagesPath(room, `?changed_after_seq=${after}&after_seq=${from}&per_page=100`),
      );
      view.replace(page.messages.map(toShown));
      from = page.messages.at(-1)?.seq ?? from;
      more = page.has_more;
    }
  },

  async send(link, room, client_id, message) {
    const stored = await link.ask<ServiceMessage>('send_message', { room_id: room, message, client_id });
    return { id: plainId(stored.id), seq: stored.seq };
  },
  async post(link, room, client_id, message) {
    const stored = await link.call<ServiceMessage>('POST', messagesPath(room), { message, client_id });
    return { id: plainId(stored.id), seq: stored.seq };
  },
  edit: (link, _room, id, message) => link.ask('edit_message', { message_id: `msg_${id}`, message }),
  remove: (link, _room, id) => link.ask('delete_message', { message_id: `msg_${id}` }),
  read: (link, room, id) => link.ask('mark_read', { room_id: room, up_to_message_id: `msg_${id}` }),
  type: (link, room) => link.emit('typing_start', { room_id: room }),
};

function heardOf(message: ServiceMessage, kind: 'message' | 'edited'): Heard {
  return { room: message.room_id, kind, ...toShown(message) };
}
