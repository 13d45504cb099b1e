import type { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';

const NAMES = new Set(['client_id', 'clientId', 'temp_id']);

/** Every client id of an answer, at whatever depth. */
function idsIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => (NAMES.has(name) ? [part] : idsIn(part)));
}

/** How one contract sends a message, what it answers with, and what it tells the room. */
interface Way {
  path: (room: string) => string;
  rest: (room: string, id: unknown) => object;
  join: [event: string, payload: (room: string) => object];
  event: string;
  socket: (room: string, id: unknown) => object;
  told: string[];
}

const content = 'Hello';
const WAYS: [contract: string, way: Way][] = [
  [
    'service',
    {
      path: (room) => `/api/v1/chat/rooms/${room}/messages`,
      rest: (_room, client_id) => ({ message: content, client_id }),
      join: ['join_room', (room_id) => ({ room_id })],
      event: 'send_message',
      socket: (room_id, client_id) => ({ room_id, message: content, client_id }),
      told: ['new_message'],
    },
  ],
  [
    'support',
    {
      path: (room) => `/api/v1/chat/sessions/${room}/messages`,
      rest: (_room, temp_id) => ({ content, temp_id }),
      join: ['join_session', (session_id) => ({ session_id })],
      event: 'send_message',
      socket: (session_id, temp_id) => ({ session_id, content, temp_id }),
      told: ['message_sent', 'new_message'],
    },
  ],
  [
    'booking',
    {
      path: () => '/api/chat/messages',
      rest: (session_id, client_id) => ({ session_id, content, client_id }),
      join: ['join_chat', (session_id) => ({ session_id })],
      event: 'send_message',
      socket: (session_id, id) => ({ session_id, message: { id, content } }),
      told: ['message_sent', 'new_message'],
    },
  ],
  [
    'workspace',
    {
      path: (room) => `/api/chat/rooms/${room}/messages`,
      rest: (_room, tempId) => ({ content, tempId }),
      join: ['join_room', (roomId) => ({ roomId })],
      event: 'send_message',
      socket: (roomId, clientId) => ({ roomId, content, clientId }),
      told: ['new_message'],
    },
  ],
  [
    'marketplace',
    {
      path: (room) => `/api/provider-customer-chat/conversations/${room}/messages`,
      rest: (_room, clientId) => ({ content, clientId }),
      join: ['chat-join-conversation', (conversationId) => ({ conversationId })],
      event: 'chat-send-message',
      socket: (conversationId, tempId) => ({ conversationId, content, tempId }),
      told: ['chat-new-message'],
    },
  ],
];

describe("a client's own id of a message", () => {
  let world: World;
  let [sender, other] = [] as unknown as [Person, Person];
  let room: string;
  beforeAll(async () => {
    world = await World.start();
    [sender, other] = [world.person('customer'), world.person('provider')];
    const body = { type: 'direct', participant_ids: [other.id] };
    const opened = await sender.rest.post<{ room: { id: string } }>('/api/v1/chat/rooms', body);
    room = opened.body.data.room.id;
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());
  let last = 1_705_329_000_000;

  const joined = async (person: Person, { join: [event, payload] }: Way): Promise<SocketClient> => {
    const socket = await world.socket(person, { namespace: '/' });
    await socket.must(event, payload(room));
    return socket;
  };

  it.each(WAYS)('%s tells a number back as the number, and a text as the text', async (_contract, way) => {
    const [mine, theirs] = [await joined(sender, way), await joined(other, way)];
    for (const bySocket of [(last += 1), String((last += 1))]) {
      for (const socket of [mine, theirs]) socket.forget();
      // Sent again, it is answered with the stored message.
      for (let time = 0; time < 2; time += 1) {
        const answer = await mine.must(way.event, way.socket(room, bySocket));
        expect(new Set(idsIn(answer))).toEqual(new Set([bySocket]));
      }
      for (const event of way.told) expect(idsIn(await mine.waitFor(event))).toContain(bySocket);
      const told = mine.received.flatMap(({ payload }) => idsIn(payload));
      expect(told.filter((id) => id !== bySocket)).toEqual([]);
      // What another server had to read again is text.
      const heard = await theirs.waitFor(way.told.at(-1) as string);
      expect(idsIn(heard).map(String)).toEqual([String(bySocket)]);
    }
    for (const byRest of [(last += 1), String((last += 1))])
      for (let time = 0; time < 2; time += 1) {
        const { body } = await sender.rest.post(way.path(room), way.rest(room, byRest));
        expect(idsIn(body)).toEqual([byRest]);
      }
  });
});
