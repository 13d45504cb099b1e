import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { ONE_NODE, World, type Person } from '../support/world.js';

interface Wire {
  seq: number;
  message: string;
}

/** Contracts with what sends a message in them, and what it answers. */
const SENDING = [
  ['service', '/chat', 'send_message', (room: string, text: string) => ({ room_id: room, message: text })],
  ['support', '/', 'send_message', (room: string, text: string) => ({ session_id: room, content: text })],
  ['workspace', '/', 'send_message', (room: string, text: string) => ({ roomId: room, content: text })],
  [
    'booking',
    '/',
    'send_message',
    (room: string, text: string) => ({ session_id: room, message: { content: text, type: 'text' } }),
  ],
  [
    'marketplace',
    '/',
    'chat-send-message',
    (room: string, text: string) => ({ conversationId: room, content: text }),
  ],
] as const;

/** A database that is far away takes as many messages as one that is near. */
describe('far from the database', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let world: World;
  beforeAll(async () => {
    database = await createTestDatabase();
    const behind = await TcpProxy.before(database.url);
    proxy = behind.proxy;
    world = await World.start({ DATABASE_URL: behind.url, DATABASE_POOL_SIZE: '10' }, ONE_NODE);
  });
  afterAll(async () => {
    await world.stop();
    await proxy.close();
    await database.drop();
  });
  afterEach(() => {
    proxy.thaw();
    world.disconnectAll();
  });

  const figure = async (name: string): Promise<number> => {
    const text = await (await fetch(`${world.url}/metrics`)).text();
    return Number(new RegExp(`^switchboard_writer_${name} (\\d+)$`, 'm').exec(text)?.[1]);
  };
  const directRoom = async (one: Person, other: Person): Promise<string> => {
    const body = { type: 'direct', participant_ids: [other.id] };
    const made = await one.rest.post<{ room: { room_id: string } }>('/api/v1/chat/rooms', body);
    return made.body.data.room.room_id;
  };

  it.each(SENDING)(
    'messages of one connection wait together, not one behind the answer to the other: %s',
    async (_contract, namespace, event, payload) => {
      const [one, other] = [world.person(), world.person()];
      const room = await directRoom(one, other);
      const socket = await world.socket(one, { namespace });
      expect(await socket.ask(event, payload(room, 'first'))).toMatchObject({ success: true });
      proxy.freeze();
      const sent = [socket.ask(event, payload(room, 'far 0'))];
      await eventually('the first is under way', async () => (await figure('groups')) === 1);
      for (let n = 1; n < 12; n += 1) sent.push(socket.ask(event, payload(room, `far ${n}`)));
      await eventually('all others wait', async () => (await figure('waiting')) === 11);
      proxy.thaw();
      for (const answer of await Promise.all(sent)) expect(answer).toMatchObject({ success: true });
      const history = await one.rest.get<{ messages: Wire[] }>(`/api/v1/chat/rooms/${room}/messages`);
      expect(history.body.data.messages.map(({ message }) => message)).toEqual([
        'first',
        ...Array.from({ length: 12 }, (_, n) => `far ${n}`),
      ]);
    },
  );

  it('whatever else a connection asks waits until its messages are stored', async () => {
    const [one, other] = [world.person(), world.person()];
    const room = await directRoom(one, other);
    const socket = await world.socket(other);
    await socket.ask('send_message', { room_id: room, message: 'first' });
    proxy.freeze();
    const send = (message: string) => socket.ask('send_message', { room_id: room, message });
    const sent = [send('second')];
    await eventually('one is under way', async () => (await figure('groups')) === 1);
    sent.push(send('third'));
    const joined = socket.ask<{ last_seq: number }>('join_room', { room_id: room, after_seq: 0 });
    await eventually('the last message waits', async () => (await figure('waiting')) === 1);
    proxy.thaw();
    expect(await joined).toMatchObject({
      data: { messages: ['first', 'second', 'third'].map((message) => ({ message })) },
    });
    await Promise.all(sent);
  });

  it('more groups are under way, and still one of a room', async () => {
    const people = Array.from({ length: 7 }, () => world.person());
    const rooms = await Promise.all(people.map((person) => world.serviceRoom([person])));
    const sockets = await Promise.all(people.map((person) => world.socket(person)));
    const send = (n: number, text: string) =>
      sockets[n]?.ask('send_message', { room_id: rooms[n], message: text });
    // What they look up once for each room and person.
    await Promise.all(people.map((_, n) => send(n, 'near')));
    proxy.delay(40);
    for (let number = 0; number < 16; number += 1) await send(0, `measured ${number}`);
    proxy.freeze();
    const sent: unknown[] = [];
    for (let n = 0; n < 5; n += 1) {
      sent.push(send(n, 'far'));
      await eventually(`${n + 1} groups are under way`, async () => (await figure('groups')) === n + 1);
    }
    sent.push(send(5, 'beyond the bound'), send(0, 'behind its own room'));
    await eventually('the others wait', async () => (await figure('waiting')) === 2);
    expect(await figure('groups')).toBe(5);
    proxy.delay(0);
    proxy.thaw();
    for (const answer of await Promise.all(sent)) expect(answer).toMatchObject({ success: true });
  });
});
