import { io, type Socket } from 'socket.io-client';
import { World, type Person } from '../../support/world.js';
import { connect, groupOf, post, type WireMessage, type WirePage } from './helpers.js';

/** The document's React component without React: what it emits, and what it keeps of what it hears. */
function chatRoom(url: string, roomId: string, token: string) {
  const state: { messages: WireMessage[]; isTyping: boolean; joined: number } = {
    messages: [],
    isTyping: false,
    joined: 0,
  };
  const waiting = new Set<() => void>();
  const changed = (): void => waiting.forEach((check) => check());
  const newSocket: Socket = io(url, { forceNew: true });
  newSocket.emit('authenticate', { token });
  newSocket.on('authenticated', () => {
    newSocket.emit('join_room', { roomId });
  });
  newSocket.on('room_joined', () => {
    state.joined += 1;
    changed();
  });
  newSocket.on('new_message', (data: { message: WireMessage }) => {
    state.messages = [...state.messages, data.message];
    changed();
  });
  newSocket.on('user_typing', () => {
    state.isTyping = true;
    changed();
  });
  return {
    state,
    sendMessage: (newMessage: string) =>
      newSocket.emit('send_message', { roomId, content: newMessage, type: 'TEXT' }),
    handleTyping: () => newSocket.emit('typing_start', { roomId }),
    close: () => newSocket.close(),
    /** Waits until the state is so. */
    until: (holds: () => boolean): Promise<void> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`Not so: ${JSON.stringify(state)}`)), 5_000);
        const check = (): void => {
          if (!holds()) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

/** The document's `loadMessageHistory`. */
async function loadMessageHistory(url: string, token: string, roomId: string, page = 1): Promise<WirePage> {
  const response = await fetch(`${url}/api/chat/rooms/${roomId}/messages?page=${page}&limit=50`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const data = (await response.json()) as { data: WirePage };
  return data.data;
}

describe("workspace: the document's own client", () => {
  let world: World;
  let owner: Person;
  let john: Person;
  let room: string;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    owner = world.person('business', { name: 'Jane Roe' });
    john = world.person('client', { name: 'John Doe' });
    room = await groupOf(owner, john);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it('two React components talk, and load the history', async () => {
    await post(owner, room, 'before you came');
    const [mine, theirs] = [chatRoom(world.url, room, john.token), chatRoom(world.url, room, owner.token)];
    try {
      await mine.until(() => mine.state.joined === 1);
      await theirs.until(() => theirs.state.joined === 1);
      mine.handleTyping();
      await theirs.until(() => theirs.state.isTyping);
      mine.sendMessage('Hello');
      await theirs.until(() => theirs.state.messages.length === 1);
      theirs.sendMessage('Hi John');
      for (const client of [mine, theirs]) {
        await client.until(() => client.state.messages.length === 2);
        expect(client.state.messages.map(({ sender, content }) => `${sender.firstName}: ${content}`)).toEqual(
          ['John: Hello', 'Jane: Hi John'],
        );
      }
      expect(mine.state.isTyping).toBe(false);
      const { messages, pagination } = await loadMessageHistory(world.url, john.token, room);
      expect(messages.map(({ content }) => content)).toEqual(['before you came', 'Hello', 'Hi John']);
      expect(messages.slice(1)).toEqual(mine.state.messages);
      expect(pagination).toEqual({ page: 1, limit: 50, hasMore: false });
      expect((await loadMessageHistory(world.url, john.token, room, 2)).messages).toEqual([]);
    } finally {
      mine.close();
      theirs.close();
    }
  });

  it('events right after authenticate, before its answer, take effect in order', async () => {
    const socket = await world.socket(john, { namespace: '/', auth: { token: undefined } });
    socket.emit('authenticate', { token: john.token });
    socket.emit('join_room', { roomId: room });
    socket.emit('send_message', { roomId: room, content: 'at once', type: 'TEXT' });
    await socket.waitFor('new_message');
    expect(
      socket.received
        .map(({ event }) => event)
        .filter((event) => ['authenticated', 'room_joined', 'new_message'].includes(event)),
    ).toEqual(['authenticated', 'room_joined', 'new_message']);
    expect(socket.of('room_error')).toEqual([]);
  });

  it('shows what other contracts do in the same room', async () => {
    const socket = await connect(world, john);
    await socket.must('join_room', { roomId: room });
    const canonical = await world.socket(owner);
    await canonical.must('join_room', { room_id: room });
    const sent = await canonical.must<{ id: string }>('send_message', { room_id: room, message: 'Hello' });
    const { message } = await socket.waitFor<{ message: WireMessage }>('new_message');
    expect(`msg_${message.id}`).toBe(sent.id);
    await canonical.must('react_to_message', { message_id: sent.id, reaction: '❤️' });
    expect(await socket.waitFor('reaction_updated')).toEqual({
      roomId: room,
      messageId: message.id,
      reactions: [{ emoji: '❤️', count: 1, users: [owner.id] }],
    });
    await canonical.must('edit_message', { message_id: sent.id, message: 'Hello!' });
    expect(await socket.waitFor('message_updated')).toMatchObject({ message: { content: 'Hello!' } });
    socket.emit('mark_read', { roomId: room });
    expect(await canonical.waitFor('message_read')).toMatchObject({ message_id: sent.id });
    await canonical.must('delete_message', { message_id: sent.id });
    expect(await socket.waitFor('message_deleted')).toEqual({ roomId: room, messageId: message.id });
  });
});
