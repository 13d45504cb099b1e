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
