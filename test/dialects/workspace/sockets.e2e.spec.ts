import { World, type Person } from '../../support/world.js';
import type { SocketClient } from '../../support/socket-client.js';
import {
  connect,
  groupOf,
  heardMessage,
  history,
  joined,
  known,
  ok,
  post,
  roomPath,
  sentinel,
  type WireMessage,
  type WireRoom,
} from './helpers.js';

describe('workspace: sockets', () => {
  let world: World;
  let owner: Person;
  let john: Person;
  let outsider: Person;
  let room: string;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    owner = world.person('business', { claims: { email: 'owner@example.com' } });
    john = world.person('client', { claims: { email: 'john@example.com' } });
    outsider = world.person('client');
    room = await groupOf(owner, john);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const contents = (socket: SocketClient): string[] =>
    socket.of<{ message: WireMessage }>('new_message').map(({ message }) => message.content);

  it('connection once, then authenticated with userId after a late authenticate', async () => {
    const socket = await world.socket(john, { namespace: '/', auth: { token: undefined } });
    await socket.waitFor('connection');
    expect(await socket.must('authenticate', { token: john.token })).toMatchObject({
      userId: john.id,
    });
    expect(await socket.waitFor('authenticated')).toMatchObject({
      userId: john.id,
      user: { role: 'client' },
    });
    await sentinel(john, socket);
    expect(socket.of('connection')).toHaveLength(1);
    expect(socket.of('authenticated')).toHaveLength(1);
  });

  it('authentication_error for a bad token', async () => {
    const socket = await world.socket(john, { namespace: '/', auth: { token: undefined } });
    socket.emit('authenticate', { token: 'not.a.token' });
    expect(await socket.waitFor('authentication_error')).toMatchObject({
      message: expect.any(String),
      code: 'UNAUTHORIZED',
    });
    expect(await socket.waitFor('error')).toMatchObject({ code: 'UNAUTHORIZED' });
    await socket.waitFor('disconnect');
  });

  it('authentication_error for the userId of somebody else beside the token', async () => {
    const socket = await world.socket(john, { namespace: '/', auth: { token: undefined } });
    socket.emit('authenticate', { token: john.token, userId: owner.id });
    await socket.waitFor('authentication_error');
    await socket.waitFor('disconnect');
    expect(socket.of('authenticated')).toEqual([]);
  });

  it.each([
    ['join_room', 'room_error', {}],
    ['leave_room', 'room_error', {}],
    ['typing_start', 'room_error', {}],
    ['typing_stop', 'room_error', {}],
    ['mark_read', 'room_error', {}],
    ['send_message', 'message_error', { content: 'x' }],
  ])('%s before authentication is answered by %s', async (event, errorEvent, more) => {
    const socket = await world.socket(john, { namespace: '/', auth: { token: undefined } });
    const answer = await socket.ask(event, { roomId: room, ...more });
    expect(answer).toMatchObject({ success: false, code: 'UNAUTHORIZED' });
    expect(await socket.waitFor(errorEvent)).toMatchObject({ code: 'UNAUTHORIZED', event });
    expect(socket.of('authentication_error')).toHaveLength(1);
    expect((await history(owner, room)).messages).toEqual([]);
  });

  it('join_room → room_joined with the room; it makes a participant of who may join', async () => {
    const socket = await connect(world, outsider);
    socket.emit('join_room', { roomId: room });
    const event = await socket.waitFor<{ roomId: string; room: WireRoom }>('room_joined');
    expect(event).toMatchObject({ roomId: room, room: { id: room, name: 'Crew', participantCount: 3 } });
    expect(event.room.participants.map(({ userId }) => userId)).toContain(outsider.id);
    const sent = await post(owner, room, 'welcome');
    await heardMessage(socket, sent.id);
  });

  it('leave_room → room_left ends delivery to this socket, not membership', async () => {
    const [one, two] = await joined(world, room, john, john);
    one!.emit('leave_room', { roomId: room });
    expect(await one!.waitFor('room_left')).toEqual({ roomId: room });
    const sent = await post(owner, room, 'who hears this?');
    await heardMessage(two!, sent.id);
    await sentinel(john, one!);
    expect(contents(one!)).toEqual(['sentinel']);
    await post(john, room, 'still in');
  });

  it('send_message → message_sent to me, new_message to all who joined, me included, once', async () => {
    const [a, b] = await joined(world, room, john, owner);
    const idle = await connect(world, owner);
    a!.emit('send_message', { roomId: room, content: 'Hello, world!', type: 'TEXT' });
    const { message } = await a!.waitFor<{ message: WireMessage }>('message_sent');
    expect(message).toMatchObject({
      content: 'Hello, world!',
      type: 'TEXT',
      roomId: room,
      senderId: john.id,
    });
    for (const socket of [a, b]) expect(await heardMessage(socket!, message.id)).toEqual({ message });
    await sentinel(owner, b!, idle);
    await sentinel(john, a!);
    expect(contents(a!)).toEqual(['Hello, world!', 'sentinel']);
    expect(contents(b!)).toEqual(['Hello, world!', 'sentinel']);
    expect(contents(idle)).toEqual(['sentinel']);
    expect(b!.of('message_sent')).toEqual([]);
  });

  it('send_message with replyToId and attachments, acknowledged once it is committed', async () => {
    const question = await post(owner, room, 'Which file?');
    const [socket] = await joined(world, room, owner);
    const sender = await connect(world, john);
    const attachments = {
      files: [{ name: 'a.pdf', url: 'https://example.com/a.pdf', size: 1, type: 'x/y' }],
    };
    const { message } = await sender.must<{ message: WireMessage }>('send_message', {
      roomId: room,
      content: 'This one',
      type: 'FILE',
      replyToId: question.id,
      attachments,
    });
    expect(message).toMatchObject({
      attachments,
      replyToId: question.id,
      replyTo: { id: question.id, content: 'Which file?' },
    });
    expect(await heardMessage(socket!, message.id)).toEqual({ message });
    expect((await history(owner, room)).messages.at(-1)).toEqual(message);
  });

  it('keeps the order, also of answers among other messages', async () => {
    const first = await post(owner, room, 'first');
    const [a, b] = await joined(world, room, john, owner);
    const sent = Array.from({ length: 20 }, (_, n) => `m${n}`);
    for (const [n, content] of sent.entries())
      a!.emit('send_message', { roomId: room, content, ...(n % 3 ? {} : { replyToId: first.id }) });
    await b!.waitForCount('new_message', 20);
    expect(contents(b!)).toEqual(sent);
  });

  it('does not deliver a repeat twice', async () => {
    const [a, b] = await joined(world, room, john, owner);
    const body = { roomId: room, content: 'once', clientId: 'c1' };
    const [first, again] = [
      await a!.must<{ message: WireMessage }>('send_message', body),
      await a!.must<{ message: WireMessage }>('send_message', body),
    ];
    expect(again).toEqual(first);
    await sentinel(owner, b!);
    expect(contents(b!)).toEqual(['once', 'sentinel']);
    expect(a!.of('message_sent')).toHaveLength(2);
  });

  it('message_updated, message_deleted and reaction_updated reach who joined', async () => {
    const [a, b] = await joined(world, room, john, owner);
    const sent = await post(john, room, 'Helo');
    const path = roomPath(room, `/messages/${sent.id}`);
    const { message } = ok(await john.rest.patch<{ message: WireMessage }>(path, { content: 'Hello' }));
    ok(await owner.rest.post(`${path}/reactions`, { emoji: '👍' }));
    ok(await owner.rest.post(`${path}/reactions`, { emoji: '👍' }));
    ok(await owner.rest.call('DELETE', `${path}/reactions`, { emoji: '👍' }));
    ok(await john.rest.delete(path));
    for (const socket of [a!, b!]) {
      expect(await socket.waitFor('message_deleted')).toEqual({ roomId: room, messageId: sent.id });
      expect(socket.of('message_updated')).toEqual([{ roomId: room, message }]);
      expect(socket.of('reaction_updated')).toEqual([
        {
          roomId: room,
          messageId: sent.id,
          reactions: [{ emoji: '👍', count: 1, users: [owner.id] }],
        },
        { roomId: room, messageId: sent.id, reactions: [] },
      ]);
    }
  });

  it('mark_read → messages_read: without userId to me, with it to the others', async () => {
    await post(owner, room, 'unread');
    const [a, b] = await joined(world, room, john, owner);
    a!.emit('mark_read', { roomId: room });
    expect(await a!.waitFor('messages_read')).toEqual({ roomId: room });
    expect(await b!.waitFor('messages_read')).toEqual({
      roomId: room,
      userId: john.id,
      readAt: expect.any(String),
    });
    expect(await a!.must('mark_read', { roomId: room })).toEqual({ roomId: room, unreadCount: 0 });
    await sentinel(owner, b!);
    expect(b!.of('messages_read')).toHaveLength(1);
    const { chatRooms } = ok(await john.rest.get<{ chatRooms: WireRoom[] }>('/api/chat/rooms'));
    expect(chatRooms.find(({ id }) => id === room)?.unreadCount).toBe(0);
  });

  it('tells those in a room what becomes of it: room_updated, room_deleted', async () => {
    const admin = world.person('admin');
    const own = await groupOf(admin, john);
    const [socket] = await joined(world, own, john);
    ok(await admin.rest.patch(`/api/chat/rooms/${own}`, { name: 'Renamed' }));
    expect(await socket!.waitFor('room_updated')).toMatchObject({
      roomId: own,
      room: { id: own, name: 'Renamed', participantCount: 2 },
    });
    ok(await admin.rest.delete(`/api/chat/rooms/${own}/permanently`));
    expect(await socket!.waitFor('room_deleted')).toEqual({ roomId: own });
  });

  it('hears a room only in the contract it joined with', async () => {
    const other = world.person('client');
    await known(other);
    ok(await other.rest.post(roomPath(room)));
    const [mine] = await joined(world, room, john);
    const [canonical] = await world.joined(room, other);
    const both = await connect(world, john);
    await both.must('join_room', { roomId: room });
    await both.must('join_room', { room_id: room });
    const sent = await post(owner, room, 'in whose words?');
    await heardMessage(mine!, sent.id);
    await canonical!.waitFor('new_message', ({ id }: { id: string }) => id === `msg_${sent.id}`);
    await both.waitForCount('new_message', 2);
    await sentinel(john, mine!);
    expect(mine!.of('new_message').map((payload) => Object.keys(payload))).toEqual([
      ['message'],
      ['message'],
    ]);
    expect(canonical!.of<{ message: unknown }>('new_message').map(({ message }) => typeof message)).toEqual([
      'string',
    ]);
  });

  it('ends delivery at once to who is removed, or leaves by REST', async () => {
    const [a, b] = await joined(world, room, john, owner);
    ok(await john.rest.delete(roomPath(room)));
    await post(owner, room, 'among us');
    await sentinel(john, a!);
    await sentinel(owner, b!);
    expect(contents(a!)).toEqual(['sentinel']);
    expect(contents(b!)).toEqual(['among us', 'sentinel']);
    expect(await a!.ask('send_message', { roomId: room, content: 'x' })).toMatchObject({
      code: 'NOT_PARTICIPANT',
    });
  });
});
