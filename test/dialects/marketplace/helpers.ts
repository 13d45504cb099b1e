import type { RestAnswer } from '../../support/rest-client.js';
import type { SocketClient } from '../../support/socket-client.js';
import type { Person, World } from '../../support/world.js';

export const BASE = '/api/provider-customer-chat';
export const path = (id: string, rest = ''): string => `${BASE}/conversations/${id}${rest}`;
export const NOWHERE = '0190a5c2-7e8b-7c3d-9f10-000000000000';

export interface WireMessage {
  id: string;
  conversationId: string;
  senderId: number | null;
  receiverId: number | null;
  messageType: string;
  content: string;
  attachments: unknown;
  status: string;
  readAt: string | null;
  deliveredAt: string | null;
  metadata: Record<string, unknown>;
}

export interface WireConversation {
  id: string;
  customerId: number;
  providerId: number;
  orderId: number | string | null;
  status: string;
  unreadCount: number;
  lastMessage: WireMessage | null;
  lastMessageAt: string | null;
  updatedAt: string;
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

/** A provider and a customer whom the chat knows with their roles. */
export async function pair(world: World): Promise<{ provider: Person; customer: Person }> {
  const [provider, customer] = [world.person('provider'), world.person('customer')];
  for (const person of [provider, customer]) ok(await person.rest.get(`${BASE}/conversations`));
  return { provider, customer };
}

export const start = async (
  by: Person,
  { provider, customer }: { provider: Person; customer: Person },
  orderId?: number,
): Promise<WireConversation> =>
  ok(
    await by.rest.post<WireConversation>(`${BASE}/conversations`, {
      providerId: Number(provider.id),
      customerId: Number(customer.id),
      orderId,
    }),
  );

/** A socket that authenticated by event, as the document shows. */
export async function connect(world: World, person: Person): Promise<SocketClient> {
  const socket = await world.socket(person, { namespace: '/', auth: { token: undefined } });
  socket.emit('chat-authenticate', { userId: Number(person.id), token: person.token });
  await socket.waitFor('chat-authenticated');
  return socket;
}

export async function joined(world: World, conversation: string, person: Person): Promise<SocketClient> {
  const socket = await connect(world, person);
  await socket.must('chat-join-conversation', { conversationId: conversation });
  return socket;
}

export const list = async (person: Person, query = ''): Promise<WireConversation[]> =>
  ok(await person.rest.get<{ conversations: WireConversation[] }>(`${BASE}/conversations${query}`))
    .conversations;

export const history = async (
  person: Person,
  id: string,
  query = '',
): Promise<{ messages: WireMessage[]; pagination: Record<string, unknown> }> =>
  ok(
    await person.rest.get<{ messages: WireMessage[]; pagination: Record<string, unknown> }>(
      path(id, `/messages${query}`),
    ),
  );

export const post = async (
  person: Person,
  id: string,
  body: Record<string, unknown> | string,
): Promise<WireMessage> =>
  ok(
    await person.rest.post<WireMessage>(
      path(id, '/messages'),
      typeof body === 'string' ? { content: body } : body,
    ),
  );
