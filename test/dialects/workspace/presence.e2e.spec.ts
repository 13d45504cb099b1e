import { World, type Person } from '../../support/world.js';
import type { SocketClient } from '../../support/socket-client.js';
import { connect, groupOf, joined, ok, roomPath, sentinel } from './helpers.js';

interface RoomUsers {
  roomId: string;
  users: { userId: string; userEmail: string }[];
}

describe('workspace: typing and presence for each room', () => {
  let world: World;
  let owner: Person;
  let john: Person;
  let room: string;
  beforeAll(async () => (world = await World.start({ TYPING_TIMEOUT_MS: '400' })));
  beforeEach(async () => {
    owner = world.person('business', { claims: { username: 'boss' } });
    john = world.person('client', { claims: { email: 'john@example.com', first_name: 'John' } });
    room = await groupOf(owner, john);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const users = (socket: SocketClient, ...people: Person[]): Promise<RoomUsers> =>
    socket.waitFor<RoomUsers>(
      'room_users_update',
      (update) =>
        update.roomId === room &&
        update.users
          .map(({ userId }) => userId)
          .sort()
          .join() ===
          people
            .map(({ id }) => id)
            .sort()
            .join(),
    );

  it('user_typing and user_stopped_typing name the typist by e-mail, and never to the typist', async () => {
    const [a, b] = await joined(world, room, john, owner);
    a!.emit('typing_start', { roomId: room });
    const typist = { roomId: room, userId: john.id, userEmail: 'john@example.com' };
    expect(await b!.waitFor('user_typing')).toEqual(typist);
    a!.emit('typing_stop', { roomId: room });
    expect(await b!.waitFor('user_stopped_typing')).toEqual(typist);
    b!.emit('typing_start', { roomId: room });
    expect(await a!.waitFor('user_typing')).toMatchObject({ userId: owner.id, userEmail: 'boss' });
    await sentinel(john, a!);
    expect(a!.of('user_typing')).toHaveLength(1);
  });

  it('user_stopped_typing comes by itself, and with the message', async () => {
    const [a, b] = await joined(world, room, john, owner);
    a!.emit('typing_start', { roomId: room });
    await b!.waitForCount('user_stopped_typing', 1);
    a!.emit('typing_start', { roomId: room });
    await b!.waitForCount('user_typing', 2);
    await a!.must('send_message', { roomId: room, content: 'done' });
    await b!.waitForCount('user_stopped_typing', 2);
  });

  it('typing in one room is told in no other', async () => {
    const other = await groupOf(owner, john);
    const [a] = await joined(world, room, john);
    const [b] = await joined(world, other, owner);
    await a!.must('typing_start', { roomId: room });
    await sentinel(owner, b!);
    expect(b!.of('user_typing')).toEqual([]);
  });

  it('user_online and user_offline, in each room that they share', async () => {
    const second = await groupOf(owner, john);
    const apart = await groupOf(owner);
    const [here] = await joined(world, room, owner);
    for (const roomId of [second, apart]) await here!.must('join_room', { roomId });
    const comes = await connect(world, john);
    const inRooms = (payloads: { roomId: string }[]) => payloads.map(({ roomId }) => roomId).sort();
    const online = await here!.waitForCount<{ roomId: string }>('user_online', 2);
    expect(inRooms(online)).toEqual([room, second].sort());
    expect(online[0]).toMatchObject({ userId: john.id, userEmail: 'john@example.com' });
    comes.close();
    const offline = await here!.waitForCount<{ roomId: string }>('user_offline', 2);
    expect(inRooms(offline)).toEqual([room, second].sort());
    expect(offline[0]).toMatchObject({
      userId: john.id,
      userEmail: 'john@example.com',
      lastSeen: expect.any(String),
    });
  });

  it('nobody hears of presence in a room they did not join', async () => {
    const idle = await connect(world, owner);
    const comes = await connect(world, john);
    await sentinel(owner, idle);
    comes.close();
    const [later] = await joined(world, room, owner);
    await sentinel(owner, later!, idle);
    expect(idle.of('user_online')).toEqual([]);
    expect(idle.of('room_users_update').filter(({ roomId }) => roomId === room)).toEqual([]);
  });

  it('room_users_update: who of the room is online, oneself included', async () => {
    const [a] = await joined(world, room, owner);
    expect(await users(a!, owner)).toEqual({
      roomId: room,
      users: [
        {
          id: owner.id,
          userId: owner.id,
          userEmail: 'boss',
          firstName: 'business',
          lastName: owner.id,
          username: 'boss',
          avatar: null,
        },
      ],
    });
    const [b] = await joined(world, room, john);
    await users(a!, owner, john);
    await users(b!, owner, john);
    a!.forget();
    b!.close();
    await users(a!, owner);
  });

  it('room_users_update follows who joins and who leaves for good', async () => {
    const comes = world.person('client');
    const [a] = await joined(world, room, owner);
    await connect(world, comes);
    ok(await comes.rest.post(roomPath(room)));
    await users(a!, owner, comes);
    a!.forget();
    ok(await comes.rest.delete(roomPath(room)));
    await users(a!, owner);
  });

  it('the announcement room does not tell its readers of each other', async () => {
    const [reader, comes] = [world.person('client'), world.person('client')];
    const { room: shown } = ok(
      await reader.rest.get<{ room: { id: string } }>('/api/v1/chat/rooms/broadcast_all'),
    );
    const [a] = await joined(world, shown.id, reader);
    const [b] = await joined(world, shown.id, comes);
    await b!.must('mark_read', { roomId: shown.id });
    b!.close();
    await sentinel(reader, a!);
    const told = a!.received.filter(({ payload }) => payload?.roomId === shown.id);
    expect(told.map(({ event }) => event)).toEqual(['room_joined', 'room_left'].slice(0, 1));
    expect(JSON.stringify(a!.received)).not.toContain(comes.id);
  });
});
