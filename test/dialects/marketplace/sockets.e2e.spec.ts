import type { SocketClient } from '../../support/socket-client.js';
import { World, type Person } from '../../support/world.js';
import {
  BASE,
  connect,
  history,
  joined,
  list,
  NOWHERE,
  ok,
  pair,
  path,
  post,
  start,
  type WireMessage,
} from './helpers.js';

interface Status {
  messageId: string;
  status: string;
  deliveredAt: string | null;
  readAt: string | null;
}

const TYPING_MS = 400;

describe('marketplace: sockets', () => {
  let world: World;
  let provider: Person;
  let customer: Person;
  let id: string;
  beforeAll(async () => (world = await World.start({ CHAT_TYPING_TIMEOUT: String(TYPING_MS) })));
  beforeEach(async () => {
    ({ provider, customer } = await pair(world));
    ({ id } = await start(provider, { provider, customer }, 5));
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const heard = (socket: SocketClient, message: { id: string }): Promise<{ message: WireMessage }> =>
    socket.waitFor<{ message: WireMessage }>('chat-new-message', (event) => event.message.id === message.id);
  const statusOf = (socket: SocketClient, messageId: string, status: string): Promise<Status> =>
    socket.waitFor<Status>(
      'chat-message-status-updated',
      (event) => event.messageId === messageId && event.status === status,
    );

  it("the document's own client: authenticate, join, send, type, read", async () => {
    const them = await joined(world, id, provider);
    const { socket } = await world.socket(customer, { namespace: '/', auth: { token: undefined } });
    const first = <T>(event: string): Promise<T> => new Promise((resolve) => socket.once(event, resolve));
    const [authenticated, hasJoined, displayed] = [
      first<{ userId: number }>('chat-authenticated'),
      first<{ conversationId: string }>('chat-joined-conversation'),
      first<{ message: WireMessage }>('chat-new-message'),
    ];
    // Back to back, as a page does that does not wait.
    socket.emit('chat-authenticate', { userId: Number(customer.id), token: customer.token });
    socket.emit('chat-join-conversation', { conversationId: id });
    socket.emit('chat-send-message', {
      conversationId: id,
      content: 'Hello, how can I help you?',
      messageType: 'TEXT',
    });
    socket.emit('chat-typing', { conversationId: id, isTyping: true });
    expect((await authenticated).userId).toBe(Number(customer.id));
    expect((await hasJoined).conversationId).toBe(id);
    const { message } = await displayed;
    expect(message).toMatchObject({ content: 'Hello, how can I help you?', senderId: Number(customer.id) });
    await heard(them, message);
    expect(await them.waitFor('chat-user-typing')).toEqual({
      conversationId: id,
      userId: Number(customer.id),
      isTyping: true,
    });
    const read = first<Status>('chat-message-status-updated');
    them.emit('chat-update-message-status', { messageId: message.id, status: 'READ' });
    expect((await read).messageId).toBe(message.id);
    socket.disconnect();
  });

  it('chat-authenticated shows oneself and partners who are online; a handshake token is enough', async () => {
    await connect(world, provider);
    const socket = await world.socket(customer, { namespace: '/' });
    await socket.waitFor('authenticated');
    expect(await socket.must('chat-authenticate', {})).toEqual({
      userId: Number(customer.id),
      user: { id: Number(customer.id), name: customer.name, role: 'customer', avatar: null },
      onlineUsers: [Number(provider.id)],
    });
  });

  it('chat-error for events before authentication, bad tokens and another userId', async () => {
    const fresh = () => world.socket(customer, { namespace: '/', auth: { token: undefined } });
    const early = await fresh();
    const answer = await early.ask('chat-join-conversation', { conversationId: id });
    expect(answer).toMatchObject({ success: false, code: 'UNAUTHORIZED' });
    expect(await early.waitFor('chat-error')).toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.any(String),
      event: 'chat-join-conversation',
    });
    for (const claim of [
      { token: 'not.a.token' },
      { userId: Number(customer.id) },
      { token: customer.token, userId: Number(provider.id) },
      { token: customer.token, user_id: Number(provider.id) },
      { token: customer.token, user_type: 'provider' },
      { token: customer.token, userType: 'admin' },
      {},
      undefined,
      'token',
      [],
    ]) {
      const socket = await fresh();
      expect(await socket.ask('chat-authenticate', claim)).toMatchObject({ code: 'UNAUTHORIZED' });
      expect(await socket.waitFor('chat-error')).toMatchObject({ code: 'UNAUTHORIZED' });
      await socket.waitFor('disconnect');
      expect(socket.of('chat-authenticated')).toEqual([]);
    }
    const own = {
      userId: Number(customer.id),
      user_id: customer.id,
      user_type: 'client',
      userType: 'customer',
    };
    await (await fresh()).must('chat-authenticate', { token: customer.token, ...own });
  });

  it('chat-error for strangers, unknown ids, bad payloads, long messages and ended conversations', async () => {
    const [stranger, mine] = [
      await connect(world, world.person('customer')),
      await joined(world, id, customer),
    ];
    const code = async (socket: SocketClient, event: string, payload: unknown) => {
      const answer = await socket.ask(event, payload);
      expect(await socket.waitFor('chat-error', (error) => error.event === event)).toMatchObject({
        code: answer.code,
        message: answer.error,
      });
      socket.forget();
      return answer.code;
    };
    const at = { conversationId: id };
    expect(await code(stranger, 'chat-join-conversation', at)).toBe('FORBIDDEN');
    expect(await code(stranger, 'chat-send-message', { ...at, content: 'x' })).toBe('FORBIDDEN');
    expect(await code(stranger, 'chat-typing', { ...at, isTyping: true })).toBe('FORBIDDEN');
    expect(await code(stranger, 'chat-leave-conversation', at)).toBe('FORBIDDEN');
    expect(stranger.of('chat-left-conversation')).toEqual([]);
    for (const unknown of [NOWHERE, 'conv_123'])
      expect(await code(mine, 'chat-join-conversation', { conversationId: unknown })).toBe('NOT_FOUND');
    expect(await code(mine, 'chat-send-message', { content: 'x' })).toBe('VALIDATION_ERROR');
    expect(await code(mine, 'chat-send-message', { ...at, content: 'x'.repeat(2_001) })).toBe(
      'MESSAGE_TOO_LONG',
    );
    expect(await code(mine, 'chat-typing', { ...at, isTyping: 'yes' })).toBe('VALIDATION_ERROR');
    expect(await code(mine, 'chat-update-message-status', { messageId: NOWHERE, status: 'READ' })).toBe(
      'MESSAGE_NOT_FOUND',
    );
    expect(await code(mine, 'chat-unknown', {})).toBe('NOT_FOUND');
    ok(await provider.rest.patch(path(id, '/end')));
    expect(await mine.waitFor('chat-conversation-updated')).toEqual({ conversationId: id, status: 'ENDED' });
    expect(await code(mine, 'chat-send-message', { ...at, content: 'x' })).toBe('CONVERSATION_INACTIVE');
  });

  it('chat-new-message reaches both sides once, and nobody who left or never joined', async () => {
    const [mine, theirs] = [await joined(world, id, customer), await joined(world, id, provider)];
    const outside = await connect(world, provider);
    const { message } = await mine.must<{ message: WireMessage }>('chat-send-message', {
      conversationId: id,
      content: 'One',
      clientId: 'same',
    });
    const again = await mine.must<{ message: WireMessage }>('chat-send-message', {
      conversationId: id,
      content: 'One',
      clientId: 'same',
    });
    expect(again.message.id).toBe(message.id);
    expect(await theirs.must('chat-leave-conversation', { conversationId: id })).toEqual({
      conversationId: id,
    });
    await theirs.waitFor('chat-left-conversation');
    const last = await post(customer, id, 'Two');
    await heard(mine, last);
    // What was sent while they were away from it never comes: the next one that they get is later.
    for (const socket of [theirs, outside])
      await socket.must('chat-join-conversation', { conversationId: id });
    const sentinel = await post(customer, id, 'Three');
    for (const socket of [theirs, outside, mine]) await heard(socket, sentinel);
    const seen = (socket: SocketClient) =>
      socket.of<{ message: WireMessage }>('chat-new-message').map((event) => event.message.content);
    expect(seen(mine)).toEqual(['One', 'Two', 'Three']);
    expect(seen(theirs)).toEqual(['One', 'Three']);
    expect(seen(outside)).toEqual(['Three']);
  });

  it('chat-send-message is stored also when the connection closes right after it', async () => {
    const [theirs, mine] = [await joined(world, id, provider), await connect(world, customer)];
    const contents = Array.from({ length: 5 }, (_, n) => `Last words ${n}`);
    for (const content of contents) mine.emit('chat-send-message', { conversationId: id, content });
    mine.close();
    await theirs.waitForCount('chat-new-message', contents.length);
    const { messages } = await history(customer, id);
    expect(messages.map(({ content }) => content)).toEqual(contents);
  });

  it('SENT, DELIVERED by itself once a socket of the other side gets it, READ; each told once', async () => {
    const mine = await joined(world, id, customer);
    const alone = await post(customer, id, 'Nobody there');
    await heard(mine, alone);
    expect((await history(customer, id)).messages[0]).toMatchObject({ status: 'SENT', deliveredAt: null });
    const theirs = [await joined(world, id, provider), await joined(world, id, provider)];
    expect(await statusOf(mine, alone.id, 'DELIVERED')).toMatchObject({ deliveredAt: expect.any(String) });
    const message = await post(customer, id, 'Are you there?');
    expect(message).toMatchObject({ status: 'SENT' });
    const delivered = await statusOf(mine, message.id, 'DELIVERED');
    expect(delivered).toEqual({
      messageId: message.id,
      conversationId: id,
      status: 'DELIVERED',
      deliveredAt: expect.any(String),
      readAt: null,
    });
    const [reader] = theirs as [SocketClient, SocketClient];
    reader.emit('chat-update-message-status', { messageId: message.id, status: 'READ' });
    const read = await statusOf(mine, message.id, 'READ');
    expect(read).toMatchObject({ deliveredAt: delivered.deliveredAt, readAt: expect.any(String) });
    const later = await post(provider, id, 'sentinel');
    await heard(mine, later);
    const told = mine
      .of<Status>('chat-message-status-updated')
      .filter((event) => event.messageId === message.id)
      .map(({ status }) => status);
    expect(told).toEqual(['DELIVERED', 'READ']);
  });

  it('a status only moves forward, and only the recipient moves it', async () => {
    const [mine, theirs] = [await joined(world, id, customer), await connect(world, provider)];
    const message = await post(customer, id, 'Move me');
    const move = (socket: SocketClient, status: string) =>
      socket.ask<Status>('chat-update-message-status', { messageId: message.id, status });
    expect(await move(mine, 'READ')).toMatchObject({ success: false, code: 'FORBIDDEN' });
    const stranger = await connect(world, world.person('customer'));
    expect(await move(stranger, 'READ')).toMatchObject({ code: 'MESSAGE_NOT_FOUND' });
    expect((await move(theirs, 'DELIVERED')).data.status).toBe('DELIVERED');
    expect((await move(theirs, 'READ')).data.status).toBe('READ');
    await statusOf(theirs, message.id, 'READ');
    theirs.forget();
    expect((await move(theirs, 'DELIVERED')).data.status).toBe('READ');
    await statusOf(theirs, message.id, 'READ');
    for (const status of ['SENT', 'FAILED', 'GONE'])
      expect((await move(theirs, status)).code).toBe('VALIDATION_ERROR');
    expect((await history(provider, id)).messages[0]).toMatchObject({ status: 'READ' });
    expect(await list(provider)).toEqual([expect.objectContaining({ unreadCount: 0 })]);
  });

  it('PATCH read tells READ of every message to the one who sent them', async () => {
    const mine = await joined(world, id, customer);
    const sent = [await post(customer, id, 'One'), await post(customer, id, 'Two')];
    ok(await provider.rest.patch(path(id, '/read')));
    for (const message of sent) await statusOf(mine, message.id, 'READ');
  });

  it('chat-user-typing by socket and REST, not to oneself; ends after CHAT_TYPING_TIMEOUT', async () => {
    const [mine, theirs] = [await joined(world, id, customer), await joined(world, id, provider)];
    const typing = async (person: Person) =>
      ok(await person.rest.get<{ typingUsers: { userId: number }[] }>(path(id, '/typing'))).typingUsers;
    expect(await typing(customer)).toEqual([]);
    const started = Date.now();
    await theirs.must('chat-typing', { conversationId: id, isTyping: true });
    await mine.waitFor('chat-user-typing', (event) => event.isTyping === true);
    expect(await typing(customer)).toEqual([
      expect.objectContaining({ userId: Number(provider.id), isTyping: true }),
    ]);
    expect(await typing(provider)).toEqual([]);
    await mine.waitFor('chat-user-typing', (event) => event.isTyping === false);
    expect(Date.now() - started).toBeGreaterThanOrEqual(TYPING_MS - 50);
    expect(await typing(customer)).toEqual([]);
    mine.forget();
    await theirs.must('chat-typing', { conversationId: id, isTyping: true });
    await theirs.must('chat-typing', { conversationId: id, isTyping: false });
    await mine.waitFor('chat-user-typing', (event) => event.isTyping === false);
    expect(theirs.of('chat-user-typing')).toEqual([]);
  });

  it('chat-user-online and chat-user-offline {userId, lastSeen} to partners only', async () => {
    const mine = await connect(world, customer);
    const stranger = await connect(world, world.person('customer'));
    const theirs = await connect(world, provider);
    expect(await mine.waitFor('chat-user-online')).toEqual({ userId: Number(provider.id) });
    theirs.close();
    expect(await mine.waitFor('chat-user-offline')).toEqual({
      userId: Number(provider.id),
      lastSeen: expect.any(String),
    });
    await stranger.ask('chat-typing', {});
    await stranger.waitFor('chat-error');
    expect([...stranger.of('chat-user-online'), ...stranger.of('chat-user-offline')]).toEqual([]);
    expect(ok(await customer.rest.get<{ total: number }>(`${BASE}/online-users`)).total).toBe(0);
  });

  it('the fourth connection is refused with chat-error, and takes the place of one that is dead', async () => {
    const three = [];
    for (let count = 0; count < 3; count += 1) three.push(await connect(world, customer));
    const [dead, ...living] = three as [SocketClient, SocketClient, SocketClient];
    // Once more on the same connection is no further one.
    await dead.must('chat-authenticate', { token: customer.token });
    const fourth = await world.socket(customer, { namespace: '/', auth: { token: undefined } });
    expect(await fourth.ask('chat-authenticate', { token: customer.token })).toMatchObject({
      success: false,
      code: 'RATE_LIMITED',
    });
    expect(await fourth.waitFor('chat-error')).toMatchObject({ code: 'RATE_LIMITED' });
    await fourth.waitFor('disconnect');
    expect(dead.of('disconnect')).toEqual([]);
    // The network of a phone that is gone: nothing is answered any more.
    const { engine } = dead.socket.io as unknown as { engine: { _sendPacket(): void } };
    engine._sendPacket = () => undefined;
    await connect(world, customer);
    await dead.waitFor('disconnect');
    for (const socket of living) expect(socket.of('disconnect')).toEqual([]);
  });
});

