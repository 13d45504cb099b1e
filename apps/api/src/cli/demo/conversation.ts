import type { Printer } from './printer.js';
import type { Payload, Side } from './side.js';

export interface Cast {
  host: Side;
  customer: Side;
  staff: Side;
}

interface Message extends Payload {
  id: string;
  seq: number;
  message: string;
  message_type: string;
  sender: { name: string };
  read_by: { user_id: number }[];
}

const API = '/api/v1/chat';
const CUSTOMER = { id: 123, name: 'First Customer', role: 'customer' };
const STAFF = { id: 456, name: 'Mike Johnson', role: 'staff' };
export const PEOPLE = { customer: CUSTOMER, staff: STAFF };

const nameOf = (payload: Payload): string => (payload.user as { name: string }).name;
/** A receipt goes to everyone in the room, the reader included. */
const by =
  (person: { id: number }) =>
  (payload: Payload): boolean =>
    (payload.user as { id: unknown }).id === person.id;
const show = ({ seq, sender, message, message_type: type }: Message): string =>
  `#${seq} ${sender.name}: ${message}${type === 'text' ? '' : ` (${type})`}`;

/** A service request from its creation to its end, as each side sees it. */
export async function playConversation(cast: Cast, requestId: number, printer: Printer): Promise<void> {
  const room = await openRequest(cast, requestId, printer);
  await joinBySocket(cast, room, printer);
  await chatBySocket(cast, room, printer);
  await answerByRest(cast, room, printer);
  await changeStatus(cast, requestId, room, printer);
  await refuse(cast, room, printer);
  await readHistory(cast, room, printer);
}

async function openRequest({ host }: Cast, requestId: number, printer: Printer): Promise<string> {
  printer.heading('The host platform announces a service request');
  const path = `${API}/directory/contexts/service_request/${requestId}`;
  host.does(`PUT ${path}`);
  await host.rest('PUT', path, {
    participants: [CUSTOMER, STAFF].map(({ id, role }) => ({ user_id: id, role })),
    category: 'car_service',
    status: 'confirmed',
  });
  const room = `service_${requestId}`;
  host.sees(`room ${room} is open`);
  return room;
}

async function joinBySocket({ customer, staff }: Cast, room: string, printer: Printer): Promise<void> {
  printer.heading('Both join it by socket (namespace /chat)');
  for (const side of [customer, staff]) {
    await side.connect();
    side.does(`join_room ${room}`);
    await side.emit('join_room', { room_id: room });
    const joined = await side.next('room_joined');
    side.sees(`room_joined with ${(joined.participants as unknown[]).length} participants`);
  }
  customer.does('get_online_users');
  await customer.emit('get_online_users', { room_id: room });
  const online = await customer.next('online_users');
  customer.sees(`online: ${(online.users as { name: string }[]).map((user) => user.name).join(', ')}`);
}

async function chatBySocket({ customer, staff }: Cast, room: string, printer: Printer): Promise<void> {
  printer.heading('A message by socket, with typing and a read receipt');
  customer.does('typing_start');
  await customer.emit('typing_start', { room_id: room });
  staff.sees(`${nameOf(await staff.next('user_typing'))} is typing…`);
  customer.does('send_message');
  const sent = (await customer.emit('send_message', {
    room_id: room,
    message: 'Hello, I have a question about my service request',
    message_type: 'text',
    client_id: 'demo-1',
  })) as Message;
  customer.sees(`acknowledged: stored as #${sent.seq}`);
  await bothSee({ customer, staff }, sent.id);
  staff.does('mark_read');
  await staff.emit('mark_read', { room_id: room, message_id: sent.id });
  const read = await customer.next('message_read', by(STAFF));
  customer.sees(`✓✓ #${read.seq as number} was read by ${nameOf(read)}`);
}

async function answerByRest({ customer, staff }: Cast, room: string, printer: Printer): Promise<void> {
  printer.heading('An answer by REST: sockets see it all the same');
  const path = `${API}/rooms/${room}/messages`;
  staff.does(`POST ${path}`);
  const sent = (await staff.rest('POST', path, { message: "I'll be there in 15 minutes" })) as Message;
  await bothSee({ customer, staff }, sent.id);
  customer.does(`POST ${API}/rooms/${room}/read`);
  const marked = await customer.rest('POST', `${API}/rooms/${room}/read`, {});
  customer.sees(`${marked.unread_count as number} unread`);
  const read = await staff.next('message_read', by(CUSTOMER));
  staff.sees(`✓✓ #${read.seq as number} was read by ${nameOf(read)}`);
}

async function changeStatus(cast: Cast, requestId: number, room: string, printer: Printer): Promise<void> {
  printer.heading('The host platform changes the status: the room is told');
  cast.host.does(`PUT ${API}/directory/contexts/service_request/${requestId} {"status": "completed"}`);
  await cast.host.rest('PUT', `${API}/directory/contexts/service_request/${requestId}`, {
    status: 'completed',
  });
  for (const side of [cast.customer, cast.staff]) {
    const update = await side.next('new_message', (payload) => payload.message_type === 'status_update');
    side.sees(show(update as Message));
  }
  await cast.customer.rest('POST', `${API}/rooms/${room}/read`, {});
}

async function refuse({ customer }: Cast, room: string, printer: Printer): Promise<void> {
  printer.heading('A message that is too long is refused; the connection stays');
  customer.does('send_message with 2,001 characters');
  const code = await customer.emitRefused('send_message', { room_id: room, message: 'x'.repeat(2_001) });
  const error = await customer.next('message_error');
  customer.sees(`message_error ${code}: ${error.message as string}`);
}

async function readHistory({ staff }: Cast, room: string, printer: Printer): Promise<void> {
  printer.heading('The history, by REST');
  staff.does(`GET ${API}/rooms/${room}/messages`);
  const history = await staff.rest('GET', `${API}/rooms/${room}/messages`);
  for (const message of history.messages as Message[]) {
    const readers = message.read_by.map((mark) => mark.user_id).join(', ');
    staff.sees(`${show(message)}${readers ? `  ✓✓ read by ${readers}` : ''}`);
  }
}

async function bothSee({ customer, staff }: Pick<Cast, 'customer' | 'staff'>, id: string): Promise<void> {
  for (const side of [customer, staff]) {
    const message = await side.next('new_message', (payload) => payload.id === id);
    side.sees(`new_message ${show(message as Message)}`);
  }
}
