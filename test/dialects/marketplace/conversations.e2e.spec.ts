import { World, type Person } from '../../support/world.js';
import { BASE, connect, history, list, NOWHERE, ok, pair, path, post, refusal, start } from './helpers.js';

describe('marketplace: conversations by REST', () => {
  let world: World;
  let provider: Person;
  let customer: Person;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => ({ provider, customer } = await pair(world)));
  afterAll(() => world.stop());

  it('POST /conversations starts one with every documented field', async () => {
    await world.host().rest.put('/api/v1/chat/directory/contexts/order/123', {
      participants: [provider, customer].map(({ id, role }) => ({ user_id: id, role })),
      data: { service: 'Deluxe wash' },
    });
    const answer = await provider.rest.post(`${BASE}/conversations`, {
      providerId: Number(provider.id),
      customerId: Number(customer.id),
      orderId: 123,
    });
    expect(answer.status).toBe(201);
    expect(ok(answer)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      customerId: Number(customer.id),
      providerId: Number(provider.id),
      orderId: 123,
      status: 'ACTIVE',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      lastMessageAt: null,
      customer: { id: Number(customer.id), name: customer.name, role: 'customer', avatar: null },
      provider: { id: Number(provider.id), name: provider.name, role: 'provider', avatar: null },
      order: { id: 123, service: 'Deluxe wash' },
      lastMessage: null,
      unreadCount: 0,
    });
  });

  it('the same provider, customer and order get the same one, also at once; others another one', async () => {
    const both = { provider, customer };
    const ids = await Promise.all(
      [provider, customer, provider, customer].map(async (by) => (await start(by, both, 7)).id),
    );
    expect(new Set(ids).size).toBe(1);
    const direct = await Promise.all([provider, customer].map(async (by) => (await start(by, both)).id));
    expect(new Set(direct).size).toBe(1);
    const others = [ids[0], direct[0], (await start(provider, both, 8)).id];
    expect(new Set(others).size).toBe(3);
    expect(await start(provider, both)).toMatchObject({ orderId: null, order: null });
  });

  it('refuses third people, oneself, customers as providers, and bad input', async () => {
    const open = (by: Person, body: unknown) => by.rest.post(`${BASE}/conversations`, body);
    const stranger = world.person('customer');
    const ids = { providerId: Number(provider.id), customerId: Number(customer.id) };
    expect(refusal(await open(stranger, ids))).toEqual([403, 'FORBIDDEN']);
    expect(refusal(await open(customer, { providerId: customer.id, customerId: provider.id }))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    expect(refusal(await open(provider, { ...ids, customerId: provider.id }))).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
    const colleague = world.person('supplier');
    for (const by of [colleague, provider]) await by.rest.get(`${BASE}/conversations`);
    const toColleague = { ...ids, customerId: Number(colleague.id) };
    expect(refusal(await open(colleague, toColleague))).toEqual([403, 'FORBIDDEN']);
    for (const by of [provider, world.person('admin')]) {
      const refused = await open(by, toColleague);
      expect(refusal(refused)).toEqual([400, 'VALIDATION_ERROR']);
      expect(refused.body.details).toEqual([expect.objectContaining({ field: 'customerId' })]);
    }
    expect((await open(provider, { ...ids, customerId: 'not met yet' })).status).toBe(201);
    const bad = await open(provider, { customerId: {} });
    expect(refusal(bad)).toEqual([400, 'VALIDATION_ERROR']);
    expect(bad.body.details).toEqual(
      expect.arrayContaining([expect.objectContaining({ field: 'providerId' })]),
    );
    const anonymous = await world.anonymous().post(`${BASE}/conversations`, ids);
    expect(refusal(anonymous)).toEqual([401, 'UNAUTHORIZED']);
  });

  it('GET /conversations lists the active ones with last message and unread count', async () => {
    const { id } = await start(provider, { provider, customer }, 9);
    await post(provider, id, 'First');
    const last = await post(provider, id, 'Second');
    expect(await list(customer)).toEqual([
      expect.objectContaining({
        id,
        status: 'ACTIVE',
        unreadCount: 2,
        lastMessageAt: expect.any(String),
        lastMessage: expect.objectContaining({ id: last.id, content: 'Second', status: 'SENT' }),
      }),
    ]);
    const [mine] = await list(provider);
    expect(mine).toMatchObject({ id, unreadCount: 0, updatedAt: mine?.lastMessageAt });
    expect(await list(world.person('customer'))).toEqual([]);
    expect(refusal(await customer.rest.get(`${BASE}/conversations?limit=101`))).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
  });

  it('GET /conversations/:conversationId/messages pages from the newest, oldest first inside a page', async () => {
    const { id } = await start(provider, { provider, customer });
    for (const content of ['1', '2', '3']) await post(provider, id, content);
    const first = await history(customer, id, '?page=1&limit=2');
    expect(first.messages.map(({ content }) => content)).toEqual(['2', '3']);
    expect(first.pagination).toEqual({ page: 1, limit: 2, total: 3, totalPages: 2, hasMore: true });
    const second = await history(customer, id, '?page=2&limit=2');
    expect(second.messages.map(({ content }) => content)).toEqual(['1']);
    expect(second.pagination).toMatchObject({ hasMore: false });
    expect(refusal(await customer.rest.get(path(id, '/messages?limit=101')))).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
  });

  it('POST /conversations/:conversationId/messages keeps types, attachments, replies; a repeat is one message', async () => {
    const { id } = await start(provider, { provider, customer });
    const text = await post(provider, id, { content: 'Hello', clientId: 'c-1' });
    expect(text).toMatchObject({
      conversationId: id,
      senderId: Number(provider.id),
      receiverId: Number(customer.id),
      messageType: 'TEXT',
      content: 'Hello',
      attachments: null,
      status: 'SENT',
      readAt: null,
      deliveredAt: null,
      replyToId: null,
      metadata: {},
    });
    expect((await post(provider, id, { content: 'Hello', clientId: 'c-1' })).id).toBe(text.id);
    const files = [{ name: 'car.jpg', url: 'https://example.com/car.jpg' }];
    expect(
      await post(customer, id, { messageType: 'IMAGE', attachments: files, replyToId: text.id }),
    ).toMatchObject({
      messageType: 'IMAGE',
      content: 'Image',
      attachments: files,
      receiverId: Number(provider.id),
      replyToId: text.id,
      replyTo: { id: text.id, content: 'Hello', messageType: 'TEXT', senderId: Number(provider.id) },
    });
    const metadata = { latitude: 41.31, longitude: 69.24 };
    expect(await post(customer, id, { messageType: 'LOCATION', content: 'Here', metadata })).toMatchObject({
      messageType: 'LOCATION',
      content: 'Here',
      metadata,
    });
    expect((await history(provider, id)).messages).toHaveLength(3);
  });

  it('LOCATION: coordinates from content or metadata, or words alone', async () => {
    const { id } = await start(provider, { provider, customer });
    const place = { latitude: 52.5, longitude: 13.4 };
    const cases: [Record<string, unknown>, Record<string, unknown>][] = [
      [{ content: 'Alexanderplatz, Berlin' }, {}],
      [{ content: '52.5, 13.4' }, place],
      [{ content: '{"latitude":52.5,"longitude":13.4}' }, place],
      [{ content: '{"lat":52.5,"lng":13.4}' }, place],
      [{ content: 'Here', metadata: { latitude: '52.5', longitude: '13.4' } }, place],
      [
        { content: 'Here', metadata: { lat: 52.5, lng: '13.4' } },
        { lat: 52.5, lng: '13.4', ...place },
      ],
      [{ content: 'Here', metadata: { latitude: 'north' } }, { latitude: 'north' }],
    ];
    for (const [body, metadata] of cases)
      expect(await post(customer, id, { ...body, messageType: 'LOCATION' })).toMatchObject({
        messageType: 'LOCATION',
        content: body.content,
        metadata,
      });
    const shown = (await history(provider, id)).messages;
    expect(shown.map(({ metadata }) => metadata)).toEqual(cases.map(([, metadata]) => metadata));
    for (const body of [
      { content: '91, 0' },
      { content: 'x', metadata: { lat: 0, lng: 181 } },
      { content: ' ' },
    ]) {
      const answer = await customer.rest.post(path(id, '/messages'), { ...body, messageType: 'LOCATION' });
      expect(refusal(answer)).toEqual([400, 'VALIDATION_ERROR']);
    }
  });

  it('VOICE keeps its type, its words or those that stand for them, and its attachments', async () => {
    const { id } = await start(provider, { provider, customer });
    const files = [{ name: 'note.ogg', url: 'https://example.com/note.ogg', duration: 3 }];
    expect(await post(customer, id, { messageType: 'VOICE', attachments: files })).toMatchObject({
      messageType: 'VOICE',
      content: 'Voice message',
      attachments: files,
      metadata: {},
    });
    const socket = await connect(world, provider);
    await socket.must('chat-join-conversation', { conversationId: id });
    const sent = { conversationId: id, messageType: 'VOICE', content: 'Call me' };
    expect(await socket.must('chat-send-message', sent)).toMatchObject({
      message: { messageType: 'VOICE', content: 'Call me' },
    });
    expect(await socket.waitFor('chat-new-message')).toMatchObject({ message: { messageType: 'VOICE' } });
    expect((await history(customer, id)).messages.map(({ messageType }) => messageType)).toEqual([
      'VOICE',
      'VOICE',
    ]);
  });

  it('refuses bad messages with its own fields', async () => {
    const { id } = await start(provider, { provider, customer });
    const send = (body: unknown) => customer.rest.post(path(id, '/messages'), body);
    expect(refusal(await send({ content: 'x'.repeat(2_001) }))).toEqual([400, 'MESSAGE_TOO_LONG']);
    const empty = await send({ content: ' ' });
    expect(refusal(empty)).toEqual([400, 'VALIDATION_ERROR']);
    expect(empty.body.details).toEqual([expect.objectContaining({ field: 'content' })]);
    expect(refusal(await send({ content: 'x', messageType: 'POEM' }))).toEqual([400, 'VALIDATION_ERROR']);
    expect(refusal(await send({ content: 'x', messageType: 'SYSTEM' }))).toEqual([403, 'FORBIDDEN']);
  });

  it('TOO_MANY_FILES: more than five attachments, by REST and socket; five are taken', async () => {
    const { id } = await start(provider, { provider, customer });
    const socket = await connect(world, customer);
    const six = Array.from({ length: 6 }, (_, n) => ({
      name: `${n}.jpg`,
      url: `https://example.com/${n}.jpg`,
    }));
    const details = [{ max_files: 5 }];
    for (const body of [
      { content: 'x', attachments: six },
      { messageType: 'IMAGE', attachments: six },
      { content: 'x', metadata: { attachments: six } },
    ]) {
      const answer = await customer.rest.post(path(id, '/messages'), body);
      expect([answer.status, answer.body]).toEqual([
        400,
        { success: false, error: expect.any(String), code: 'TOO_MANY_FILES', details },
      ]);
      socket.forget();
      const refused = await socket.ask('chat-send-message', { conversationId: id, ...body });
      expect(refused).toMatchObject({ success: false, code: 'TOO_MANY_FILES', details });
      expect(await socket.waitFor('chat-error')).toEqual({
        message: refused.error,
        code: 'TOO_MANY_FILES',
        details,
        event: 'chat-send-message',
      });
    }
    expect((await history(customer, id)).messages).toEqual([]);
    const five = six.slice(1);
    expect(await post(customer, id, { attachments: five })).toMatchObject({ attachments: five });
    const sent = { conversationId: id, attachments: five };
    expect(await socket.must('chat-send-message', sent)).toMatchObject({ message: { attachments: five } });
  });

  it('PATCH /conversations/:conversationId/read clears unread counts and sets READ with readAt', async () => {
    const { id } = await start(provider, { provider, customer });
    await post(provider, id, 'Read me');
    const answer = await customer.rest.patch(path(id, '/read'));
    expect(ok(answer)).toEqual({ conversationId: id, unreadCount: 0 });
    expect(await list(customer)).toEqual([expect.objectContaining({ unreadCount: 0 })]);
    const [message] = (await history(provider, id)).messages;
    expect(message).toMatchObject({
      status: 'READ',
      readAt: expect.any(String),
      deliveredAt: expect.any(String),
    });
  });

  it('PATCH /conversations/:conversationId/archive hides it from me until the next message', async () => {
    const { id } = await start(provider, { provider, customer });
    await post(provider, id, 'One');
    expect(ok(await customer.rest.patch(path(id, '/archive')))).toMatchObject({ id, status: 'ARCHIVED' });
    expect(await list(customer)).toEqual([]);
    expect(await list(customer, '?status=ARCHIVED')).toEqual([
      expect.objectContaining({ id, status: 'ARCHIVED' }),
    ]);
    expect(await list(provider)).toEqual([expect.objectContaining({ id, status: 'ACTIVE' })]);
    await post(provider, id, 'Two');
    expect(await list(customer)).toEqual([expect.objectContaining({ id, status: 'ACTIVE' })]);
  });

  it('PATCH /conversations/:conversationId/block and /unblock: only who blocked it unblocks', async () => {
    const { id } = await start(provider, { provider, customer });
    expect(ok(await customer.rest.patch(path(id, '/block')))).toMatchObject({ status: 'BLOCKED' });
    for (const person of [provider, customer]) {
      const answer = await person.rest.post(path(id, '/messages'), { content: 'x' });
      expect(refusal(answer)).toEqual([409, 'CONVERSATION_INACTIVE']);
    }
    expect(await list(customer, '?status=BLOCKED')).toHaveLength(1);
    expect(refusal(await provider.rest.patch(path(id, '/unblock')))).toEqual([403, 'FORBIDDEN']);
    expect(ok(await customer.rest.patch(path(id, '/unblock')))).toMatchObject({ status: 'ACTIVE' });
    await post(provider, id, 'Again');
  });

  it('PATCH /conversations/:conversationId/end refuses new messages; /reopen takes them again', async () => {
    const { id } = await start(provider, { provider, customer }, 11);
    expect(ok(await provider.rest.patch(path(id, '/end')))).toMatchObject({ status: 'ENDED' });
    expect(ok(await customer.rest.patch(path(id, '/end')))).toMatchObject({ status: 'ENDED' });
    const refused = await customer.rest.post(path(id, '/messages'), { content: 'x' });
    expect(refusal(refused)).toEqual([409, 'CONVERSATION_INACTIVE']);
    expect(await list(customer)).toEqual([]);
    expect(await list(customer, '?status=ENDED')).toHaveLength(1);
    expect(await list(customer, '?status=ALL')).toHaveLength(1);
    expect(ok(await customer.rest.patch(path(id, '/reopen')))).toMatchObject({ status: 'ACTIVE' });
    await post(customer, id, 'Again');
  });

  it('answers FORBIDDEN to outsiders and NOT_FOUND for unknown and malformed ids, on every route', async () => {
    const { id } = await start(provider, { provider, customer });
    const stranger = world.person('customer');
    const calls: ((person: Person, at: string) => Promise<{ status: number; body: { code: string } }>)[] = [
      (person, at) => person.rest.get(path(at, '/messages')),
      (person, at) => person.rest.get(path(at, '/typing')),
      (person, at) => person.rest.post(path(at, '/messages'), { content: 'x' }),
      ...['read', 'archive', 'block', 'unblock', 'end', 'reopen'].map(
        (verb) => (person: Person, at: string) => person.rest.patch(path(at, `/${verb}`)),
      ),
    ];
    for (const call of calls) {
      expect(refusal((await call(stranger, id)) as never)).toEqual([403, 'FORBIDDEN']);
      for (const unknown of [NOWHERE, 'conv_123'])
        expect(refusal((await call(customer, unknown)) as never)).toEqual([404, 'NOT_FOUND']);
    }
  });

  it('GET /online-users shows only conversation partners who are online', async () => {
    await start(provider, { provider, customer });
    const stranger = world.person('provider');
    await Promise.all([world.socket(provider), world.socket(stranger), world.socket(customer)]);
    const { users, total } = ok(
      await customer.rest.get<{ users: { userId: number; isOnline: boolean }[]; total: number }>(
        `${BASE}/online-users`,
      ),
    );
    expect(users).toEqual([expect.objectContaining({ userId: Number(provider.id), isOnline: true })]);
    expect(total).toBe(1);
    world.disconnectAll();
  });

  it('who comes anew after erasure is not in the conversation of who was erased', async () => {
    const { id } = await start(provider, { provider, customer }, 12);
    await post(provider, id, 'Private');
    ok(await world.host().rest.delete(`/api/v1/chat/directory/users/${customer.id}`));
    const anew = await start(customer, { provider, customer }, 12);
    expect(anew.id).not.toBe(id);
    expect(refusal(await customer.rest.get(path(id, '/messages')))).toEqual([403, 'FORBIDDEN']);
    const [old] = (await list(provider)).filter((conversation) => conversation.id === id);
    expect(old?.customerId).not.toBe(Number(customer.id));
  });
});
