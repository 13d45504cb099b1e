import { World, type Person } from '../../support/world.js';
import {
  connected,
  joined,
  nothingMore,
  SESSIONS,
  taken,
  waiting,
  type Message,
  type Session,
} from './support-world.js';

interface Joined {
  session: Session;
  messages: Message[];
  participants: Record<string, unknown>[];
}

describe('support: sockets', () => {
  let world: World;
  let customer: Person;
  let agent: Person;
  let id: string;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  beforeEach(async () => {
    customer = world.person('customer', { name: 'First Customer' });
    agent = world.person('agent', { name: 'Mike Johnson' });
    id = await taken(customer, agent, { initial_message: 'My order is delayed' });
  });
  afterEach(() => world.disconnectAll());
  const both = async () => (await joined(world, id, customer, agent)) as [never, never] as unknown as Pair;

  describe('join_session', () => {
    it('session_joined: session, messages and participants', async () => {
      const socket = await connected(world, customer);
      socket.emit('join_session', { session_id: id });
      const data = await socket.waitFor<Joined & Record<string, unknown>>('session_joined');
      expect(data.session).toMatchObject({ id, status: 'active', agent_id: agent.id, unread_count: 0 });
      expect(data.messages).toMatchObject([{ content: 'My order is delayed', sender_role: 'customer' }]);
      expect(data.participants).toEqual([
        {
          user_id: customer.id,
          name: 'First Customer',
          role: 'customer',
          avatar: null,
          is_online: true,
          joined_at: expect.any(String),
        },
        expect.objectContaining({ user_id: agent.id, role: 'agent', is_online: false }),
      ]);
    });

    it('holds the newest 50 messages, oldest first', async () => {
      for (let index = 0; index < 60; index += 1)
        await agent.rest.post(`${SESSIONS}/${id}/messages`, { content: `message ${index}` });
      const socket = await connected(world, customer);
      const { messages } = await socket.must<Joined>('join_session', { session_id: id });
      const expected = Array.from({ length: 50 }, (_, index) => `message ${index + 10}`);
      expect(messages.map(({ content }) => content)).toEqual(expected);
    });

    it('no message is missing and none comes twice, however the joining falls between them', async () => {
      const [sender] = await joined(world, id, agent);
      const sockets = await Promise.all(Array.from({ length: 15 }, () => connected(world, customer)));
      const joining = sockets.map(async (socket, index) => {
        for (const part of ['a', 'b', 'c'])
          sender!.emit('send_message', { session_id: id, content: `${index}${part}` });
        return socket.must<Joined>('join_session', { session_id: id });
      });
      const answers = await Promise.all(joining);
      await sender!.must('send_message', { session_id: id, content: 'last' });
      const all = (await customer.rest.get<Message[]>(`${SESSIONS}/${id}/messages`)).body.data;
      expect(all).toHaveLength(47);
      for (const [index, socket] of sockets.entries()) {
        await socket.waitFor('new_message', ({ message }: New) => message.content === 'last');
        const heard = socket.of<New>('new_message').map(({ message }) => message);
        const seen = [...answers[index]!.messages, ...heard].map(({ content }) => content);
        expect(seen).toEqual(all.map(({ content }) => content));
      }
    });

    it('user_joined: the others hear who came, with the first socket only', async () => {
      const [mine] = await joined(world, id, customer);
      const [, second] = await joined(world, id, agent, agent);
      const heard = await mine!.waitFor('user_joined');
      expect(heard).toEqual({ session_id: id, user_id: agent.id, role: 'agent', name: 'Mike Johnson' });
      await second!.must('send_message', { session_id: id, content: 'sentinel' });
      await mine!.waitFor('new_message', ({ message }: New) => message.content === 'sentinel');
      expect(mine!.of('user_joined')).toHaveLength(1);
      expect(second!.of('user_joined')).toEqual([]);
    });

    it('makes an agent a participant, which is told once', async () => {
      const [mine] = await joined(world, id, customer);
      const colleague = world.person('support', { name: 'Second Agent' });
      const [theirs] = await joined(world, id, colleague);
      expect(await mine!.waitFor('user_joined')).toMatchObject({
        user_id: colleague.id,
        name: 'Second Agent',
      });
      await theirs!.must('send_message', { session_id: id, content: 'May I help?' });
      await mine!.waitFor('new_message');
      expect(mine!.of('user_joined')).toHaveLength(1);
    });

    it('shows an administrator who looks on as admin', async () => {
      const [mine] = await joined(world, id, customer);
      await joined(world, id, world.person('admin'));
      expect(await mine!.waitFor('user_joined')).toMatchObject({ role: 'admin' });
    });
  });

  describe('leave_session', () => {
    it('user_left: after the last socket, by leaving or by going away; membership stays', async () => {
      const [mine, first, second] = await joined(world, id, customer, agent, agent);
      await first!.must('leave_session', { session_id: id });
      second!.close();
      const left = await mine!.waitFor('user_left');
      expect(left).toEqual({ session_id: id, user_id: agent.id, role: 'agent' });
      await customer.rest.post(`${SESSIONS}/${id}/messages`, { content: 'Still there?' });
      await mine!.waitFor('new_message');
      expect(mine!.of('user_left')).toHaveLength(1);
      await nothingMore(first!);
      expect(first!.of('new_message')).toEqual([]);
      await first!.must('join_session', { session_id: id });
      await mine!.waitFor('user_joined');
    });

    it('user_left: also for one who is no participant any more, whose delivery ends', async () => {
      const [mine, theirs] = await both();
      await agent.rest.post(`/api/v1/chat/rooms/${id}/leave`);
      await mine.waitFor('user_left');
      await mine.must('send_message', { session_id: id, content: 'Hello?' });
      await nothingMore(theirs);
      expect(theirs.of('new_message')).toEqual([]);
      theirs.close();
      await connected(world, agent);
      expect(mine.of('user_left')).toHaveLength(1);
    });
  });

  describe('send_message', () => {
    it('new_message to everyone in it and message_sent to the sender, temp_id echoed', async () => {
      const [mine, theirs] = await both();
      const payload = { session_id: id, content: 'Message text', message_type: 'text', temp_id: 'temp-1' };
      const ack = await mine.must('send_message', payload);
      expect(ack).toEqual({ message_id: expect.any(String), temp_id: 'temp-1', sent_at: expect.any(String) });
      expect(await mine.waitFor('message_sent')).toEqual(ack);
      const { message } = await theirs.waitFor<New>('new_message');
      expect(message).toEqual({
        id: ack.message_id,
        session_id: id,
        sender_id: customer.id,
        sender_name: 'First Customer',
        sender_role: 'customer',
        content: 'Message text',
        message_type: 'text',
        created_at: ack.sent_at,
        edited_at: null,
        is_deleted: false,
        attachments: [],
        read_by: [],
        temp_id: 'temp-1',
        metadata: {},
      });
      expect(await mine.waitFor('new_message')).toEqual({ message });
      await nothingMore(mine);
      expect(mine.of('new_message')).toHaveLength(1);
      expect(theirs.of('message_sent')).toEqual([]);
    });

    it('message_edited and message_deleted: what was changed in another dialect', async () => {
      const [mine, theirs] = await both();
      const sent = await mine.must('send_message', { session_id: id, content: 'Where is my odrer?' });
      const at = `/api/v1/chat/messages/${sent.message_id as string}`;
      const edit = await customer.rest.patch(at, { message: 'Where is my order?' });
      expect(edit.status).toBe(200);
      const [, stored] = (await customer.rest.get<Message[]>(`${SESSIONS}/${id}/messages`)).body.data;
      expect(stored).toMatchObject({ content: 'Where is my order?', edited_at: expect.any(String) });
      for (const socket of [mine, theirs])
        expect(await socket.waitFor('message_edited')).toEqual({ message: stored });
      expect((await customer.rest.delete(at)).status).toBe(200);
      for (const socket of [mine, theirs])
        expect(await socket.waitFor('message_deleted')).toEqual({
          message_id: sent.message_id,
          session_id: id,
        });
    });

    it('stores a repeat once, and two different messages of one temp_id both', async () => {
      const [mine, theirs] = await both();
      const send = (content: string) =>
        mine.must<{ message_id: string }>('send_message', { session_id: id, content, temp_id: 'temp-7' });
      const [first, repeat, other] = [await send('one'), await send('one'), await send('two')];
      expect(repeat.message_id).toBe(first.message_id);
      expect(other.message_id).not.toBe(first.message_id);
      await theirs.waitFor('new_message', ({ message }: New) => message.content === 'two');
      expect(theirs.of<New>('new_message').map(({ message }) => message.content)).toEqual(['one', 'two']);
      await mine.waitForCount('message_sent', 3);
    });

    it('takes effect in order, right after join_session', async () => {
      const socket = await connected(world, customer);
      socket.emit('join_session', { session_id: id });
      socket.emit('send_message', { session_id: id, content: 'at once' });
      const { message } = await socket.waitFor<New>('new_message');
      expect(message.content).toBe('at once');
    });

    it('reaches nobody in another session', async () => {
      const stranger = world.person();
      const [theirs] = await joined(world, await waiting(stranger), stranger);
      const [mine] = await both();
      await mine.must('send_message', { session_id: id, content: 'secret' });
      await nothingMore(theirs!);
      expect(theirs!.of('new_message')).toEqual([]);
    });
  });

  describe('accept_chat', () => {
    it('chat_accepted: session, agent_id and agent_name; the agent hears the session from then on', async () => {
      const waits = await waiting(customer);
      const [mine] = await joined(world, waits, customer);
      const theirs = await connected(world, agent);
      const ack = await theirs.must('accept_chat', { session_id: waits });
      const accepted = await mine!.waitFor('chat_accepted');
      expect(accepted).toEqual({
        session: expect.objectContaining({ id: waits, status: 'active', agent_id: agent.id }),
        agent_id: agent.id,
        agent_name: 'Mike Johnson',
      });
      expect(ack).toEqual(accepted);
      expect(await theirs.waitFor('chat_accepted')).toEqual(accepted);
      await mine!.must('send_message', { session_id: waits, content: 'Hello' });
      await theirs.waitFor('new_message');
      expect(theirs.of('chat_accepted')).toHaveLength(1);
      expect(mine!.of('chat_accepted')).toHaveLength(1);
      expect(mine!.of('user_joined')).toHaveLength(1);
    });

    it('is confirmed again to the agent who repeats it, joined or not, and told to nobody else', async () => {
      const [mine, theirs] = await both();
      const elsewhere = await connected(world, agent);
      const ack = await theirs.must('accept_chat', { session_id: id });
      expect(ack).toMatchObject({ session: { id, status: 'active' }, agent_id: agent.id });
      expect(await theirs.waitFor('chat_accepted')).toEqual(ack);
      await elsewhere.must('accept_chat', { session_id: id });
      expect(await elsewhere.waitFor('chat_accepted')).toEqual(ack);
      await elsewhere.must('send_message', { session_id: id, content: 'sentinel' });
      for (const socket of [mine, theirs, elsewhere]) await socket.waitFor('new_message');
      const told = [mine, theirs, elsewhere].map((socket) => socket.of('chat_accepted').length);
      expect(told).toEqual([0, 1, 1]);
    });

    it('error and acknowledgement for the second one', async () => {
      const socket = await connected(world, world.person('agent'));
      expect(await socket.ask('accept_chat', { session_id: id })).toMatchObject({
        success: false,
        code: 'ALREADY_ASSIGNED',
      });
      expect(await socket.waitFor('error')).toMatchObject({
        message: expect.stringContaining('taken'),
        code: 'ALREADY_ASSIGNED',
        event: 'accept_chat',
      });
    });
  });

  describe('close_chat', () => {
    it('chat_closed: session and closed_by, to everyone in it', async () => {
      const [mine, theirs] = await both();
      await theirs.must('close_chat', { session_id: id });
      for (const socket of [mine, theirs]) {
        expect(await socket.waitFor('chat_closed')).toEqual({
          session: expect.objectContaining({ id, status: 'closed', closed_at: expect.any(String) }),
          closed_by: agent.id,
        });
        await socket.waitFor(
          'session_status_changed',
          ({ status }: { status: string }) => status === 'closed',
        );
        await nothingMore(socket);
        expect(socket.of('chat_closed')).toHaveLength(1);
      }
    });

    it('is confirmed again to whoever repeats it, and told to nobody else', async () => {
      const [mine, theirs] = await both();
      await theirs.must('close_chat', { session_id: id });
      for (const socket of [mine, theirs]) {
        await socket.waitFor('chat_closed');
        await socket.waitFor('session_status_changed');
        socket.forget();
      }
      const ack = await theirs.must('close_chat', { session_id: id });
      expect(ack).toMatchObject({ session: { id, status: 'closed' }, closed_by: agent.id });
      expect(await theirs.waitFor('chat_closed')).toEqual(ack);
      const told = await mine.must('close_chat', { session_id: id });
      expect(await mine.waitFor('chat_closed')).toEqual(told);
      await agent.rest.patch(`${SESSIONS}/${id}/status`, { status: 'active' });
      for (const socket of [mine, theirs]) {
        expect(await socket.waitFor('session_status_changed')).toMatchObject({ status: 'active' });
        expect(socket.of('chat_closed')).toHaveLength(1);
      }
    });

    it('is confirmed to an agent who has not joined, and heard when REST closes', async () => {
      const theirs = await connected(world, agent);
      theirs.emit('close_chat', { session_id: id });
      await theirs.waitFor('chat_closed');
      const other = await taken(customer, agent);
      const [mine] = await joined(world, other, customer);
      await agent.rest.patch(`${SESSIONS}/${other}/status`, { status: 'closed' });
      expect(await mine!.waitFor('chat_closed')).toMatchObject({ closed_by: agent.id });
    });
  });

  describe('typing', () => {
    it('user_typing and typing_stopped reach the others, not the typist', async () => {
      const [mine, theirs] = await both();
      await mine.must('typing', { session_id: id });
      const who = { session_id: id, user_id: customer.id };
      expect(await theirs.waitFor('user_typing')).toEqual({ ...who, user_name: 'First Customer' });
      await mine.must('stop_typing', { session_id: id });
      expect(await theirs.waitFor('typing_stopped')).toEqual(who);
      await nothingMore(mine);
      expect([...mine.of('user_typing'), ...mine.of('typing_stopped')]).toEqual([]);
    });
  });

  describe('mark_as_read', () => {
    it('messages_read with message_ids: exactly the named ones', async () => {
      const [mine, theirs] = await both();
      const ids = [];
      for (const content of ['one', 'two'])
        ids.push(
          (await mine.must<{ message_id: string }>('send_message', { session_id: id, content })).message_id,
        );
      await theirs.must('mark_as_read', { session_id: id, message_ids: [ids[1]] });
      expect(await mine.waitFor('messages_read')).toEqual({
        session_id: id,
        user_id: agent.id,
        message_ids: [ids[1]],
      });
      const { data } = (await agent.rest.get<Session>(`${SESSIONS}/${id}`)).body;
      expect(data.unread_count).toBe(2);
    });

    it('messages_read without message_ids: all, for null', async () => {
      const [mine, theirs] = await both();
      await theirs.must('send_message', { session_id: id, content: 'Hello' });
      const ack = await theirs.must('mark_as_read', { session_id: id, message_ids: null });
      expect(ack).toEqual({ unread_count: 0 });
      expect(await mine.waitFor('messages_read')).toEqual({ session_id: id, user_id: agent.id });
      await theirs.must('mark_as_read', { session_id: id, message_ids: [] });
      const { data } = (await customer.rest.get<Session>(`${SESSIONS}/${id}`)).body;
      expect(data.last_message).toMatchObject({ content: 'Hello', read_by: [] });
    });

    it('an empty list marks nothing', async () => {
      const [mine, theirs] = await both();
      await mine.must('send_message', { session_id: id, content: 'Hello' });
      expect(await theirs.must('mark_as_read', { session_id: id, message_ids: [] })).toEqual({
        unread_count: 2,
      });
    });
  });
});

interface New {
  message: Message;
}
type Pair = [Awaited<ReturnType<typeof connected>>, Awaited<ReturnType<typeof connected>>];
