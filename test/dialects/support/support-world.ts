import type { RestAnswer } from '../../support/rest-client.js';
import type { SocketClient } from '../../support/socket-client.js';
import type { Person, World } from '../../support/world.js';

export const SESSIONS = '/api/v1/chat/sessions';

export interface Message {
  id: string;
  session_id: string;
  sender_id: string | null;
  sender_name: string;
  sender_role: string;
  content: string;
  message_type: string;
  created_at: string;
  is_deleted: boolean;
  attachments: Record<string, unknown>[];
  read_by: { user_id: string; read_at: string }[];
  temp_id: string | null;
  metadata: Record<string, unknown>;
}

export interface Session {
  id: string;
  subject: string;
  status: string;
  agent_id: string | null;
  unread_count: number;
  last_message: Message | null;
  [field: string]: unknown;
}

export const open = (customer: Person, body: Record<string, unknown> = {}): Promise<RestAnswer<Session>> =>
  customer.rest.post<Session>(SESSIONS, { subject: 'Need help with order', ...body });

/** Id of a waiting session of this customer. */
export async function waiting(customer: Person, body: Record<string, unknown> = {}): Promise<string> {
  const answer = await open(customer, body);
  if (answer.status !== 201) throw new Error(`No session: ${JSON.stringify(answer.body)}`);
  return answer.body.data.id;
}

/** Id of a session that the agent has taken. */
export async function taken(
  customer: Person,
  agent: Person,
  body: Record<string, unknown> = {},
): Promise<string> {
  const id = await waiting(customer, body);
  const answer = await agent.rest.post(`${SESSIONS}/${id}/assign`);
  if (answer.status !== 200) throw new Error(`Not taken: ${JSON.stringify(answer.body)}`);
  return id;
}

/** A socket of the document's own client: on `/`, with the token in `auth`. */
export async function connected(world: World, person: Person): Promise<SocketClient> {
  const socket = await world.socket(person, { namespace: '/' });
  await socket.waitFor('authenticated');
  return socket;
}

/** Sockets that have joined the session, in the order of the people. */
export async function joined(world: World, session: string, ...people: Person[]): Promise<SocketClient[]> {
  const sockets: SocketClient[] = [];
  for (const person of people) {
    const socket = await connected(world, person);
    await socket.must('join_session', { session_id: session });
    sockets.push(socket);
  }
  return sockets;
}

/**
 * Proves that a socket did not hear an event: what its own queue answers later comes after everything it was sent.
 */
export async function nothingMore(socket: SocketClient): Promise<void> {
  await socket.ask('stop_typing', { session_id: 'sentinel' });
}
