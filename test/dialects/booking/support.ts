import { randomUUID } from 'node:crypto';
import type { SocketClient } from '../../support/socket-client.js';
import type { Person, World } from '../../support/world.js';

export interface Session {
  id: string;
  booking_id: string | null;
  session_type: string;
  status: string;
  participants: string[];
}

export interface BookingMessage {
  id: string;
  session_id: string;
  content: string;
  type: string;
  is_read: boolean;
  metadata: Record<string, unknown>;
  message_reactions: { user_id: string; reaction: string }[];
}

/** Sarah booked a reading with Samia; ids as this contract's products have them. */
export function people(world: World): { client: Person; reader: Person } {
  const client = world.person('client', {
    id: randomUUID(),
    name: 'Sarah Johnson',
    claims: { first_name: 'Sarah', last_name: 'Johnson', avatar: 'https://cdn.example.com/sarah.jpg' },
  });
  const reader = world.person('reader', {
    id: randomUUID(),
    name: 'Samia Reader',
    claims: { first_name: 'Samia', last_name: 'Reader', avatar: 'https://cdn.example.com/samia.jpg' },
  });
  return { client, reader };
}

/** The host tells the directory of a booking. */
export async function putBooking(
  world: World,
  participants: Person[],
  id = randomUUID() as string,
  data: Record<string, unknown> = { services: { name: 'Full Tarot Reading', type: 'comprehensive' } },
): Promise<string> {
  const answer = await world.host().rest.put(`/api/v1/chat/directory/contexts/booking/${id}`, {
    participants: participants.map((person) => ({ user_id: person.id, role: person.role })),
    data,
  });
  if (answer.status !== 200) throw new Error(`No booking: ${JSON.stringify(answer.body)}`);
  return id;
}

/** A session of a booking of these people. */
export async function openSession(world: World, ...participants: [Person, ...Person[]]): Promise<string> {
  for (const person of participants) await person.rest.get('/api/chat/sessions');
  const booking = await putBooking(world, participants);
  const answer = await participants[0].rest.post<Session>('/api/chat/sessions', { booking_id: booking });
  if (answer.status !== 201) throw new Error(`No session: ${JSON.stringify(answer.body)}`);
  return answer.body.data.id;
}

/** A socket that joined the session. */
export async function joinChat(world: World, person: Person, session: string): Promise<SocketClient> {
  const socket = await world.socket(person, { namespace: '/' });
  await socket.must('join_chat', { session_id: session });
  return socket;
}

export async function say(person: Person, session: string, content: string): Promise<BookingMessage> {
  const answer = await person.rest.post<BookingMessage>('/api/chat/messages', {
    session_id: session,
    content,
    type: 'text',
  });
  if (answer.status !== 201) throw new Error(`Not sent: ${JSON.stringify(answer.body)}`);
  return answer.body.data;
}

/** Everything sent to the sockets before has arrived once this has: order of delivery is the order of emission. */
export async function sentinel(person: Person, session: string, ...sockets: SocketClient[]): Promise<void> {
  const { id } = await say(person, session, `sentinel ${randomUUID()}`);
  await Promise.all(
    sockets.map((socket) => socket.waitFor('new_message', (message: { id: string }) => message.id === id)),
  );
}