describe('marketplace: limits', () => {
  let world: World;
  beforeAll(
    async () => (world = await World.start({ CHAT_MESSAGE_LIMIT: '2', CHAT_MAX_CONNECTIONS_PER_USER: '1' })),
  );
  afterAll(() => world.stop());

  it('CHAT_MESSAGE_LIMIT: RATE_LIMITED as chat-error and acknowledgement', async () => {
    const people = await pair(world);
    const { id } = await start(people.provider, people);
    const socket = await joined(world, id, people.customer);
    const send = (content: string) => socket.ask('chat-send-message', { conversationId: id, content });
    for (const content of ['One', 'Two']) expect(await send(content)).toMatchObject({ success: true });
    const refused = await send('Three');
    expect(refused).toMatchObject({ success: false, code: 'RATE_LIMITED' });
    expect(await socket.waitFor('chat-error')).toMatchObject({
      code: 'RATE_LIMITED',
      message: refused.error,
      event: 'chat-send-message',
    });
    expect((await history(people.customer, id)).messages).toHaveLength(2);
    expect(await people.provider.rest.post(path(id, '/messages'), { content: 'Mine' })).toMatchObject({
      status: 201,
    });
  });

  it('CHAT_MAX_CONNECTIONS_PER_USER: the second of one is refused', async () => {
    const person = world.person();
    const first = await connect(world, person);
    const second = await world.socket(person, { namespace: '/', auth: { token: undefined } });
    expect(await second.ask('chat-authenticate', { token: person.token })).toMatchObject({
      success: false,
      code: 'RATE_LIMITED',
      details: [{ max_connections: 1 }],
    });
    expect(await second.waitFor('chat-error')).toMatchObject({ code: 'RATE_LIMITED' });
    await second.waitFor('disconnect');
    expect(first.of('disconnect')).toEqual([]);
    await connect(world, world.person());
  });
});
