import { io, type Socket } from 'socket.io-client';
import { AppConfig } from '#libs/platform/config';
import { World, type Person } from '../../support/world.js';
import { connected, joined, SESSIONS, taken, waiting, type Message, type Session } from './support-world.js';

/** The document's own client, unchanged but for what its empty methods do: they remember. */
class ChatClient {
  socket: Socket;
  typingTimeout: NodeJS.Timeout | null;
  readonly shown: unknown[][] = [];
  private readonly waiting = new Set<() => void>();

  constructor(serverUrl: string, authToken: string) {
    this.socket = io(serverUrl, {
      auth: { token: authToken },
      reconnection: true,
      reconnectionDelay: 1000,
      reconnectionDelayMax: 5000,
      reconnectionAttempts: 5,
    });

    this.setupEventHandlers();
    this.typingTimeout = null;
  }

  setupEventHandlers() {
    this.socket.on('connect', () => {
      this.show('connect');
    });

    this.socket.on('session_joined', (data) => {
      this.show('joined', data.session.id);
      this.displayMessages(data.messages);
    });

    this.socket.on('new_message', (data) => {
      this.appendMessage(data.message);
    });

    this.socket.on('user_typing', (data) => {
      this.showTypingIndicator(data.user_name);
    });

    this.socket.on('typing_stopped', (data) => {
      this.hideTypingIndicator(data.user_id);
    });

    this.socket.on('messages_read', (data) => {
      this.updateReadReceipts(data);
    });

    this.socket.on('error', (data) => {
      this.show('error', data.message);
    });
  }

  joinSession(sessionId: string) {
    this.socket.emit('join_session', { session_id: sessionId });
  }

  sendMessage(sessionId: string, content: string, messageType = 'text') {
    const tempId = `temp-${Date.now()}`;
    this.socket.emit('send_message', {
      session_id: sessionId,
      content,
      message_type: messageType,
      temp_id: tempId,
    });
    return tempId;
  }

  handleTyping(sessionId: string) {
    this.socket.emit('typing', { session_id: sessionId });

    if (this.typingTimeout) {
      clearTimeout(this.typingTimeout);
    }

    this.typingTimeout = setTimeout(() => {
      this.socket.emit('stop_typing', { session_id: sessionId });
    }, 3000);
  }

  markAsRead(sessionId: string, messageIds: string[] | null = null) {
    this.socket.emit('mark_as_read', {
      session_id: sessionId,
      message_ids: messageIds,
    });
  }

  leaveSession(sessionId: string) {
    this.socket.emit('leave_session', { session_id: sessionId });
  }

  disconnect() {
    if (this.typingTimeout) clearTimeout(this.typingTimeout);
    this.socket.disconnect();
  }

  displayMessages(messages: Message[]) {
    this.show('history', ...messages.map(({ content }) => content));
  }

  appendMessage(message: Message) {
    this.show('message', message.content);
  }

  showTypingIndicator(userName: string) {
    this.show('typing', userName);
  }

  hideTypingIndicator(userId: string) {
    this.show('stopped', userId);
  }

  updateReadReceipts(data: { user_id: string; message_ids?: string[] }) {
    this.show('read', data.user_id, data.message_ids);
  }

  show(...entry: unknown[]) {
    this.shown.push(entry);
    for (const check of [...this.waiting]) check();
  }

  /** Waits until this was shown. */
  sees(...entry: unknown[]): Promise<void> {
    const wanted = JSON.stringify(entry);
    const isShown = () => this.shown.some((shown) => JSON.stringify(shown) === wanted);
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!isShown()) return;
        clearTimeout(timer);
        this.waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(
        () => reject(new Error(`Not seen: ${wanted}; seen: ${JSON.stringify(this.shown)}`)),
        5_000,
      );
      this.waiting.add(check);
      check();
    });
  }
}

