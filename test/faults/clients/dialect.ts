import type { Shown, Told } from '../checker/facts.js';
import type { RoomView } from '../checker/view.js';
import type { Link } from './link.js';

export type Heard = Omit<Told, 'at'>;

export interface StoredAs {
  id: string;
  /** Where the dialect tells it. */
  seq?: number;
}

/** One of the published APIs as a client of it uses it. Rooms and messages are plain ids here. */
export interface Dialect {
  readonly name: string;
  readonly namespace: '/' | '/chat';
  /** Whether marks of reading, and changes of messages, go by socket or by REST. */
  readonly readsBy: 'socket' | 'rest';
  readonly changesBy: 'socket' | 'rest';
  /** Where the document's client brings its token by an event and not with the handshake. */
  greet?(link: Link, token: string): Promise<unknown>;
  /** Events that tell of messages. */
  readonly hears: Record<string, (payload: never) => Heard>;
  /** Joins with the socket and brings the view up to date. */
  enter(link: Link, room: string, view: RoomView, heard: (heard: Heard) => void): Promise<void>;
  send(link: Link, room: string, clientId: string, text: string): Promise<StoredAs>;
  post(link: Link, room: string, clientId: string, text: string): Promise<StoredAs>;
  /** Marks this message, or everything up to it, as read. */
  read(link: Link, room: string, id: string): Promise<unknown>;
  type(link: Link, room: string): void;
  /** Of the person's own messages; where the document has no such thing, nobody does it. */
  edit?(link: Link, room: string, id: string, text: string): Promise<unknown>;
  remove?(link: Link, room: string, id: string): Promise<unknown>;
  /** Puts an emoji on a message; doing it again changes nothing. */
  react?(link: Link, room: string, id: string, emoji: string): Promise<unknown>;
}

/**
 * Joins, and reads the whole history by pages, the newest first: how a client comes back where the document knows no
 * numbers.
 * @param read a page, oldest first, and whether there is an older one
 */
export async function enterByReading(
  view: RoomView,
  join: () => Promise<unknown>,
  read: (page: number) => Promise<{ messages: Shown[]; more: boolean }>,
): Promise<void> {
  view.beginReading();
  await join();
  const known = new Map<string, Shown>();
  for (let page = 1, more = true; more; page += 1) {
    const slice = await read(page);
    // What came meanwhile has pushed some onto the next page.
    const older = slice.messages.filter(({ id }) => !known.has(id));
    const newer = [...known.values()];
    known.clear();
    for (const message of [...older, ...newer]) known.set(message.id, message);
    more = slice.more;
  }
  view.finishReading([...known.values()]);
}

export const PAGE = 100;
