import type { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';
import { heard, history, messagesPath, ok, post, refusal, sentinel, type WireMessage } from './helpers.js';

describe('a repeated message', () => {
  let world: World;
  let customer: Person;
  let staff: Person;
  let room: string;
  let socket: SocketClient;
  let watching: SocketClient;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    [customer, staff] = [world.person(), world.person('staff')];
    room = await world.serviceRoom([customer, staff]);
    [socket, watching] = (await world.joined(room, customer, staff)) as [SocketClient, SocketClient];
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const bySocket = (message: string, more: Record<string, unknown>) =>
    socket.must<WireMessage>('send_message', { room_id: room, message, ...more });
  const storedIds = async () => (await history(staff, room)).messages.map((message) => message.id);

  it('answers with the stored one and is not delivered again, by REST and by socket', async () => {
    const first = await post(customer, room, 'Hello', { client_id: 'c1' });
    const again = [
      await post(customer, room, 'Hello', { client_id: 'c1' }),
      await bySocket('Hello', { client_id: 'c1' }),
      await bySocket('Hello', { client_id: 'c1', metadata: { tries: 2 } }),
    ];
    for (const answer of again) expect(answer).toMatchObject({ id: first.id, seq: 1, metadata: {} });
    expect(await storedIds()).toEqual([first.id]);
    await sentinel(world, [staff, watching], [customer, socket]);
    for (const one of [watching, socket]) expect(heard(one, room)).toHaveLength(1);
  });

  it('is one message, however many arrive at the same moment and by whatever way', async () => {
    const other = await world.socket(customer, { namespace: '/' });
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) => {
        if (n % 3 === 0) return post(customer, room, 'Once', { client_id: 'burst' });
        const body = { room_id: room, message: 'Once', client_id: 'burst' };
        return (n % 3 === 1 ? socket : other).must<WireMessage>('send_message', body);
      }),
    );
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    expect(await storedIds()).toEqual([answers[0]!.id]);
    await sentinel(world, [staff, watching]);
    expect(heard(watching, room)).toHaveLength(1);
  });

  it('may name its id temp_id, or a number', async () => {
    const first = await bySocket('Hi', { temp_id: 't1' });
    expect((await post(customer, room, 'Hi', { temp_id: 't1' })).id).toBe(first.id);
    const second = await bySocket('Hi', { client_id: 1705329000123 });
    expect((await bySocket('Hi', { client_id: 1705329000123 })).id).toBe(second.id);
    expect(await storedIds()).toEqual([first.id, second.id]);
  });

  it('is none with other content, though the id is the same', async () => {
    const sent = [
      await bySocket('Hello', { client_id: 'same' }),
      await bySocket('Hello?', { client_id: 'same' }),
      await post(customer, room, 'hello', { client_id: 'same' }),
      await bySocket('Hello', {
        client_id: 'same',
        message_type: 'location',
        metadata: { latitude: 1, longitude: 2 },
      }),
      await bySocket('Hello', {
        client_id: 'same',
        message_type: 'location',
        metadata: { latitude: 3, longitude: 4 },
      }),
    ];
    expect(await storedIds()).toEqual(sent.map((message) => message.id));
    expect(new Set(sent.map((message) => message.id)).size).toBe(5);
    const again = await bySocket('Hello?', { client_id: 'same' });
    expect(again.id).toBe(sent[1]!.id);
  });

  it('of different content at the same moment is stored each time', async () => {
    const sent = await Promise.all(
      ['a', 'b', 'a', 'b', 'c'].map((text) => post(customer, room, text, { client_id: 'ms' })),
    );
    expect(new Set(sent.map((message) => message.id)).size).toBe(3);
    expect(await storedIds()).toHaveLength(3);
  });

  it('is none with another id, without one, of another sender, or in another room', async () => {
    const elsewhere = await world.serviceRoom([customer, staff]);
    const sent = [
      await post(customer, room, 'Hello', { client_id: 'x' }),
      await post(customer, room, 'Hello', { client_id: 'y' }),
      await post(customer, room, 'Hello'),
      await post(customer, room, 'Hello'),
      await post(staff, room, 'Hello', { client_id: 'x' }),
    ];
    expect(await storedIds()).toEqual(sent.map((message) => message.id));
    expect((await post(customer, elsewhere, 'Hello', { client_id: 'x' })).id).not.toBe(sent[0]!.id);
  });
});

describe('the rate of messages', () => {
  const LIMIT = 5;
  let world: World;
  beforeAll(async () => (world = await World.start({ CHAT_MESSAGE_LIMIT: String(LIMIT) })));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it('is refused above the limit with the seconds to wait, on every way, and only for that user', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [socket] = await world.joined(room, customer);
    for (let n = 0; n < LIMIT; n += 1) await post(customer, room, `m${n}`);
    const answer = await customer.rest.post(messagesPath(room), { message: 'too much' });
    expect(refusal(answer)).toEqual([429, 'RATE_LIMITED']);
    const wait = Number(answer.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await socket!.ask('send_message', { room_id: room, message: 'too much' })).toMatchObject({
      success: false,
      code: 'RATE_LIMITED',
    });
    const told = await socket!.waitFor<{ error_code: string; details: { retry_after: number } }>(
      'message_error',
    );
    expect(told).toMatchObject({ error_code: 'RATE_LIMITED', details: { retry_after: expect.any(Number) } });
    expect(told.details.retry_after).toBeGreaterThanOrEqual(1);
    expect(told.details.retry_after).toBeLessThanOrEqual(60);
    await post(staff, room, 'others go on');
    for (let n = 0; n <= LIMIT; n += 1)
      await post(world.host(), room, `the host has no limit ${n}`, { message_type: 'system' });
    expect((await history(staff, room)).pagination.total).toBe(2 * LIMIT + 2);
  });

  it('does not count repeats, and a repeat is answered when it is used up', async () => {
    const customer = world.person();
    const room = await world.serviceRoom([customer]);
    const [socket] = await world.joined(room, customer);
    const first = await post(customer, room, 'm0', { client_id: 'c0' });
    const again = async () => {
      expect((await post(customer, room, 'm0', { client_id: 'c0' })).id).toBe(first.id);
      expect(
        await socket!.must('send_message', { room_id: room, message: 'm0', client_id: 'c0' }),
      ).toMatchObject({ id: first.id });
    };
    for (let n = 0; n < LIMIT; n += 1) await again();
    await Promise.all([again(), again(), again()]);
    for (let n = 1; n < LIMIT; n += 1) await post(customer, room, `m${n}`, { client_id: `c${n}` });
    await again();
    const late = await customer.rest.post(messagesPath(room), { message: 'other', client_id: 'c0' });
    expect(refusal(late)).toEqual([429, 'RATE_LIMITED']);
    ok(await customer.rest.get(messagesPath(room)));
    expect((await history(customer, room)).pagination.total).toBe(LIMIT);
  });
});