describe("support: the document's own client", () => {
  let world: World;
  const clients: ChatClient[] = [];
  const client = (person: Person): ChatClient => {
    const made = new ChatClient(world.url, person.token);
    clients.push(made);
    return made;
  };
  beforeAll(async () => (world = await World.start()));
  afterEach(() => {
    for (const made of clients.splice(0)) made.disconnect();
    world.disconnectAll();
  });
  afterAll(() => world.stop());

  it('joins, sends, types, reads and leaves, without waiting for anything', async () => {
    const customer = world.person('customer', { name: 'First Customer' });
    const agent = world.person('agent', { name: 'Mike Johnson' });
    const id = await waiting(customer, { initial_message: 'My order is delayed' });
    const [a, b] = [client(customer), client(agent)];
    a.joinSession(id);
    b.joinSession(id);
    await a.sees('joined', id);
    await b.sees('history', 'My order is delayed');
    a.handleTyping(id);
    await b.sees('typing', 'First Customer');
    a.sendMessage(id, 'Hello');
    await b.sees('message', 'Hello');
    await a.sees('message', 'Hello');
    await b.sees('stopped', customer.id);
    b.markAsRead(id);
    await a.sees('read', agent.id, undefined);
    const sent = (await customer.rest.get<Message[]>(`${SESSIONS}/${id}/messages`)).body.data.at(-1)!;
    expect(sent).toMatchObject({ content: 'Hello', read_by: [{ user_id: agent.id }] });
    a.leaveSession(id);
    b.sendMessage(id, 'Bye');
    await b.sees('message', 'Bye');
    expect(a.shown).not.toContainEqual(['message', 'Bye']);
    expect([...a.shown, ...b.shown].filter(([what]) => what === 'error')).toEqual([]);
  });

  it('shows an error where it may not join', async () => {
    const stranger = client(world.person());
    stranger.joinSession(await waiting(world.person()));
    await stranger.sees('error', 'This room is only open to its participants.');
  });

  it('the typing of a client that vanished ends by itself, after 10 s unless told', async () => {
    expect(world.server.app.get(AppConfig).presence.typingTimeoutMs).toBe(10_000);
    const quick = await World.start({ TYPING_TIMEOUT_MS: '300' });
    try {
      const [customer, agent] = [quick.person(), quick.person('agent')];
      const id = await taken(customer, agent);
      const [mine, theirs] = await joined(quick, id, customer, agent);
      await mine!.must('typing', { session_id: id });
      // Says nothing any more, and does not close: as a phone in a tunnel.
      expect(await theirs!.waitFor('user_typing')).toMatchObject({ user_id: customer.id });
      expect(await theirs!.waitFor('typing_stopped')).toEqual({ session_id: id, user_id: customer.id });
      await mine!.must('typing', { session_id: id });
      mine!.close();
      await theirs!.waitForCount('typing_stopped', 2);
    } finally {
      await quick.stop();
    }
  });

  it('an agent of this contract and a customer of the service contract are in one room', async () => {
    const customer = world.person('customer', { name: 'First Customer' });
    const agent = world.person('agent');
    const watching = await connected(world, agent);
    const made = await customer.rest.post<{ room: { id: string; room_id: string } }>('/api/v1/chat/rooms', {
      type: 'support',
      subject: 'From another product',
    });
    const { id, room_id } = made.body.data.room;
    await watching.waitFor(
      'session_status_changed',
      (change: { session_id: string }) => change.session_id === id,
    );
    const [service] = await world.joined(room_id, customer);
    await watching.must('accept_chat', { session_id: id });
    await service!.waitFor('room_updated');
    await service!.must('send_message', { room_id, message: 'Hello from there' });
    const { message } = await watching.waitFor<{ message: Message }>('new_message');
    expect(message).toMatchObject({ session_id: id, content: 'Hello from there' });
    const { data } = (await agent.rest.get<Session>(`${SESSIONS}/${id}`)).body;
    expect(data).toMatchObject({ subject: 'From another product', unread_count: 1 });
    await watching.must('mark_as_read', { session_id: id, message_ids: [message.id] });
    await service!.waitFor(
      'message_read',
      (read: { message_id: string }) => read.message_id === `msg_${message.id}`,
    );
    await watching.must('close_chat', { session_id: id });
    expect(await service!.ask('send_message', { room_id, message: 'More' })).toMatchObject({
      code: 'ROOM_INACTIVE',
    });
    expect(watching.of('new_message')).toHaveLength(1);
  });
});
