import { World, type Person } from '../../support/world.js';
import type { SocketClient } from '../../support/socket-client.js';
import { connect, createRoom, groupOf, joined, known, ok, roomPath } from './helpers.js';

interface InRoom {
  roomId: string;
  userId: string;
}

describe('workspace: user_online and user_offline of those who become participants and cease to be', () => {
  let world: World;
  let owner: Person;
  let john: Person;
  let room: string;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    owner = world.person('business');
    john = world.person('client', { claims: { email: 'john@example.com' } });
    room = await groupOf(owner);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  /** Two sockets that have the room open: of two servers one on each. */
  const listeners = (): Promise<SocketClient[]> => joined(world, room, owner, owner);
  const enter = async (person: Person): Promise<void> => void ok(await person.rest.post(roomPath(room)));
  const quit = async (person: Person): Promise<void> => void ok(await person.rest.delete(roomPath(room)));

  const told = (socket: SocketClient, event: string, person: Person): InRoom[] =>
    socket.of<InRoom>(event).filter(({ roomId, userId }) => roomId === room && userId === person.id);
  const hears = (socket: SocketClient, event: string, person: Person): Promise<InRoom> =>
    socket.waitFor<InRoom>(event, ({ roomId, userId }) => roomId === room && userId === person.id);
  const allHear = (sockets: SocketClient[], event: string, person: Person): Promise<InRoom[]> =>
    Promise.all(sockets.map((socket) => hears(socket, event, person)));

  /** How often each was told of a person: once what somebody else did later is there, no more of it will come. */
  async function counts(sockets: SocketClient[], event: string, person: Person): Promise<number[]> {
    const later = world.person('client');
    await enter(later);
    const socket = await connect(world, later);
    await allHear(sockets, 'user_online', later);
    if (event === 'user_offline') {
      socket.close();
      await allHear(sockets, 'user_offline', later);
    }
    return sockets.map((each) => told(each, event, person).length);
  }

  /** John, a participant, is online since before these sockets open the room; that he came was told in another one. */
  async function connectedBefore(): Promise<{ sockets: SocketClient[]; mine: SocketClient }> {
    await enter(john);
    const lobby = await groupOf(owner, john);
    const sockets = await joined(world, lobby, owner, owner);
    const mine = await connect(world, john);
    for (const socket of sockets)
      await socket.waitFor<InRoom>('user_online', ({ roomId }) => roomId === lobby);
    return { sockets, mine };
  }
  const open = async (sockets: SocketClient[]): Promise<void> => {
    for (const socket of sockets) await socket.must('join_room', { roomId: room });
  };

  it('user_online of who is online and joins by REST; joining with a socket then is no news', async () => {
    const sockets = await listeners();
    const mine = await connect(world, john);
    await enter(john);
    expect(await allHear(sockets, 'user_online', john)).toEqual(
      sockets.map(() => ({ roomId: room, userId: john.id, userEmail: 'john@example.com' })),
    );
    await mine.must('join_room', { roomId: room });
    expect(await counts(sockets, 'user_online', john)).toEqual([1, 1]);
    expect(told(mine, 'user_online', john)).toEqual([]);
  });

  it('user_online of who becomes a participant by join_room, once', async () => {
    const sockets = await listeners();
    const [mine] = await joined(world, room, john);
    await allHear(sockets, 'user_online', john);
    expect(await counts(sockets, 'user_online', john)).toEqual([1, 1]);
    expect(told(mine!, 'user_online', john)).toEqual([]);
  });

  it('user_online of who is online and is added by a manager', async () => {
    const sockets = await listeners();
    await connect(world, john);
    ok(await owner.rest.post(`/api/v1/chat/rooms/${room}/participants`, { user_ids: [john.id] }));
    await allHear(sockets, 'user_online', john);
  });

  it('user_online of a participant who connected before the room was open here, and joins it', async () => {
    const { sockets, mine } = await connectedBefore();
    await open(sockets);
    expect(await counts(sockets, 'user_online', john)).toEqual([0, 0]);
    await mine.must('join_room', { roomId: room });
    await allHear(sockets, 'user_online', john);
    await mine.must('leave_room', { roomId: room });
    await mine.must('join_room', { roomId: room });
    await joined(world, room, john);
    expect(await counts(sockets, 'user_online', john)).toEqual([1, 1]);
  });

  it('user_online once of a participant who connects while the room is open, and then joins it', async () => {
    await enter(john);
    const sockets = await listeners();
    const mine = await connect(world, john);
    await allHear(sockets, 'user_online', john);
    await mine.must('join_room', { roomId: room });
    expect(await counts(sockets, 'user_online', john)).toEqual([1, 1]);
  });

  it('user_online is not used up while nobody else is there to hear it', async () => {
    const { sockets } = await connectedBefore();
    // His are the first sockets in the room, on each server.
    const his = await joined(world, room, john, john);
    expect(await counts(his, 'user_online', john)).toEqual([0, 0]);
    await open(sockets);
    expect(await counts(sockets, 'user_online', john)).toEqual([0, 0]);
    await joined(world, room, john);
    await allHear(sockets, 'user_online', john);
  });

  it('user_online again for those who open the room after everyone had left it', async () => {
    await enter(john);
    const sockets = await listeners();
    const mine = await connect(world, john);
    await allHear(sockets, 'user_online', john);
    for (const socket of sockets) await socket.must('leave_room', { roomId: room });
    const others = await listeners();
    await mine.must('join_room', { roomId: room });
    await allHear(others, 'user_online', john);
  });

  it('user_online again of who was offline meanwhile', async () => {
    await enter(john);
    const sockets = await listeners();
    const [first] = await joined(world, room, john);
    await allHear(sockets, 'user_online', john);
    first!.close();
    await allHear(sockets, 'user_offline', john);
    await joined(world, room, john);
    for (const socket of sockets) await socket.waitForCount('user_online', 2);
    expect(await counts(sockets, 'user_online', john)).toEqual([2, 2]);
  });

  it.each<[string, () => Promise<void>]>([
    ['leaves by REST', () => quit(john)],
    [
      'is removed',
      async () => void ok(await owner.rest.delete(`/api/v1/chat/rooms/${room}/participants/${john.id}`)),
    ],
  ])('user_offline of who is online and %s, once; and user_online when they are back', async (_how, goes) => {
    await enter(john);
    const sockets = await listeners();
    const [mine] = await joined(world, room, john);
    await allHear(sockets, 'user_online', john);
    await goes();
    expect(await allHear(sockets, 'user_offline', john)).toEqual(
      sockets.map(() => ({
        roomId: room,
        userId: john.id,
        userEmail: 'john@example.com',
        lastSeen: expect.any(String),
      })),
    );
    await enter(john);
    for (const socket of sockets) await socket.waitForCount('user_online', 2);
    await goes();
    for (const socket of sockets) await socket.waitForCount('user_offline', 2);
    mine!.close();
    expect(await counts(sockets, 'user_offline', john)).toEqual([2, 2]);
    expect(told(mine!, 'user_offline', john)).toEqual([]);
  });

  it('user_offline of who was never told to be online here, but is', async () => {
    const { sockets } = await connectedBefore();
    await open(sockets);
    await quit(john);
    await allHear(sockets, 'user_offline', john);
  });

  it('nothing of who is not online', async () => {
    await known(john);
    const sockets = await listeners();
    await enter(john);
    await quit(john);
    expect(await counts(sockets, 'user_offline', john)).toEqual([0, 0]);
    expect(sockets.map((socket) => told(socket, 'user_online', john).length)).toEqual([0, 0]);
  });

  it('nothing of an administrator who looks on and is no participant', async () => {
    await known(john);
    room = (await createRoom(owner, { type: 'DIRECT', participantIds: [john.id] })).id;
    const sockets = await listeners();
    const admin = world.person('admin');
    const lookingOn = await joined(world, room, admin, admin);
    await joined(world, room, john);
    await allHear(sockets, 'user_online', john);
    expect(sockets.map((socket) => told(socket, 'user_online', admin))).toEqual([[], []]);
    for (const socket of lookingOn) socket.close();
  });
});
