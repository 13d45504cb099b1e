import { World } from '../support/world.js';

describe('a conversation by REST and sockets', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it('reaches both people, is stored, and is marked as read', async () => {
    const customer = world.person('customer', { name: 'First Customer' });
    const staff = world.person('staff', { name: 'Mike Johnson' });
    const room = await world.serviceRoom([customer, staff]);
    const [a, b] = await world.joined(room, customer, staff);
    const sent = await a!.must<{ id: string; seq: number }>('send_message', {
      room_id: room,
      message: 'Hello',
      message_type: 'text',
    });
    const seen = await b!.waitFor('new_message');
    expect(seen).toMatchObject({
      id: sent.id,
      room_id: room,
      message: 'Hello',
      sender: { id: Number(customer.id), name: 'First Customer', type: 'customer' },
    });
    await a!.waitFor('new_message', (message: { id: string }) => message.id === sent.id);
    await b!.must('mark_read', { room_id: room, message_id: sent.id });
    expect(await a!.waitFor('message_read')).toMatchObject({
      message_id: sent.id,
      user: { name: 'Mike Johnson' },
    });
    const history = await customer.rest.get<{ messages: { read_by: unknown[] }[] }>(
      `/api/v1/chat/rooms/${room}/messages`,
    );
    expect(history.body.data.messages[0]?.read_by).toEqual([
      { user_id: Number(staff.id), read_at: expect.any(String) },
    ]);
  });

  it('stores what a client says before it leaves', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [leaving, staying] = await world.joined(room, customer, staff);
    for (let n = 1; n <= 5; n += 1) leaving!.emit('send_message', { room_id: room, message: `bye ${n}` });
    leaving!.close();
    const seen = await staying!.waitForCount<{ message: string }>('new_message', 5);
    expect(seen.map((message) => message.message)).toEqual(['bye 1', 'bye 2', 'bye 3', 'bye 4', 'bye 5']);
  });
});
