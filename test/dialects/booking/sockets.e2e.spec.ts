import { randomUUID } from 'node:crypto';
import { EventBus } from '#libs/platform/events';
import { TypingChanged } from '#libs/presence';
import { SocketClient } from '../../support/socket-client.js';
import { World, type Person } from '../../support/world.js';
import { joinChat, openSession, people, say, sentinel, type BookingMessage } from './support.js';

interface Sent {
  message_id: string;
  session_id: string;
  client_id: string | null;
  timestamp: string;
  message: BookingMessage;
}

describe('booking: sockets', () => {
  let world: World;
  let client: Person;
  let reader: Person;
  let session: string;
  beforeAll(async () => {
    world = await World.start();
    ({ client, reader } = people(world));
  });
  beforeEach(async () => (session = await openSession(world, client, reader)));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const connect = (person: Person) => world.socket(person, { namespace: '/' });
  const join = (person: Person) => joinChat(world, person, session);
  /** The server that a socket is connected to. */
  const serverOf = ({ socket }: SocketClient) => {
    const { uri } = socket.io as unknown as { uri: string };
    return world.server.nodes.find(({ url }) => uri.startsWith(url))!.app;
  };

  describe('connection', () => {
    it('authenticated: the user with the role itself', async () => {
      const socket = await connect(reader);
      expect(await socket.waitFor('authenticated')).toEqual({
        user: {
          id: reader.id,
          name: 'Samia Reader',
          role: 'reader',
          avatar: 'https://cdn.example.com/samia.jpg',
        },
        userId: reader.id,
      });
    });

    it('auth_error: a bad token, and another userId beside a good one', async () => {
      for (const auth of [{ token: 'not.a.token' }, { token: client.token, userId: reader.id }]) {
        const socket = SocketClient.open(`${world.url}/`, { auth });
        const code = 'AUTHENTICATION_REQUIRED';
        expect(await socket.waitFor('auth_error')).toMatchObject({
          message: expect.any(String),
          code,
          error_code: code,
        });
        await socket.waitFor('disconnect');
        // These are of other contracts.
        for (const event of ['authentication_error', 'error'])
          expect(socket.of(event)).toMatchObject([{ code: 'UNAUTHORIZED', error_code: 'UNAUTHORIZED' }]);
        expect(socket.of('authenticated')).toEqual([]);
        socket.close();
      }
    });

    it('AUTHENTICATION_REQUIRED: events before authentication', async () => {
      const socket = SocketClient.open(`${world.url}/`);
      const events: [string, unknown?][] = [
        ['join_chat', { session_id: session }],
        ['send_message', { session_id: session, message: { content: 'hi' } }],
        ['message_reaction', { message_id: randomUUID(), reaction: '❤️' }],
        ['typing_start'],
        ['typing_stop'],
      ];
      for (const [event, payload] of events) {
        const answer = await socket.ask(event, payload);
        expect([event, answer.code]).toEqual([event, 'AUTHENTICATION_REQUIRED']);
      }
      expect(socket.of('error').map(({ event, code }) => [event, code])).toEqual(
        events.map(([event]) => [event, 'AUTHENTICATION_REQUIRED']),
      );
      socket.close();
    });
  });

  describe('join_chat', () => {
    it('chat_joined {session_id}, and the same in the acknowledgement', async () => {
      const socket = await connect(client);
      expect(await socket.must('join_chat', { session_id: session })).toEqual({ session_id: session });
      expect(socket.of('chat_joined')).toEqual([{ session_id: session }]);
    });

    it('user_joined and user_left: the others hear of the first socket and of the end of the last', async () => {
      const seen = await join(reader);
      const [first, second] = [await join(client), await join(client)];
      const named = { session_id: session, user_id: client.id, user_name: 'Sarah Johnson' };
      expect(await seen.waitFor('user_joined')).toEqual({ ...named, timestamp: expect.any(String) });
      first.close();
      await sentinel(reader, session, seen);
      expect([seen.of('user_joined').length, seen.of('user_left').length]).toEqual([1, 0]);
      second.close();
      expect(await seen.waitFor('user_left')).toEqual({ ...named, timestamp: expect.any(String) });
      await sentinel(reader, session, seen);
      expect([seen.of('user_joined').length, seen.of('user_left').length]).toEqual([1, 1]);
    });

    it('leave_chat: user_left to the others, no more events to the socket', async () => {
      const [a, b] = [await join(client), await join(reader)];
      expect(await a.must('leave_chat', { session_id: session })).toEqual({ session_id: session });
      expect(a.of('chat_left')).toEqual([{ session_id: session }]);
      await b.waitFor('user_left', ({ user_id }: { user_id: string }) => user_id === client.id);
      await say(reader, session, 'are you gone?');
      await a.must('join_chat', { session_id: session });
      await sentinel(reader, session, a, b);
      expect(a.of<BookingMessage>('new_message').map(({ content }) => content)).not.toContain(
        'are you gone?',
      );
      expect((await client.rest.get(`/api/chat/sessions/${session}`)).status).toBe(200);
    });

    it('CHAT_ACCESS_DENIED for others, SESSION_NOT_FOUND for unknown ids, VALIDATION_ERROR without one', async () => {
      const socket = await connect(world.person('client'));
      const cases: [unknown, string][] = [
        [{ session_id: session }, 'CHAT_ACCESS_DENIED'],
        [{ session_id: randomUUID() }, 'SESSION_NOT_FOUND'],
        [{ session_id: 'nonsense' }, 'SESSION_NOT_FOUND'],
        [{}, 'VALIDATION_ERROR'],
        [undefined, 'VALIDATION_ERROR'],
        [{ session_id: { $ne: null } }, 'VALIDATION_ERROR'],
        ['text', 'VALIDATION_ERROR'],
      ];
      for (const [payload, code] of cases) {
        expect([payload, (await socket.ask('join_chat', payload)).code]).toEqual([payload, code]);
      }
      expect((await socket.ask('leave_chat', { session_id: session })).code).toBe('CHAT_ACCESS_DENIED');
      expect(socket.of('chat_left')).toEqual([]);
      expect(socket.of('error')).toHaveLength(cases.length + 1);
      expect(socket.of('error')[0]).toEqual({
        success: false,
        error: expect.any(String),
        message: expect.any(String),
        code: 'CHAT_ACCESS_DENIED',
        details: [],
        event: 'join_chat',
      });
      const seen = await join(client);
      await sentinel(client, session, seen);
      expect(socket.of('new_message')).toEqual([]);
    });

    it('does not announce an admin who looks on, and lets the admin hear', async () => {
      const seen = await join(reader);
      const admin = await join(world.person('admin'));
      await sentinel(client, session, seen, admin);
      expect(seen.of('user_joined')).toEqual([]);
    });
  });

  describe('send_message', () => {
    it('message_sent {message_id} to the sender, new_message once to every joined socket, the sender’s own too', async () => {
      const [a, other, b] = [await join(client), await join(client), await join(reader)];
      const outside = await connect(reader);
      const sent = await a.must<Sent>('send_message', {
        session_id: session,
        message: { id: 'message-uuid', content: 'Hello, I need help with my reading', type: 'text' },
      });
      expect(a.of('message_sent')).toEqual([sent]);
      expect(sent).toMatchObject({ session_id: session, client_id: 'message-uuid' });
      const shape = {
        id: sent.message_id,
        session_id: session,
        content: 'Hello, I need help with my reading',
        type: 'text',
        sender: { id: client.id, name: 'Sarah Johnson', avatar: 'https://cdn.example.com/sarah.jpg' },
        timestamp: sent.timestamp,
        profiles: { first_name: 'Sarah' },
      };
      await sentinel(reader, session, a, other, b);
      for (const socket of [a, other, b])
        expect(socket.of<BookingMessage>('new_message')).toEqual([
          expect.objectContaining({ ...shape, profiles: expect.objectContaining(shape.profiles) }),
          expect.anything(),
        ]);
      expect(other.of('message_sent')).toEqual([]);
      expect(outside.of('new_message')).toEqual([]);
    });

    it('answers a repeat of (id, content) with the stored message; the same id with other words is another message', async () => {
      const socket = await join(client);
      const send = (content: string) =>
        socket.must<Sent>('send_message', { session_id: session, message: { id: 'm-1', content } });
      const [first, again, different] = [await send('one'), await send('one'), await send('two')];
      expect(again.message_id).toBe(first.message_id);
      expect(different.message_id).not.toBe(first.message_id);
      await sentinel(client, session, socket);
      expect(socket.of('new_message')).toHaveLength(3);
    });

    it('takes the id of another’s message, or of another session, for a new message', async () => {
      const socket = await join(client);
      const theirs = await say(reader, session, 'same words');
      const mineElsewhere = await say(client, await openSession(world, client, reader), 'same words');
      for (const { id } of [theirs, mineElsewhere]) {
        const message = { id, content: 'same words' };
        const sent = await socket.must<Sent>('send_message', { session_id: session, message });
        expect(sent.message_id).not.toBe(id);
      }
    });

    it('refuses in the form of this dialect', async () => {
      const socket = await join(client);
      const message = { content: 'hi' };
      const cases: [unknown, string][] = [
        [{ session_id: session, message: {} }, 'VALIDATION_ERROR'],
        [{ session_id: session, message: { content: ' ' } }, 'VALIDATION_ERROR'],
        [{ session_id: session, message: { content: 'x', type: 'dance' } }, 'VALIDATION_ERROR'],
        [{ session_id: session, message: { content: 'x'.repeat(2_001) } }, 'MESSAGE_TOO_LONG'],
        [{ session_id: session, message: { content: 'x', type: 'system' } }, 'FORBIDDEN'],
        [{ session_id: randomUUID(), message }, 'SESSION_NOT_FOUND'],
      ];
      for (const [payload, code] of cases) {
        const answer = await socket.ask('send_message', payload);
        expect([payload, answer.success, answer.code]).toEqual([payload, false, code]);
      }
      expect(socket.of('error').map(({ code }) => code)).toEqual(cases.map(([, code]) => code));
      expect(socket.of('error')[1]).toMatchObject({ details: ['message.content: must not be empty'] });
      const stranger = await connect(world.person('client'));
      const refused = await stranger.ask('send_message', { session_id: session, message });
      expect(refused.code).toBe('CHAT_ACCESS_DENIED');
      await reader.rest.post(`/api/v1/chat/rooms/${session}/close`, { status: 'closed' });
      expect((await socket.ask('send_message', { session_id: session, message })).code).toBe(
        'SESSION_INACTIVE',
      );
    });
  });

  describe('typing_start and typing_stop without payload', () => {
    it('user_typing {user_name, is_typing} to the others in the chat joined last', async () => {
      const earlier = session;
      const a = await join(client);
      const b = await join(reader);
      session = await openSession(world, client, reader);
      await a.must('join_chat', { session_id: session });
      await b.must('join_chat', { session_id: session });
      a.emit('typing_start');
      const typing = { session_id: session, user_id: client.id, user_name: 'Sarah Johnson' };
      expect(await b.waitFor('user_typing')).toEqual({ ...typing, is_typing: true });
      a.emit('typing_stop');
      expect(await b.waitFor('user_typing', ({ is_typing }: { is_typing: boolean }) => !is_typing)).toEqual({
        ...typing,
        is_typing: false,
      });
      await sentinel(client, session, a, b);
      expect(a.of('user_typing')).toEqual([]);
      expect(b.of('user_typing')).toHaveLength(2);
      // Joined again, the earlier chat is the one joined last.
      await a.must('join_chat', { session_id: earlier });
      a.emit('typing_start');
      await b.waitFor('user_typing', (seen: { session_id: string }) => seen.session_id === earlier);
    });

    it('with a session_id they are about that chat', async () => {
      const earlier = session;
      const a = await join(client);
      const b = await join(reader);
      session = await openSession(world, client, reader);
      await a.must('join_chat', { session_id: session });
      await a.must('typing_start', { session_id: earlier });
      const seen = await b.waitFor('user_typing');
      expect(seen).toMatchObject({ session_id: earlier, is_typing: true });
      await a.must('typing_stop', { session_id: earlier });
      await b.waitFor('user_typing', ({ is_typing }: { is_typing: boolean }) => !is_typing);
    });

    it('tells of a start once, however long it goes on, and of its end with the connection', async () => {
      const [a, b] = [await join(client), await join(reader)];
      await a.must('typing_start');
      // As the service says it again, once a second, of someone who goes on.
      const again = new TypingChanged(session, session, client.id, true);
      await world.server.app.get(EventBus).publish(again);
      await sentinel(reader, session, a, b);
      expect(b.of('user_typing')).toHaveLength(1);
      a.close();
      await b.waitFor('user_typing', ({ is_typing }: { is_typing: boolean }) => !is_typing);
    });

    it('tells whoever joins of those who are typing already, once, also where nobody was there', async () => {
      const a = await connect(client);
      await a.must('typing_start', { session_id: session });
      const [b, again] = [await join(reader), await join(reader)];
      const typing = { session_id: session, user_id: client.id, user_name: 'Sarah Johnson', is_typing: true };
      for (const socket of [b, again]) expect(await socket.waitFor('user_typing')).toEqual(typing);
      await b.must('join_chat', { session_id: session });
      const mine = await join(client);
      // As the service says it again of someone who goes on.
      const goesOn = new TypingChanged(session, session, client.id, true);
      await serverOf(a).get(EventBus).publish(goesOn);
      await a.must('typing_stop', { session_id: session });
      for (const socket of [b, again]) {
        await socket.waitFor('user_typing', ({ is_typing }: { is_typing: boolean }) => !is_typing);
        expect(socket.of('user_typing')).toEqual([typing, { ...typing, is_typing: false }]);
      }
      await sentinel(reader, session, mine);
      expect(mine.of('user_typing')).toEqual([]);
      const late = await join(reader);
      await sentinel(client, session, late);
      expect(late.of('user_typing')).toEqual([]);
    });

    it('is_typing: false by itself when the time is up', async () => {
      const impatient = await World.start({ TYPING_TIMEOUT_MS: '300' });
      try {
        const { client: one, reader: other } = people(impatient);
        const chat = await openSession(impatient, one, other);
        const [a, b] = [await joinChat(impatient, one, chat), await joinChat(impatient, other, chat)];
        await a.must('typing_start');
        expect((await b.waitForCount('user_typing', 2)).map(({ is_typing }) => is_typing)).toEqual([
          true,
          false,
        ]);
        await sentinel(other, chat, a, b);
        expect([a.of('user_typing').length, b.of('user_typing').length]).toEqual([0, 2]);
      } finally {
        await impatient.stop();
      }
    });

    it('VALIDATION_ERROR before any chat was joined', async () => {
      const socket = await connect(client);
      expect((await socket.ask('typing_start')).code).toBe('VALIDATION_ERROR');
      expect((await socket.ask('typing_stop')).code).toBe('VALIDATION_ERROR');
    });
  });

  describe('message_reaction', () => {
    it('message_reaction_update with the counts; a repeat takes the reaction back', async () => {
      const [a, b] = [await join(client), await join(reader)];
      const { id } = await say(reader, session, 'The Star');
      const react = (socket: SocketClient) =>
        socket.must('message_reaction', { message_id: id, reaction: '❤️', session_id: session });
      await react(a);
      await react(b);
      await react(a);
      const update = {
        message_id: id,
        session_id: session,
        user_id: client.id,
        user_name: 'Sarah Johnson',
        reaction: '❤️',
      };
      for (const socket of [a, b]) {
        expect(await socket.waitForCount('message_reaction_update', 3)).toEqual([
          {
            ...update,
            added: true,
            reactions: [{ reaction: '❤️', count: 1, users: [client.id] }],
            reaction_counts: { '❤️': 1 },
          },
          {
            ...update,
            user_id: reader.id,
            user_name: 'Samia Reader',
            added: true,
            reactions: [{ reaction: '❤️', count: 2, users: [client.id, reader.id] }],
            reaction_counts: { '❤️': 2 },
          },
          {
            ...update,
            added: false,
            reactions: [{ reaction: '❤️', count: 1, users: [reader.id] }],
            reaction_counts: { '❤️': 1 },
          },
        ]);
      }
    });

    it('refuses messages of other sessions, of strangers, and no emoji', async () => {
      const socket = await join(client);
      const { id } = await say(reader, session, 'The Moon');
      const elsewhere = await openSession(world, client, reader);
      const cases: [Record<string, unknown>, string][] = [
        [{ message_id: id, reaction: '❤️', session_id: elsewhere }, 'MESSAGE_NOT_FOUND'],
        [{ message_id: randomUUID(), reaction: '❤️', session_id: session }, 'MESSAGE_NOT_FOUND'],
        [{ message_id: id, reaction: '❤️', session_id: randomUUID() }, 'SESSION_NOT_FOUND'],
        [{ message_id: id, reaction: '  ', session_id: session }, 'VALIDATION_ERROR'],
        [{ reaction: '❤️', session_id: session }, 'VALIDATION_ERROR'],
      ];
      for (const [payload, code] of cases)
        expect([payload, (await socket.ask('message_reaction', payload)).code]).toEqual([payload, code]);
      const stranger = await connect(world.person('client'));
      const named = await stranger.ask('message_reaction', {
        message_id: id,
        reaction: '❤️',
        session_id: session,
      });
      expect(named.code).toBe('CHAT_ACCESS_DENIED');
      const unnamed = await stranger.ask('message_reaction', { message_id: id, reaction: '❤️' });
      expect(unnamed.code).toBe('MESSAGE_NOT_FOUND');
    });
  });

  it('ends delivery at once to someone whom the booking loses', async () => {
    const [a, b] = [await join(client), await join(reader)];
    const room = await client.rest.get<{ booking_id: string }>(`/api/chat/sessions/${session}`);
    await world.host().rest.put(`/api/v1/chat/directory/contexts/booking/${room.body.data.booking_id}`, {
      participants: [{ user_id: client.id, role: 'client' }],
    });
    await a.waitFor('user_left', ({ user_id }: { user_id: string }) => user_id === reader.id);
    await say(client, session, 'between us');
    expect((await b.ask('join_chat', { session_id: session })).code).toBe('CHAT_ACCESS_DENIED');
    expect(b.of<BookingMessage>('new_message').map(({ content }) => content)).not.toContain('between us');
    expect((await b.ask('typing_start')).code).toBe('CHAT_ACCESS_DENIED');
  });

  it('message_edited and message_deleted: what was changed in another dialect', async () => {
    const socket = await join(client);
    const { id } = await say(reader, session, 'The Twoer');
    await reader.rest.patch(`/api/v1/chat/messages/${id}`, { message: 'The Tower' });
    expect(await socket.waitFor('message_edited')).toMatchObject({ id, content: 'The Tower' });
    await reader.rest.delete(`/api/v1/chat/messages/${id}`);
    expect(await socket.waitFor('message_deleted')).toEqual({ message_id: id, session_id: session });
    const { messages } = (
      await client.rest.get<{ messages: BookingMessage[] }>(`/api/chat/messages?session_id=${session}`)
    ).body.data;
    expect(messages).toMatchObject([{ id, content: '', metadata: { deleted: true } }]);
  });
});
