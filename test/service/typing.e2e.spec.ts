import type { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';
import { post, sentinel, wire } from './helpers.js';

describe('typing', () => {
  let world: World;
  let typist: Person;
  let other: Person;
  let room: string;
  let socket: SocketClient;
  let watching: SocketClient;
  beforeAll(
    async () => (world = await World.start({ TYPING_TIMEOUT_MS: '60000', PRESENCE_GRACE_MS: '60000' })),
  );
  beforeEach(async () => {
    [typist, other] = [world.person('customer', { name: 'John Doe' }), world.person('staff')];
    room = await world.serviceRoom([typist, other]);
    [socket, watching] = (await world.joined(room, typist, other)) as [SocketClient, SocketClient];
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const start = () => socket.must('typing_start', { room_id: room });

  it("is told to the others of the room, not to the typist's own sockets", async () => {
    const [second] = await world.joined(room, typist);
    const root = await world.socket(typist, { namespace: '/' });
    await root.must('join_room', { room_id: room });
    await start();
    const payload = { room_id: room, user: { id: wire(typist), name: 'John Doe', type: 'customer' } };
    expect(await watching.waitFor('user_typing')).toMatchObject(payload);
    await socket.must('typing_stop', { room_id: room });
    expect(await watching.waitFor('user_stopped_typing')).toMatchObject(payload);
    const mine = [socket, second!, root];
    await sentinel(world, ...mine.map((one): [Person, SocketClient] => [typist, one]));
    for (const one of mine) {
      expect(one.of('user_typing')).toEqual([]);
      expect(one.of('user_stopped_typing')).toEqual([]);
    }
  });

  it('in a storm of key presses is one event', async () => {
    const begun = Date.now();
    await Promise.all(Array.from({ length: 30 }, start));
    const seconds = Math.floor((Date.now() - begun) / 1_000);
    await sentinel(world, [other, watching]);
    // One a second; the burst takes less, where the machine is not busy.
    expect(watching.of('user_typing').length).toBeLessThanOrEqual(1 + seconds);
    expect(watching.of('user_stopped_typing')).toEqual([]);
  });

  it('in a storm of starts and stops is one event, and its end', async () => {
    const begun = Date.now();
    const pressed = Array.from({ length: 20 }, async () => {
      await Promise.all([start(), socket.must('typing_stop', { room_id: room })]);
    });
    await Promise.all(pressed);
    const seconds = Math.floor((Date.now() - begun) / 1_000);
    await sentinel(world, [other, watching]);
    const told = watching.of('user_typing').length;
    expect(told).toBeLessThanOrEqual(1 + seconds);
    expect(watching.of('user_stopped_typing')).toHaveLength(told);
  });

  it('is told in the end to whom it was held back from, while it goes on', async () => {
    const begun = Date.now();
    await start();
    await socket.must('typing_stop', { room_id: room });
    await watching.waitFor('user_stopped_typing');
    await start();
    await watching.waitForCount('user_typing', 2);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(990);
    await socket.must('typing_stop', { room_id: room });
    await watching.waitForCount('user_stopped_typing', 2);
  });

  it('ends with the message, once', async () => {
    await start();
    const sent = await post(typist, room, 'Done typing');
    await watching.waitFor('new_message', (message: { id: string }) => message.id === sent.id);
    await watching.waitFor('user_stopped_typing');
    await socket.must('typing_stop', { room_id: room });
    await sentinel(world, [other, watching]);
    expect(watching.of('user_stopped_typing')).toHaveLength(1);
    await start();
    await watching.waitForCount('user_typing', 2);
  });

  it('ends with the connection', async () => {
    await start();
    await watching.waitFor('user_typing');
    socket.close();
    await watching.waitFor('user_stopped_typing');
  });

  it('stopped without a start says nothing', async () => {
    await socket.must('typing_stop', { room_id: room });
    await sentinel(world, [other, watching]);
    expect(watching.of('user_stopped_typing')).toEqual([]);
  });
});

describe('typing that nobody stops', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ TYPING_TIMEOUT_MS: '400' })));
  afterAll(() => world.stop());

  it('ends by itself, once', async () => {
    const [typist, other] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([typist, other]);
    const [socket, watching] = await world.joined(room, typist, other);
    const begun = Date.now();
    await socket!.must('typing_start', { room_id: room });
    await watching!.waitFor('user_typing');
    await watching!.waitFor('user_stopped_typing');
    expect(Date.now() - begun).toBeGreaterThanOrEqual(390);
    await sentinel(world, [other, watching!]);
    expect(watching!.of('user_stopped_typing')).toHaveLength(1);
  });
});
