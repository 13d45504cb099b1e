import pg from 'pg';
import type { RestAnswer } from '../support/rest-client.js';
import type { SocketClient } from '../support/socket-client.js';
import type { Person, World } from '../support/world.js';

export const API = '/api/v1/chat';
export const DIRECTORY = `${API}/directory`;
export const roomPath = (room: string, rest = ''): string =>
  `${API}/rooms/${encodeURIComponent(room)}${rest}`;
export const messagesPath = (room: string, query = ''): string => roomPath(room, `/messages${query}`);
/** An id as the service document shows it. */
export const wire = (person: Person): string | number =>
  /^\d+$/.test(person.id) ? Number(person.id) : person.id;

export interface WireMessage {
  id: string;
  room_id: string;
  seq: number;
  sender: { id: string | number | null; name: string; type: string; avatar: string | null };
  message: string;
  message_type: string;
  timestamp: string;
  edited_at: string | null;
  read_by: { user_id: string | number; read_at: string }[];
  attachments: unknown[];
  metadata: Record<string, unknown>;
  reply_to: string | null;
}

export interface WirePage {
  messages: WireMessage[];
  pagination: {
    page: number;
    per_page: number;
    total: number;
    pages: number;
    has_next: boolean;
    has_prev: boolean;
  };
  has_more: boolean;
  last_seq: number;
}

export interface WireRoom {
  room_id: string;
  id: string;
  type: string;
  status: string;
  name: string | null;
  participant_count: number;
}

/** Sends by REST; a refusal throws. */
export async function post(
  person: Person,
  room: string,
  message: string,
  more: Record<string, unknown> = {},
): Promise<WireMessage> {
  return ok(
    await person.rest.post<WireMessage>(messagesPath(room), { message, message_type: 'text', ...more }),
  );
}

export async function history(person: Person, room: string, query = ''): Promise<WirePage> {
  return ok(await person.rest.get<WirePage>(messagesPath(room, query)));
}

export const texts = (page: { messages: WireMessage[] }): string[] =>
  page.messages.map((message) => message.message);

/** The data of a success; anything else throws what was answered. */
export function ok<T>(answer: RestAnswer<T>): T {
  if (answer.status >= 300 || !answer.body.success)
    throw new Error(`Refused with ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body.data;
}

/** What a refusal is recognised by. */
export const refusal = ({ status, body }: RestAnswer<unknown>): [status: number, code: string] => [
  status,
  body.code,
];

/** Opens a room by REST; a refusal throws. */
export async function openRoom(person: Person, body: Record<string, unknown>): Promise<WireRoom> {
  return ok(await person.rest.post<{ room: WireRoom }>(`${API}/rooms`, body)).room;
}

/**
 * A later message of another room that these sockets joined: once it is there, what was not delivered before it never
 * will be.
 */
export async function sentinel(world: World, ...sockets: [Person, SocketClient][]): Promise<void> {
  const people = [...new Map(sockets.map(([person]) => [person.id, person])).values()];
  const room = await world.serviceRoom(people);
  for (const [, socket] of sockets) await socket.must('join_room', { room_id: room });
  const sent = await post(people[0] as Person, room, 'sentinel');
  for (const [, socket] of sockets)
    await socket.waitFor('new_message', (message: WireMessage) => message.id === sent.id);
}

/** Messages of a room that a socket received. */
export const heard = (socket: SocketClient, room: string): WireMessage[] =>
  socket.of<WireMessage>('new_message').filter((message) => message.room_id === room);

/** Straight to the database of the server under test. */
export async function sql<T extends pg.QueryResultRow>(
  world: World,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: world.server.database.url });
  await client.connect();
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end();
  }
}
