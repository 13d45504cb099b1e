import type { RestAnswer } from '../../support/rest-client.js';
import type { SocketClient } from '../../support/socket-client.js';
import type { Person, World } from '../../support/world.js';

export const ROOMS = '/api/chat/rooms';
export const roomPath = (id: string, rest = ''): string => `${ROOMS}/${id}${rest}`;
export const NO_ROOM = '0190a5c2-7e8b-7c3d-9f10-000000000000';
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

export interface WirePerson {
  id: string | null;
  firstName: string;
  lastName: string;
  username: string | null;
  avatar: string | null;
}

export interface WireRoom {
  id: string;
  name: string | null;
  type: string;
  isActive: boolean;
  isPrivate: boolean;
  maxMembers: number | null;
  participantCount: number;
  participants: { userId: string; role: string; joinedAt: string; user: WirePerson }[];
  lastMessage: { id: string; content: string; sentAt: string; sender: WirePerson } | null;
  unreadCount: number;
}

export interface WireMessage {
  id: string;
  content: string;
  type: string;
  senderId: string | null;
  roomId: string;
  replyToId: string | null;
  isEdited: boolean;
  isDeleted: boolean;
  sender: WirePerson;
  replyTo: WireMessage | null;
  reactions: { emoji: string; count: number; users: string[] }[];
  attachments: Record<string, unknown> | null;
  metadata: Record<string, unknown>;
}

export interface WirePage {
  messages: WireMessage[];
  pagination: { page: number; limit: number; hasMore: boolean };
}

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

/** People whom the chat knows with their role: their token was seen. */
export async function known(...people: Person[]): Promise<void> {
  for (const person of people) ok(await person.rest.get(ROOMS));
}

export async function createRoom(owner: Person, body: Record<string, unknown> = {}): Promise<WireRoom> {
  const answer = await owner.rest.post<{ chatRoom: WireRoom }>(ROOMS, {
    name: 'Crew',
    type: 'GROUP',
    ...body,
  });
  return ok(answer).chatRoom;
}

/** Of a group between these people; the first one owns it. */
export async function groupOf(owner: Person, ...others: Person[]): Promise<string> {
  await known(owner, ...others);
  return (await createRoom(owner, { participantIds: others.map(({ id }) => id) })).id;
}

export async function post(
  person: Person,
  room: string,
  body: Record<string, unknown> | string,
): Promise<WireMessage> {
  const sent = typeof body === 'string' ? { content: body } : body;
  return ok(await person.rest.post<{ message: WireMessage }>(roomPath(room, '/messages'), sent)).message;
}

export const history = async (person: Person, room: string, query = ''): Promise<WirePage> =>
  ok(await person.rest.get<WirePage>(roomPath(room, `/messages${query}`)));

/** A socket of this contract, authenticated by event as its document shows. */
export async function connect(world: World, person: Person): Promise<SocketClient> {
  const socket = await world.socket(person, { namespace: '/', auth: { token: undefined } });
  socket.emit('authenticate', { token: person.token });
  await socket.waitFor('authenticated');
  return socket;
}

/** Sockets that joined the room, in the order of the people. */
export async function joined(world: World, room: string, ...people: Person[]): Promise<SocketClient[]> {
  return Promise.all(
    people.map(async (person) => {
      const socket = await connect(world, person);
      await socket.must('join_room', { roomId: room });
      return socket;
    }),
  );
}

/**
 * A later message of another room that this socket joined: once it is there, what was not delivered before it never
 * will be.
 */
export async function sentinel(person: Person, ...sockets: SocketClient[]): Promise<void> {
  const { id } = ok(
    await person.rest.post<{ chatRoom: WireRoom }>(ROOMS, {
      type: 'DIRECT',
      participantIds: [`sentinel of ${person.id}`],
    }),
  ).chatRoom;
  for (const socket of sockets) await socket.must('join_room', { roomId: id });
  const sent = await post(person, id, 'sentinel');
  for (const socket of sockets) await heardMessage(socket, sent.id);
  for (const socket of sockets) await socket.must('leave_room', { roomId: id });
}

export const heardMessage = (socket: SocketClient, id: string): Promise<{ message: WireMessage }> =>
  socket.waitFor<{ message: WireMessage }>('new_message', ({ message }) => message.id === id);
