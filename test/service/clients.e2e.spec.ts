import { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';
import {
  heard,
  history,
  ok,
  post,
  sentinel,
  texts,
  wire,
  type WireMessage,
  type WirePage,
} from './helpers.js';

describe("the document's own clients", () => {
  let world: World;
  let customer: Person;
  let staff: Person;
  let room: string;
  beforeAll(async () => (world = await World.start({ TYPING_TIMEOUT_MS: '60000' })));
  beforeEach(async () => {
    [customer, staff] = [world.person('customer', { name: 'John Doe' }), world.person('staff')];
    room = await world.serviceRoom([customer, staff]);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it('cURL reads by /v1/chat as by /api/v1/chat', async () => {
    await post(customer, room, 'Hello');
    const path = `chat/rooms/${room}/messages?page=1&per_page=20`;
    const short = await customer.rest.get<WirePage>(`/v1/${path}`);
    expect(ok(short).pagination).toEqual({
      page: 1,
      per_page: 20,
      total: 1,
      pages: 1,
      has_next: false,
      has_prev: false,
    });
    expect(short.body).toEqual((await customer.rest.get(`/api/v1/${path}`)).body);
    const sent = ok(await staff.rest.post<WireMessage>(`/v1/chat/rooms/${room}/messages`, { message: 'Hi' }));
    expect(texts(await history(customer, room))).toEqual(['Hello', sent.message]);
  });

  describe.each([
    ['/chat', ['websocket', 'polling']],
    ['/chat', ['polling', 'websocket']],
    ['/', ['polling', 'websocket']],
    ['/', ['websocket']],
  ])('the React component on %s by %j', (namespace, transports) => {
    it('joins and sends before it is connected, and sees its own message', async () => {
      const client = SocketClient.open(world.url + namespace, {
        auth: { token: customer.token, user_id: wire(customer) },
        transports,
      });
      client.emit('join_room', { room_id: room });
      client.emit('send_message', { room_id: room, message: 'First', message_type: 'text' });
      client.emit('send_message', { room_id: room, message: 'Second', message_type: 'text' });
      try {
        const [first, second] = await client.waitForCount<WireMessage>('new_message', 2);
        expect([first!.message, second!.message]).toEqual(['First', 'Second']);
        expect(first!.sender.name).toBe('John Doe');
        const answer = await post(staff, room, 'Answer');
        await client.waitFor('new_message', (message: WireMessage) => message.id === answer.id);
        await sentinel(world, [customer, client]);
        expect(heard(client, room).map(({ message }) => message)).toEqual(['First', 'Second', 'Answer']);
        expect(texts(await history(customer, room))).toEqual(['First', 'Second', 'Answer']);
        expect(client.of('message_error')).toEqual([]);
      } finally {
        client.close();
      }
    });
  });

  it("with somebody else's user_id or user_type beside the token are refused", async () => {
    for (const auth of [{ user_id: wire(staff) }, { user_type: 'admin' }])
      await expect(world.socket(customer, { auth })).rejects.toThrow();
    await world.socket(staff, { auth: { user_id: staff.id, user_type: 'staff' } });
  });

  it('speak the same on / as on /chat', async () => {
    const a = await world.socket(customer, { namespace: '/' });
    expect(await a.waitFor('authenticated')).toMatchObject({
      user: { id: customer.id, name: 'John Doe', role: 'customer' },
      userId: customer.id,
    });
    const b = await world.socket(staff);
    for (const [one, person] of [
      [a, customer],
      [b, staff],
    ] as const) {
      one.emit('join_room', { room_id: room, service_request_id: 789 });
      const joined = await one.waitFor<{ room_id: string; participants: { id: unknown }[] }>('room_joined');
      expect(joined.room_id).toBe(room);
      expect(joined.participants.map(({ id }) => id)).toContain(wire(person));
    }
    for (const [from, to, person] of [
      [a, b, customer],
      [b, a, staff],
    ] as const) {
      from.emit('typing_start', { room_id: room });
      await to.waitFor('user_typing', ({ user }: { user: { id: unknown } }) => user.id === wire(person));
      from.emit('typing_stop', { room_id: room });
      await to.waitFor(
        'user_stopped_typing',
        ({ user }: { user: { id: unknown } }) => user.id === wire(person),
      );
      from.emit('send_message', { room_id: room, message: `from ${person.role}`, message_type: 'text' });
      const got = await to.waitFor<WireMessage>(
        'new_message',
        ({ sender }: WireMessage) => sender.id === wire(person),
      );
      expect(got.message).toBe(`from ${person.role}`);
      to.emit('mark_read', { room_id: room, message_id: got.id });
      const receipt = ({ message_id }: { message_id: string }): boolean => message_id === got.id;
      expect(await from.waitFor('message_read', receipt)).toMatchObject({ room_id: room });
      from.emit('get_online_users', { room_id: room });
      const online = await from.waitFor<{ users: unknown[] }>('online_users');
      expect(online.users).toHaveLength(2);
      from.emit('send_message', { room_id: 'service_none', message: 'x' });
      expect(await from.waitFor('message_error')).toMatchObject({
        error_code: 'ROOM_NOT_FOUND',
        details: {},
      });
      from.emit('leave_room', { room_id: room });
      await from.waitFor('room_left');
      from.emit('join_room', { room_id: room });
      await from.waitForCount('room_joined', 2);
    }
    await sentinel(world, [customer, a], [staff, b]);
    for (const one of [a, b])
      expect(heard(one, room).map(({ message }) => message)).toEqual(['from customer', 'from staff']);
    a.close();
    await b.waitFor('user_offline');
  });
});
