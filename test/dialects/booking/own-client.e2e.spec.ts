import { io, type Socket } from 'socket.io-client';
import { SocketClient } from '../../support/socket-client.js';
import { World, type Person } from '../../support/world.js';
import { openSession, people, say, sentinel, type BookingMessage } from './support.js';

interface Shown extends BookingMessage {
  sender: { name: string };
}
interface Typing {
  user_name: string;
  is_typing: boolean;
}

/** The document's React component without React: its effect, its handlers, its state. */
class ChatComponent {
  readonly socket: Socket;
  messages: Shown[] = [];
  typingUsers: string[] = [];
  readonly record: SocketClient;

  constructor(
    private readonly url: string,
    private readonly sessionId: string,
    private readonly token: string,
  ) {
    this.socket = io(url, { auth: { token }, forceNew: true });
    this.record = new SocketClient(this.socket);
    this.socket.emit('join_chat', { session_id: sessionId });
    this.socket.on('new_message', (message: Shown) => {
      this.messages = [...this.messages, message];
    });
    this.socket.on('user_typing', (data: Typing) => {
      if (data.is_typing) this.typingUsers = [...this.typingUsers, data.user_name];
      else this.typingUsers = this.typingUsers.filter((name) => name !== data.user_name);
    });
  }

  async sendMessage(newMessage: string): Promise<void> {
    const response = await fetch(`${this.url}/api/chat/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ session_id: this.sessionId, content: newMessage, type: 'text' }),
    });
    const result = (await response.json()) as { success: boolean; data: unknown; code?: string };
    if (!result.success) throw new Error(`The server refused: ${result.code}`);
    this.socket.emit('send_message', { session_id: this.sessionId, message: result.data });
  }

  handleTyping(): void {
    this.socket.emit('typing_start');
  }

  stopTyping(): void {
    this.socket.emit('typing_stop');
  }

  render(): string[] {
    return this.messages.map((message) => `${message.sender.name}: ${message.content}`);
  }
}

describe("booking: the document's own client", () => {
  let world: World;
  let client: Person;
  let reader: Person;
  let session: string;
  const open: ChatComponent[] = [];
  beforeAll(async () => {
    world = await World.start();
  });
  beforeEach(async () => {
    // New people for each test: each has a hundred messages a minute.
    ({ client, reader } = people(world));
    session = await openSession(world, client, reader);
  });
  afterEach(() => {
    for (const component of open.splice(0)) component.socket.close();
  });
  afterAll(() => world.stop());

  async function mount(person: Person): Promise<ChatComponent> {
    const component = new ChatComponent(world.url, session, person.token);
    open.push(component);
    await component.record.waitFor('chat_joined');
    return component;
  }

  it('shows each message once to both, though it posts by REST and then emits what was stored', async () => {
    const [sarah, samia] = [await mount(client), await mount(reader)];
    const texts = ['Hello', 'Hello', 'What do the cards say?'];
    for (const text of texts) await sarah.sendMessage(text);
    await samia.sendMessage('The Star, upright.');
    await sarah.record.waitForCount('message_sent', 3);
    await samia.record.waitFor('message_sent');
    await sentinel(reader, session, sarah.record, samia.record);
    for (const component of [sarah, samia]) {
      expect(component.render().slice(0, 4)).toEqual([
        ...texts.map((text) => `Sarah Johnson: ${text}`),
        'Samia Reader: The Star, upright.',
      ]);
      expect(component.messages).toHaveLength(5);
      expect(component.record.of('error')).toEqual([]);
    }
    const stored = await client.rest.get<{ messages: BookingMessage[] }>(
      `/api/chat/messages?session_id=${session}`,
    );
    expect(stored.body.data.messages.map(({ id }) => id)).toEqual(sarah.messages.map(({ id }) => id));
    expect(sarah.record.of('message_sent').map(({ message_id }) => message_id)).toEqual(
      sarah.messages.slice(0, 3).map(({ id }) => id),
    );
  });

  it('does not count the repeat: a hundred messages a minute go through', async () => {
    const socket = await mount(client);
    for (let n = 0; n < 100; n += 1) await socket.sendMessage(`m${n}`);
    await socket.record.waitForCount('message_sent', 100);
    expect(socket.record.of('error')).toEqual([]);
    expect(socket.messages).toHaveLength(100);
  });

  it('does not store again what was edited or deleted in between', async () => {
    const component = await mount(client);
    const edited = await say(client, session, 'Helo');
    await client.rest.patch(`/api/v1/chat/messages/${edited.id}`, { message: 'Hello' });
    const deleted = await say(client, session, 'Oops');
    await client.rest.delete(`/api/v1/chat/messages/${deleted.id}`);
    for (const message of [edited, deleted]) {
      const sent = await component.record.must<{ message_id: string }>('send_message', {
        session_id: session,
        message,
      });
      expect(sent.message_id).toBe(message.id);
    }
    const stored = await client.rest.get<{ messages: BookingMessage[] }>(
      `/api/chat/messages?session_id=${session}`,
    );
    expect(stored.body.data.messages).toHaveLength(2);
  });

  it('shows who is typing, once for many key presses', async () => {
    const [sarah, samia] = [await mount(client), await mount(reader)];
    for (let key = 0; key < 5; key += 1) sarah.handleTyping();
    await samia.record.waitFor('user_typing');
    await sentinel(reader, session, sarah.record, samia.record);
    expect(samia.typingUsers).toEqual(['Sarah Johnson']);
    sarah.stopTyping();
    await samia.record.waitFor('user_typing', ({ is_typing }: Typing) => !is_typing);
    expect([samia.typingUsers, sarah.typingUsers]).toEqual([[], []]);
  });
});
