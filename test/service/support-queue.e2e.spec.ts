import { World, type Person } from '../support/world.js';

const ROOMS = '/api/v1/chat/rooms';
const QUEUE = '/api/v1/chat/support/queue';

interface Room {
  room_id: string;
  id: string;
  status: string;
  assignee_id: number | null;
  participant_count: number;
}
interface Change {
  room_id: string;
  status: string;
  assignee_id: number | null;
}

describe('support rooms in the canonical API', () => {
  let world: World;
  let customer: Person;
  let agent: Person;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  beforeEach(() => {
    customer = world.person();
    agent = world.person('agent');
  });
  afterEach(() => world.disconnectAll());
  const open = async (person = customer): Promise<string> =>
    (await person.rest.post<{ room: Room }>(ROOMS, { type: 'support', subject: 'Help' })).body.data.room
      .room_id;
  const assign = (person: Person, ref: string) => person.rest.post<{ room: Room }>(`${ROOMS}/${ref}/assign`);

  it('POST rooms/{room_id}/assign: takes a waiting room, once', async () => {
    const ref = await open();
    const answer = await assign(agent, ref);
    expect(answer.status).toBe(200);
    expect(answer.body.data.room).toMatchObject({
      room_id: ref,
      status: 'active',
      assignee_id: Number(agent.id),
      participant_count: 2,
    });
    expect((await assign(agent, ref)).status).toBe(200);
    const second = await assign(world.person('support'), ref);
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({
      code: 'ALREADY_ASSIGNED',
      details: [{ assignee_id: Number(agent.id) }],
    });
  });

  it('of ten who assign at once exactly one gets it', async () => {
    const ref = await open();
    const agents = Array.from({ length: 10 }, () => world.person('agent'));
    const answers = await Promise.all(agents.map((person) => assign(person, ref)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(409)]);
  });

  it('assigns only support rooms, only to the support team', async () => {
    const ref = await open();
    for (const role of ['customer', 'provider', 'service'])
      expect((await assign(world.person(role), ref)).body).toMatchObject({ code: 'ACCESS_DENIED' });
    const group = await agent.rest.post<{ room: Room }>(ROOMS, { type: 'group', name: 'Team' });
    expect((await assign(agent, group.body.data.room.id)).body).toMatchObject({ code: 'ACCESS_DENIED' });
    expect((await assign(agent, 'nowhere')).body).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    await customer.rest.post(`${ROOMS}/${ref}/close`);
    expect((await assign(agent, ref)).body).toMatchObject({ code: 'ROOM_INACTIVE' });
  });

  it('one who is banned from the room does not get it, and it goes on waiting', async () => {
    const ref = await open();
    const admin = world.person('admin');
    await admin.rest.put(`${ROOMS}/${ref}/bans/${agent.id}`, {});
    expect((await assign(agent, ref)).status).toBe(403);
    const room = await customer.rest.get<{ room: Room }>(`${ROOMS}/${ref}`);
    expect(room.body.data.room).toMatchObject({ status: 'waiting', assignee_id: null });
  });

  it('POST rooms/{room_id}/release: back to the queue, by who has it or an administrator', async () => {
    const ref = await open();
    const release = (person: Person) => person.rest.post<{ room: Room }>(`${ROOMS}/${ref}/release`);
    expect((await release(agent)).status).toBe(403);
    await assign(agent, ref);
    expect((await release(customer)).status).toBe(403);
    expect((await release(agent)).body.data.room).toMatchObject({ status: 'waiting', assignee_id: null });
    await assign(agent, ref);
    expect((await release(world.person('admin'))).body.data.room.status).toBe('waiting');
    expect((await release(world.person('admin'))).body).toMatchObject({ code: 'CONFLICT' });
  });

  it('a waiting room becomes active by being taken, not by reopening', async () => {
    const ref = await open();
    expect((await agent.rest.post(`${ROOMS}/${ref}/reopen`)).body).toMatchObject({ code: 'CONFLICT' });
  });

  it('GET support/queue: for the support team, the longest wait first', async () => {
    const refs = [await open(), await open(world.person()), await open()];
    await assign(agent, refs[1]!);
    const answer = await agent.rest.get<{ rooms: Room[]; pagination: { total: number } }>(
      `${QUEUE}?per_page=100`,
    );
    const queue = answer.body.data.rooms.map(({ room_id }) => room_id).filter((ref) => refs.includes(ref));
    expect(queue).toEqual([refs[0], refs[2]]);
    const page = await agent.rest.get<{ rooms: Room[]; pagination: { total: number } }>(
      `${QUEUE}?per_page=1`,
    );
    expect(page.body.data.rooms).toHaveLength(1);
    expect(page.body.data.pagination.total).toBe(answer.body.data.pagination.total);
    for (const role of ['customer', 'reader', 'supplier'])
      expect((await world.person(role).rest.get(QUEUE)).body).toMatchObject({ code: 'ACCESS_DENIED' });
  });

  it('support_queue_changed: to the support team on /chat at once, to nobody else', async () => {
    const team = await world.socket(agent);
    const others = await Promise.all([world.socket(customer), world.socket(world.person('provider'))]);
    const ref = await open();
    await assign(agent, ref);
    await customer.rest.post(`${ROOMS}/${ref}/close`);
    const heard = await team.waitForCount<Change>('support_queue_changed', 3);
    expect(heard.map(({ room_id, status, assignee_id }) => [room_id, status, assignee_id])).toEqual([
      [ref, 'waiting', null],
      [ref, 'active', Number(agent.id)],
      [ref, 'closed', Number(agent.id)],
    ]);
    for (const socket of others) {
      await socket.ask('get_online_users', { room_id: 'sentinel' });
      expect(socket.of('support_queue_changed')).toEqual([]);
    }
  });

  it('support_queue_changed: also when a reopened room without anyone is taken, and when one is deleted', async () => {
    const ref = await open();
    await customer.rest.post(`${ROOMS}/${ref}/close`, { status: 'resolved' });
    await customer.rest.post(`${ROOMS}/${ref}/reopen`);
    const team = await world.socket(agent);
    await assign(agent, ref);
    expect(await team.waitFor('support_queue_changed')).toMatchObject({
      status: 'active',
      assignee_id: Number(agent.id),
    });
    await world.person('admin').rest.delete(`${ROOMS}/${ref}`);
    await team.waitFor('support_queue_changed', (change: Change) => change.status === 'closed');
  });

  it('the context of a support room is what it is about', async () => {
    const answer = await customer.rest.post<{ room: { context: unknown } }>(ROOMS, {
      type: 'support',
      context: { type: 'order', id: 12 },
    });
    expect(answer.body.data.room.context).toEqual({ type: 'order', id: 12 });
    const wrong = await customer.rest.post(ROOMS, { type: 'support', context: { type: 'booking', id: 1 } });
    expect(wrong.status).toBe(400);
  });
});
