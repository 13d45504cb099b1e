import { jest } from '@jest/globals';
import { ReceiptsService } from '#libs/messages';
import { World, type Person } from '../../support/world.js';
import { history, joined, list, ok, pair, post, start, type WireMessage } from './helpers.js';

describe('marketplace: rooms of the other contracts', () => {
  let world: World;
  let provider: Person;
  let customer: Person;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => ({ provider, customer } = await pair(world)));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it('a room of the canonical API is a conversation between its people, by their roles', async () => {
    const room = await world.serviceRoom([customer, provider]);
    const socket = await joined(world, room, customer);
    await post(provider, room, 'From marketplace');
    const answer = await provider.rest.post(`/api/v1/chat/rooms/${room}/messages`, {
      message: 'From service',
    });
    ok(answer);
    const arrived = await socket.waitForCount<{ message: WireMessage }>('chat-new-message', 2);
    expect(arrived.map(({ message }) => [message.content, message.senderId, message.receiverId])).toEqual([
      ['From marketplace', Number(provider.id), Number(customer.id)],
      ['From service', Number(provider.id), Number(customer.id)],
    ]);
  });

  it.each([
    ['service', '/chat', 'join_room', 'room_id'],
    ['service in the shared namespace', '/', 'join_room', 'room_id'],
    ['workspace', '/', 'join_room', 'roomId'],
    ['booking', '/', 'join_chat', 'session_id'],
    ['support', '/', 'join_session', 'session_id'],
  ])(
    'DELIVERED by itself when the other side has it open in %s',
    async (_dialect, namespace, event, field) => {
      const { id } = await start(provider, { provider, customer });
      const theirs = await world.socket(provider, { namespace });
      await theirs.must(event, { [field]: id });
      const mine = await joined(world, id, customer);
      const message = await post(customer, id, 'Are you there?');
      const delivered = await mine.waitFor<{ messageId: string; status: string }>(
        'chat-message-status-updated',
      );
      expect(delivered).toMatchObject({ messageId: message.id, status: 'DELIVERED' });
      expect((await history(customer, id)).messages[0]).toMatchObject({
        status: 'DELIVERED',
        deliveredAt: expect.any(String),
      });
    },
  );

  it('DELIVERED also where nobody has joined here and the room is of another contract', async () => {
    const room = await world.serviceRoom([customer, provider]);
    const [theirs, mine] = await world.joined(room, provider, customer);
    await theirs!.must('send_message', { room_id: room, message: 'Nobody marks this' });
    await mine!.waitFor('new_message');
    const [known] = await list(customer);
    const { id } = await post(customer, known!.id, 'This is marked');
    const marked = await mine!.waitFor<{ message_id: string }>('message_delivered');
    expect(marked.message_id).toBe(`msg_${id}`);
    await theirs!.waitFor('message_delivered');
    const sentinel = await post(customer, known!.id, 'And this');
    for (const client of [mine!, theirs!]) {
      await client.waitFor('message_delivered', (mark: { message_id: string }) =>
        mark.message_id.endsWith(sentinel.id),
      );
      expect(client.of('message_delivered')).toHaveLength(2);
    }
  });

  it('types that the document lacks keep their exact one in metadata', async () => {
    const { id } = await start(provider, { provider, customer });
    ok(
      await provider.rest.post(`/api/v1/chat/rooms/${id}/messages`, {
        message: 'Ready',
        message_type: 'status_update',
      }),
    );
    ok(
      await provider.rest.post(`/api/v1/chat/rooms/${id}/messages`, {
        message: 'Clip',
        message_type: 'video',
      }),
    );
    expect((await history(customer, id)).messages).toEqual([
      expect.objectContaining({ messageType: 'SYSTEM', metadata: { message_type: 'status_update' } }),
      expect.objectContaining({ messageType: 'FILE', content: 'Clip', metadata: { message_type: 'video' } }),
    ]);
  });

  it('chat-message-updated and chat-message-deleted tell what was changed elsewhere', async () => {
    const { id } = await start(provider, { provider, customer });
    const socket = await joined(world, id, customer);
    const message = await post(provider, id, 'Mistake');
    const at = `/api/chat/rooms/${id}/messages/${message.id}`;
    ok(await provider.rest.patch(at, { content: 'Corrected' }));
    expect(await socket.waitFor('chat-message-updated')).toMatchObject({
      message: { id: message.id, content: 'Corrected' },
    });
    ok(await provider.rest.delete(at));
    expect(await socket.waitFor('chat-message-deleted')).toEqual({
      conversationId: id,
      messageId: message.id,
    });
    expect((await history(customer, id)).messages).toEqual([
      expect.objectContaining({ content: '', isDeleted: true, attachments: null, metadata: {} }),
    ]);
  });

  it('chat-message-updated does not follow chat-message-deleted, however long showing the message takes', async () => {
    const { id } = await start(provider, { provider, customer });
    const socket = await joined(world, id, customer);
    const [canonical] = await world.joined(id, provider);
    const message = await post(provider, id, 'Mistake');
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let begun: () => void = () => undefined;
    const showing = new Promise<void>((resolve) => (begun = resolve));
    const spies = world.server.nodes.map(({ app }) => {
      const receipts = app.get(ReceiptsService);
      const progressOf = receipts.progressOf.bind(receipts);
      return jest.spyOn(receipts, 'progressOf').mockImplementation(async (messages) => {
        if (messages.some(({ content }) => content === 'Corrected')) {
          begun();
          await held;
        }
        return progressOf(messages);
      });
    });
    try {
      const at = `/api/v1/chat/messages/${message.id}`;
      const edited = provider.rest.patch(at, { message: 'Corrected' });
      await showing;
      const deleted = provider.rest.delete(at);
      await canonical!.waitFor('message_deleted');
      release();
      for (const answer of [await edited, await deleted]) ok(answer);
    } finally {
      release();
      for (const spy of spies) spy.mockRestore();
    }
    await post(provider, id, 'sentinel');
    type New = { message: WireMessage };
    await socket.waitFor<New>('chat-new-message', (event) => event.message.content === 'sentinel');
    await socket.waitFor('chat-message-deleted');
    const changes = socket.received.filter(({ event }) => /^chat-message-(updated|deleted)$/.test(event));
    expect(changes.map(({ event }) => event)).toEqual(['chat-message-deleted']);
  });

  it('the direct room of the two is the same in workspace', async () => {
    const { id } = await start(provider, { provider, customer });
    const answer = await customer.rest.post<{ chatRoom: { id: string } }>('/api/chat/rooms', {
      type: 'DIRECT',
      participantIds: [provider.id],
    });
    expect(ok(answer).chatRoom.id).toBe(id);
  });

  it('a room cannot claim to be the conversation of people who are not in it', async () => {
    const other = world.person('customer');
    const forged = await customer.rest.post<{ id: string; room_id: string }>('/api/v1/chat/rooms', {
      type: 'direct',
      participant_ids: [other.id],
      metadata: { provider_id: provider.id, customer_id: other.id },
    });
    ok(forged);
    expect(await list(customer)).toEqual([
      expect.objectContaining({
        customerId: Number(customer.id),
        providerId: Number(other.id),
        provider: expect.objectContaining({ id: Number(other.id) }),
      }),
    ]);
  });
});
