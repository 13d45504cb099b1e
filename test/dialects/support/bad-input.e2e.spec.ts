import { SocketClient } from '../../support/socket-client.js';
import { World, type Person } from '../../support/world.js';
import { connected, joined, nothingMore, SESSIONS, taken } from './support-world.js';

const UNKNOWN = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';
const EVENTS = [
  'join_session',
  'leave_session',
  'send_message',
  'typing',
  'stop_typing',
  'mark_as_read',
  'accept_chat',
  'close_chat',
];

describe('support: bad input', () => {
  let world: World;
  let customer: Person;
  let agent: Person;
  let id: string;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  beforeEach(async () => {
    customer = world.person();
    agent = world.person('agent');
    id = await taken(customer, agent);
  });
  afterEach(() => world.disconnectAll());
  const body = (event: string, session_id: unknown) => ({
    session_id,
    ...(event === 'send_message' ? { content: 'Hello' } : {}),
  });

  describe('by REST', () => {
    it.each([
      ['no subject', {}, 'subject'],
      ['an empty subject', { subject: ' ' }, 'subject'],
      ['an unknown priority', { subject: 'x', priority: 'highest' }, 'priority'],
      ['a restaurant that is no id', { subject: 'x', restaurant_id: { $ne: 1 } }, 'restaurant_id'],
      ['a first message that is no text', { subject: 'x', initial_message: 5 }, 'initial_message'],
      ['NUL', { subject: 'x\u0000' }, 'subject'],
    ])('VALIDATION_ERROR for a session with %s', async (_what, payload, field) => {
      const answer = await customer.rest.post(SESSIONS, payload);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        success: false,
        error: expect.any(String),
        code: 'VALIDATION_ERROR',
        details: [{ field, message: expect.any(String) }],
      });
    });

    it('VALIDATION_ERROR for unknown statuses and types, MESSAGE_TOO_LONG, malformed JSON', async () => {
      const status = await customer.rest.patch(`${SESSIONS}/${id}/status`, { status: 'open' });
      expect([status.status, status.body.details[0]?.field]).toEqual([400, 'status']);
      const messages = `${SESSIONS}/${id}/messages`;
      const type = await customer.rest.post(messages, { content: 'x', message_type: 'location' });
      expect([type.status, type.body.details[0]?.field]).toEqual([400, 'message_type']);
      const empty = await customer.rest.post(messages, { content: '' });
      expect([empty.status, empty.body.details[0]?.field]).toEqual([400, 'content']);
      const long = await customer.rest.post(messages, { content: 'x'.repeat(2_001) });
      expect(long.body).toMatchObject({
        code: 'MESSAGE_TOO_LONG',
        details: [{ max_length: 2000, current_length: 2001 }],
      });
      const malformed = await customer.rest.post(messages, '{"content":');
      expect([malformed.status, malformed.body.code]).toEqual([400, 'VALIDATION_ERROR']);
      const plain = await customer.rest.call('POST', messages, 'hello', { 'content-type': 'text/plain' });
      expect([plain.status, plain.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    });

    it('UNAUTHORIZED without a token, FORBIDDEN without the permission', async () => {
      const answer = await world.anonymous().get(SESSIONS);
      expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
      const powerless = world.person('customer', { claims: { permissions: [] } });
      const refused = await powerless.rest.post(SESSIONS, { subject: 'x' });
      expect(refused.body).toMatchObject({
        code: 'FORBIDDEN',
        details: [{ required_permission: 'chats:create' }],
      });
    });

    it('is no place for the host platform itself', async () => {
      const answer = await world.host().rest.post(SESSIONS, { subject: 'x' });
      expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    });
  });

  describe('by socket', () => {
    it.each(EVENTS)(
      '%s: error and acknowledgement for an unknown session, a stranger and nonsense',
      async (event) => {
        const stranger = await connected(world, world.person());
        for (const ref of [UNKNOWN, 'nowhere', 'x'.repeat(5_000)]) {
          expect(await stranger.ask(event, body(event, ref))).toMatchObject({
            success: false,
            code: 'SESSION_NOT_FOUND',
            details: [],
          });
        }
        const foreign = await stranger.ask(event, body(event, id));
        // Stopping what one does not hear tells nothing.
        if (event !== 'leave_session') expect(foreign).toMatchObject({ success: false, code: 'FORBIDDEN' });
        for (const ref of [null, {}, [], true, '']) {
          expect(await stranger.ask(event, body(event, ref))).toMatchObject({
            success: false,
            code: 'VALIDATION_ERROR',
            details: [{ field: 'session_id', message: expect.any(String) }],
          });
        }
        expect(stranger.of<{ event: string }>('error').every((error) => error.event === event)).toBe(true);
        expect(stranger.of('error').length).toBeGreaterThanOrEqual(8);
      },
    );

    it('error: message, and a code for programs', async () => {
      const socket = await connected(world, customer);
      socket.emit('join_session', { session_id: UNKNOWN });
      expect(await socket.waitFor('error')).toEqual({
        message: 'This room does not exist.',
        code: 'SESSION_NOT_FOUND',
        details: [],
        event: 'join_session',
      });
    });

    it('refuses what is no message, with the field of this document', async () => {
      const [socket] = await joined(world, id, customer);
      const faults: [Record<string, unknown>, string, string][] = [
        [{ content: '' }, 'VALIDATION_ERROR', 'content'],
        [{ content: { $gt: '' } }, 'VALIDATION_ERROR', 'content'],
        [{ content: 'a\u0000b' }, 'VALIDATION_ERROR', 'content'],
        [{ content: 'x', message_type: 'voice' }, 'VALIDATION_ERROR', 'message_type'],
        [{ content: 'x', attachment_ids: ['file_none'] }, 'VALIDATION_ERROR', 'attachment_ids'],
      ];
      for (const [payload, code, field] of faults)
        expect(await socket!.ask('send_message', { session_id: id, ...payload })).toMatchObject({
          success: false,
          code,
          details: [{ field }],
        });
      const six = { content: 'x', attachment_ids: ['a', 'b', 'c', 'd', 'e', 'f'] };
      expect(await socket!.ask('send_message', { session_id: id, ...six })).toMatchObject({
        code: 'TOO_MANY_FILES',
        details: [{ max_files: 5 }],
      });
      const long = await socket!.ask('send_message', { session_id: id, content: 'x'.repeat(2_001) });
      expect(long.code).toBe('MESSAGE_TOO_LONG');
      expect(await socket!.ask('mark_as_read', { session_id: id, message_ids: 'all' })).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: [{ field: 'message_ids' }],
      });
      await socket!.must('send_message', { session_id: id, content: 'sentinel' });
      await socket!.waitFor('new_message');
      expect(socket!.of('new_message')).toHaveLength(1);
    });

    it("error before authentication, in this document's form", async () => {
      const socket = await SocketClient.connect(`${world.url}/`);
      for (const event of EVENTS) {
        expect(await socket.ask(event, body(event, id))).toMatchObject({
          success: false,
          code: 'UNAUTHORIZED',
        });
        expect(socket.of<{ event: string }>('error').at(-1)).toMatchObject({ code: 'UNAUTHORIZED', event });
      }
      socket.close();
    });

    it('error for a bad token, and for a token beside which another user is claimed', async () => {
      for (const auth of [
        { token: 'not.a.token' },
        { token: customer.token, user_id: agent.id },
        { token: customer.token, userId: Number(agent.id) },
        { token: customer.token, user_type: 'staff' },
      ]) {
        const socket = await SocketClient.connect(`${world.url}/`, { auth });
        expect(await socket.waitFor('error')).toMatchObject({
          message: expect.any(String),
          code: 'UNAUTHORIZED',
        });
        await socket.waitFor('disconnect');
      }
    });

    it('acts as the token says, whoever the payload claims to be', async () => {
      const [mine, theirs] = await joined(world, id, customer, agent);
      await mine!.must('send_message', {
        session_id: id,
        content: 'I am the agent',
        user_id: agent.id,
        sender_id: agent.id,
        sender_role: 'agent',
      });
      const { message } = await theirs!.waitFor<{ message: Record<string, unknown> }>('new_message');
      expect(message).toMatchObject({ sender_id: customer.id, sender_role: 'customer' });
    });

    it('a payload with room_id is no event of this document, and reaches it in no case', async () => {
      const [mine, theirs] = await joined(world, id, customer, agent);
      const answer = await mine!.ask('send_message', {
        room_id: id,
        session_id: id,
        message: 'once',
        content: 'twice',
      });
      expect(answer).toMatchObject({ success: true, data: { message: 'once' } });
      await theirs!.waitFor('new_message');
      await nothingMore(theirs!);
      expect(
        theirs!.of<{ message: { content: string } }>('new_message').map(({ message }) => message.content),
      ).toEqual(['once']);
      expect(mine!.of('message_sent')).toEqual([]);
    });

    it('RATE_LIMITED beyond the messages of a minute', async () => {
      const limited = await World.start({ CHAT_MESSAGE_LIMIT: '2' });
      try {
        const someone = limited.person();
        const session = await taken(someone, limited.person('agent'));
        const [socket] = await joined(limited, session, someone);
        for (const content of ['one', 'two'])
          await socket!.must('send_message', { session_id: session, content });
        expect(await socket!.ask('send_message', { session_id: session, content: 'three' })).toMatchObject({
          success: false,
          code: 'RATE_LIMITED',
          details: [{ retry_after: expect.any(Number) }],
        });
      } finally {
        await limited.stop();
      }
    });
  });
});
