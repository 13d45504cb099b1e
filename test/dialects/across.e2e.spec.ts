import type { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';

interface Id {
  id: string;
}

/** One room, reached through several contracts at once. */
describe('one room through several contracts', () => {
  let world: World;
  let [provider, customer] = [] as unknown as [Person, Person];
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  beforeEach(() => ([provider, customer] = [world.person('agent'), world.person('customer')]));
  afterEach(() => world.disconnectAll());

  /** A direct room between the two, by its plain id. */
  const directRoom = async (): Promise<string> => {
    const answer = await customer.rest.post<{ room: Id }>('/api/v1/chat/rooms', {
      type: 'direct',
      participant_ids: [provider.id],
    });
    // The other one becomes known by the first token.
    await provider.rest.get('/api/v1/chat/unread');
    return answer.body.data.room.id;
  };
  const supportSession = async (): Promise<string> => {
    const answer = await customer.rest.post<Id>('/api/v1/chat/sessions', {
      subject: 'Order',
      category: 'order_issue',
    });
    expect(answer.body.success).toBe(true);
    const { id } = answer.body.data;
    expect((await provider.rest.post(`/api/v1/chat/sessions/${id}/assign`)).body.success).toBe(true);
    return id;
  };
  const canonical = async (person: Person, room: string, body: object): Promise<string> => {
    const answer = await person.rest.post<Id>(`/api/v1/chat/rooms/${room}/messages`, body);
    expect(answer.body.success).toBe(true);
    return answer.body.data.id.replace('msg_', '');
  };

  it('a LOCATION sent in marketplace is readable text in booking and a location in service', async () => {
    const room = await directRoom();
    const sent = await customer.rest.post(`/api/provider-customer-chat/conversations/${room}/messages`, {
      content: '52.52, 13.405',
      messageType: 'LOCATION',
    });
    expect(sent.body).toMatchObject({ success: true });
    const booking = await provider.rest.get<{ messages: object[] }>(`/api/chat/messages?session_id=${room}`);
    expect(booking.body.data.messages).toEqual([
      expect.objectContaining({
        type: 'text',
        content: expect.stringContaining('52.52'),
        metadata: expect.anything(),
      }),
    ]);
    const service = await provider.rest.get<{ messages: object[] }>(`/api/v1/chat/rooms/${room}/messages`);
    expect(service.body.data.messages).toEqual([
      expect.objectContaining({
        message_type: 'location',
        metadata: expect.objectContaining({ latitude: 52.52 }),
      }),
    ]);
  });

  it.each([
    [
      { content: 'We are here', metadata: { latitude: 52.52, longitude: 13.405 } },
      'We are here (52.52, 13.405)',
    ],
    [{ content: '{"latitude":52.52,"longitude":13.405}' }, '52.52, 13.405'],
    [{ content: 'Alexanderplatz, Berlin' }, 'Alexanderplatz, Berlin'],
  ])('the LOCATION %j of marketplace is readable in every contract', async (body, text) => {
    const room = await directRoom();
    const [workspace, booking, support] = [
      await world.socket(provider, { namespace: '/' }),
      await world.socket(provider, { namespace: '/' }),
      await world.socket(provider, { namespace: '/' }),
    ];
    await workspace.must('join_room', { roomId: room });
    await booking.must('join_chat', { session_id: room });
    await support.must('join_session', { session_id: room });
    const sent = await customer.rest.post<Id>(`/api/provider-customer-chat/conversations/${room}/messages`, {
      ...body,
      messageType: 'LOCATION',
    });
    expect(sent.body).toMatchObject({ success: true, data: { content: body.content } });
    expect(await workspace.waitFor('new_message')).toMatchObject({
      message: { type: 'TEXT', content: text },
    });
    expect(await booking.waitFor('new_message')).toMatchObject({ content: text });
    expect(JSON.stringify(await support.waitFor('new_message'))).toContain(JSON.stringify(text));
    const reply = await provider.rest.post<{ message: object }>(`/api/chat/rooms/${room}/messages`, {
      content: 'Coming',
      replyToId: sent.body.data.id,
    });
    expect(reply.body.data.message).toMatchObject({ replyTo: { content: text } });
    const other = await provider.rest.post<{ chatRoom: Id }>('/api/chat/rooms', {
      name: 'Crew',
      type: 'GROUP',
    });
    const { id } = other.body.data.chatRoom;
    const forwarded = await provider.rest.post(`/api/v1/chat/messages/msg_${sent.body.data.id}/forward`, {
      room_ids: [id],
    });
    expect(forwarded.body).toMatchObject({ success: true });
    const listed = await provider.rest.get<{ chatRooms: { id: string; lastMessage: object }[] }>(
      '/api/chat/rooms',
    );
    expect(listed.body.data.chatRooms.find((entry) => entry.id === id)?.lastMessage).toMatchObject({
      content: text,
    });
    const [word] = text.split(/[ ,(]+/);
    const found = await provider.rest.get<{ messages: object[] }>(
      `/api/v1/chat/search?q=${word}&room_ids=${room}`,
    );
    expect(found.body.data.messages).toEqual([expect.objectContaining({ message_type: 'location' })]);
  });

  it('whoever never joined in the service dialect hears nothing of it, mentions and new rooms included', async () => {
    const room = await directRoom();
    const workspace = await world.socket(provider, { namespace: '/' });
    const service = await world.socket(provider, { namespace: '/' });
    await workspace.must('join_room', { roomId: room });
    await service.must('join_room', { room_id: room });
    const owner = world.person('business');
    const group = await owner.rest.post<{ room: Id }>('/api/v1/chat/rooms', {
      type: 'group',
      name: 'Crew',
      participant_ids: [provider.id],
    });
    expect(group.body.success).toBe(true);
    await canonical(customer, room, { message: `hello @${provider.id}` });
    await service.waitFor('room_added');
    await service.waitFor('mention');
    await workspace.waitFor('new_message');
    const foreign = workspace.received.filter(({ payload }) => Object.hasOwn(Object(payload), 'room_id'));
    expect(foreign).toEqual([]);
  });

  it('a reaction made in booking shows in workspace', async () => {
    const room = await directRoom();
    const id = await canonical(customer, room, { message: 'nice' });
    const booking = await world.socket(provider, { namespace: '/' });
    const workspace = await world.socket(customer, { namespace: '/' });
    await booking.must('join_chat', { session_id: room });
    await workspace.must('join_room', { roomId: room });
    await booking.must('message_reaction', { message_id: id, reaction: '❤️', session_id: room });
    expect(await workspace.waitFor('reaction_updated')).toMatchObject({
      roomId: room,
      messageId: id,
      reactions: [{ emoji: '❤️', count: 1 }],
    });
    const shown = await customer.rest.get<{ messages: object[] }>(`/api/chat/rooms/${room}/messages`);
    expect(shown.body.data.messages).toEqual([
      expect.objectContaining({ reactions: [expect.objectContaining({ emoji: '❤️', count: 1 })] }),
    ]);
  });

  it('reading in support moves the unread count everywhere', async () => {
    const room = await supportSession();
    for (const message of ['one', 'two']) await canonical(customer, room, { message });
    const counts = async (): Promise<number[]> => {
      const service = await provider.rest.get<{ rooms: { room_id: string; unread_count: number }[] }>(
        '/api/v1/chat/unread',
      );
      const booking = await provider.rest.get<{ sessions: { id: string; unread_count: number }[] }>(
        '/api/chat/sessions',
      );
      const support = await provider.rest.get<{ unread_count: number }>(`/api/v1/chat/sessions/${room}`);
      const workspace = await provider.rest.get<{ chatRooms: { id: string; unreadCount: number }[] }>(
        '/api/chat/rooms',
      );
      return [
        service.body.data.rooms.find((entry) => entry.room_id === `support_${room}`)?.unread_count ?? 0,
        booking.body.data.sessions.find((entry) => entry.id === room)?.unread_count ?? -1,
        support.body.data.unread_count,
        workspace.body.data.chatRooms.find((entry) => entry.id === room)?.unreadCount ?? -1,
      ];
    };
    expect(await counts()).toEqual([2, 2, 2, 2]);
    expect((await provider.rest.post(`/api/v1/chat/sessions/${room}/read`)).body.success).toBe(true);
    expect(await counts()).toEqual([0, 0, 0, 0]);
  });

  it('closing in support makes every contract refuse messages by its own code', async () => {
    const room = await supportSession();
    const closed = await provider.rest.patch(`/api/v1/chat/sessions/${room}/status`, { status: 'closed' });
    expect(closed.body).toMatchObject({ success: true });
    const refusals = await Promise.all([
      customer.rest.post('/api/chat/messages', { session_id: room, content: 'late', type: 'text' }),
      customer.rest.post(`/api/chat/rooms/${room}/messages`, { content: 'late', type: 'TEXT' }),
      customer.rest.post(`/api/provider-customer-chat/conversations/${room}/messages`, { content: 'late' }),
      customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, { message: 'late' }),
      customer.rest.post(`/api/v1/chat/sessions/${room}/messages`, { content: 'late' }),
    ]);
    expect(refusals.map((refusal) => refusal.body.code)).toEqual([
      'SESSION_INACTIVE',
      'ROOM_INACTIVE',
      'CONVERSATION_INACTIVE',
      'ROOM_INACTIVE',
      'SESSION_INACTIVE',
    ]);
  });

  it('closing in support makes every contract refuse messages on its sockets, and to each in its own words', async () => {
    const room = await supportSession();
    const [root, chat] = [await world.socket(customer, { namespace: '/' }), await world.socket(customer)];
    const joins: [SocketClient, string, object][] = [
      [root, 'join_session', { session_id: room }],
      [root, 'join_chat', { session_id: room }],
      [root, 'join_room', { roomId: room }],
      [root, 'chat-join-conversation', { conversationId: room }],
      [chat, 'join_room', { room_id: room }],
    ];
    for (const [socket, event, payload] of joins) await socket.must(event, payload);
    const agent = await world.socket(provider, { namespace: '/' });
    await agent.must('close_chat', { session_id: room });
    expect(await root.waitFor('chat_closed')).toMatchObject({ closed_by: provider.id });
    const content = 'late';
    // What is sent, the refusal's code, and what tells of it besides the acknowledgement.
    const sends: [SocketClient, string, object, string, [string, object]][] = [
      [
        root,
        'send_message',
        { session_id: room, content },
        'SESSION_INACTIVE',
        ['error', { code: 'SESSION_INACTIVE' }],
      ],
      [
        root,
        'send_message',
        { session_id: room, message: { content } },
        'SESSION_INACTIVE',
        ['error', { success: false, code: 'SESSION_INACTIVE' }],
      ],
      [
        root,
        'send_message',
        { roomId: room, content },
        'ROOM_INACTIVE',
        ['message_error', { code: 'ROOM_INACTIVE' }],
      ],
      [
        root,
        'chat-send-message',
        { conversationId: room, content },
        'CONVERSATION_INACTIVE',
        ['chat-error', { code: 'CONVERSATION_INACTIVE' }],
      ],
      [
        chat,
        'send_message',
        { room_id: room, message: content },
        'ROOM_INACTIVE',
        ['message_error', { error_code: 'ROOM_INACTIVE' }],
      ],
    ];
    for (const [socket, event, payload, code, [told, refusal]] of sends) {
      socket.forget();
      expect(await socket.ask(event, payload)).toMatchObject({ success: false, code });
      const errors = socket.received.filter((heard) => heard.event.endsWith('error'));
      expect(errors).toEqual([{ event: told, payload: expect.objectContaining(refusal) }]);
    }
    const history = await provider.rest.get<object[]>(`/api/v1/chat/sessions/${room}/messages`);
    expect(history.body.data).toEqual([]);
  });

  it('a socket hears a room once in each contract it joined it with, and in no other', async () => {
    const room = await directRoom();
    const both = await world.socket(provider, { namespace: '/' });
    const workspace = await world.socket(customer, { namespace: '/' });
    await both.must('join_chat', { session_id: room });
    await both.must('join_room', { room_id: room });
    await workspace.must('join_room', { roomId: room });
    await canonical(customer, room, { message: 'hello' });
    await canonical(customer, room, { message: 'sentinel' });
    const heard = await both.waitForCount<Record<string, unknown>>('new_message', 4);
    expect(heard.filter((message) => message.message === 'hello')).toHaveLength(1);
    expect(heard.filter((message) => message.content === 'hello')).toHaveLength(1);
    await workspace.waitForCount('new_message', 2);
    expect(
      workspace.of<{ message: { content: string } }>('new_message').map(({ message }) => message.content),
    ).toEqual(['hello', 'sentinel']);
    expect(workspace.of('chat-new-message')).toEqual([]);
  });
});
