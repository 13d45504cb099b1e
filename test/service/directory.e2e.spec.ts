import type { Person } from '../support/world.js';
import { World } from '../support/world.js';
import {
  API,
  DIRECTORY,
  heard,
  history,
  ok,
  openRoom,
  post,
  refusal,
  roomPath,
  sentinel,
  wire,
  type WireMessage,
} from './helpers.js';

let contexts = 50_000;
const nextContext = (): number => (contexts += 1);
const entry = (person: Person) => ({ user_id: wire(person), role: person.role });

describe('the directory', () => {
  let world: World;
  let host: Person;
  beforeAll(async () => {
    world = await World.start();
    host = world.host();
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const putContext = (id: number | string, body: unknown, type = 'service_request') =>
    host.rest.put(`${DIRECTORY}/contexts/${type}/${id}`, body);

  describe('is for the host platform and admins', () => {
    it.each(['customer', 'client', 'staff', 'agent', 'support', 'provider'])('not for a %s', async (role) => {
      const { rest } = world.person(role);
      for (const answer of [
        await rest.put(`${DIRECTORY}/users/1`, { name: 'X' }),
        await rest.get(`${DIRECTORY}/users/1`),
        await rest.delete(`${DIRECTORY}/users/1`),
        await rest.put(`${DIRECTORY}/contexts/service_request/1`, { participants: [] }),
        await rest.get(`${DIRECTORY}/contexts/service_request/1`),
      ])
        expect(refusal(answer)).toEqual([403, 'FORBIDDEN']);
    });

    it('not without a token', async () => {
      expect(refusal(await world.anonymous().put(`${DIRECTORY}/users/1`, { name: 'X' }))).toEqual([
        401,
        'UNAUTHORIZED',
      ]);
    });

    it('for an admin as for the host', async () => {
      const admin = world.person('admin');
      ok(await admin.rest.put(`${DIRECTORY}/users/by-admin`, { name: 'Made By Admin' }));
      expect(ok(await host.rest.get(`${DIRECTORY}/users/by-admin`))).toMatchObject({ name: 'Made By Admin' });
    });
  });

  describe('people', () => {
    it('are created and updated by the same call; fields left out stay, null clears', async () => {
      const path = `${DIRECTORY}/users/31001`;
      const profile = {
        name: 'Mike Johnson',
        username: 'mike',
        email: 'mike@example.com',
        avatar: 'https://cdn.example.com/456.jpg',
        role: 'staff',
      };
      const first = ok(await host.rest.put(path, profile));
      expect(first).toMatchObject({ id: 31001, ...profile });
      expect(ok(await host.rest.put(path, profile))).toEqual(first);
      expect(ok(await host.rest.put(path, { avatar: null, username: 'mikey' }))).toMatchObject({
        ...profile,
        username: 'mikey',
        avatar: null,
      });
      expect(ok(await host.rest.get(path))).toMatchObject({ ...profile, username: 'mikey', avatar: null });
    });

    it('are known by first and last name where there is no name', async () => {
      const user = ok(
        await host.rest.put(`${DIRECTORY}/users/u-names`, { first_name: 'Ada', last_name: 'Lovelace' }),
      );
      expect(user).toMatchObject({ id: 'u-names', name: 'Ada Lovelace' });
    });

    it('whose token has first and last name are shown by what either changes since', async () => {
      const path = `${DIRECTORY}/users/u-ann`;
      const come = (claims: Record<string, unknown>) =>
        world
          .person('customer', { id: 'u-ann', claims: { name: undefined, ...claims } })
          .rest.get('/api/v1/chat/rooms');
      const shown = async () => (await host.rest.get<{ name: string }>(path)).body.data.name;
      await come({ first_name: 'Ann', last_name: 'Lee' });
      expect(await shown()).toBe('Ann Lee');
      await host.rest.put(path, { last_name: 'Smith' });
      expect(await shown()).toBe('Ann Smith');
      await come({ name: 'Dr. Ann Smith' });
      expect(await shown()).toBe('Dr. Ann Smith');
      await come({ first_name: 'Ann', last_name: 'Brown' });
      expect(await shown()).toBe('Ann Brown');
    });

    it.each([
      ['123', 123],
      ['0', 0],
      ['007', '007'],
      ['1e3', '1e3'],
      ['-5', '-5'],
      ['12345678901234567890', '12345678901234567890'],
      ['user_ü', 'user_ü'],
    ])('with the id %s show it as %p', async (id, shown) => {
      const user = ok(await host.rest.put(`${DIRECTORY}/users/${encodeURIComponent(id)}`, { name: 'N' }));
      expect(user.id).toBe(shown);
    });

    it.each([
      [{ role: 'service' }, 'role'],
      [{ role: 'king' }, 'role'],
      [{ name: 7 }, 'name'],
      [{ name: 'x'.repeat(10_000) }, 'name'],
    ])('with wrong fields are refused: %j', async (body, field) => {
      const answer = await host.rest.put(`${DIRECTORY}/users/31009`, body);
      expect(refusal(answer)).toEqual([400, 'VALIDATION_ERROR']);
      expect(answer.body.details).toEqual([expect.objectContaining({ field })]);
      expect(refusal(await host.rest.get(`${DIRECTORY}/users/31009`))).toEqual([404, 'NOT_FOUND']);
    });

    it('who were only referred to are placeholders until the directory or their token tells who they are', async () => {
      const [byDirectory, byToken] = [
        world.person('staff'),
        world.person('customer', { name: 'Told By Token' }),
      ];
      const id = nextContext();
      ok(await putContext(id, { participants: [entry(byDirectory), entry(byToken)] }));
      for (const person of [byDirectory, byToken])
        expect(ok(await host.rest.get(`${DIRECTORY}/users/${person.id}`))).toMatchObject({
          placeholder: true,
          role: person.role,
        });
      ok(await host.rest.put(`${DIRECTORY}/users/${byDirectory.id}`, { name: 'Told By Directory' }));
      const room = ok<Record<string, unknown>>(await byToken.rest.get(roomPath(`service_${id}`)));
      expect(room.participants).toEqual([
        expect.objectContaining({ id: wire(byDirectory), name: 'Told By Directory', type: 'staff' }),
        expect.objectContaining({ id: wire(byToken), name: 'Told By Token', type: 'customer' }),
      ]);
      for (const person of [byDirectory, byToken])
        expect(ok(await host.rest.get(`${DIRECTORY}/users/${person.id}`))).toMatchObject({
          placeholder: false,
        });
    });
  });

  describe('contexts', () => {
    it('are stored and read back, with ids as numbers where they are numbers', async () => {
      const body = {
        participants: [
          { user_id: 32001, role: 'customer' },
          { user_id: '32002', role: 'staff' },
          { user_id: 'u-9', role: 'staff' },
        ],
        category: 'car_service',
        status: 'confirmed',
        data: { vehicle: { plate: 'B-XY 1' } },
      };
      const stored = {
        ...body,
        type: 'order',
        id: 4711,
        participants: [
          { user_id: 32001, role: 'customer' },
          { user_id: 32002, role: 'staff' },
          { user_id: 'u-9', role: 'staff' },
        ],
      };
      expect(ok(await putContext(4711, body, 'order'))).toMatchObject(stored);
      expect(ok(await putContext(4711, body, 'order'))).toMatchObject(stored);
      expect(ok(await putContext(4711, { category: null }, 'order'))).toMatchObject({
        ...stored,
        category: null,
      });
      expect(ok(await host.rest.get(`${DIRECTORY}/contexts/order/4711`))).toMatchObject({
        ...stored,
        category: null,
      });
    });

    it.each(['booking', 'order', 'ticket', 'restaurant'])('of type %s open no service room', async (type) => {
      const customer = world.person();
      const id = nextContext();
      ok(await putContext(id, { participants: [entry(customer)] }, type));
      expect(refusal(await customer.rest.get(roomPath(`service_${id}`)))).toEqual([404, 'ROOM_NOT_FOUND']);
    });

    it('of an unknown type or id are not found', async () => {
      expect(refusal(await putContext(1, { participants: [] }, 'invoice'))).toEqual([404, 'NOT_FOUND']);
      expect(refusal(await host.rest.get(`${DIRECTORY}/contexts/order/nobody-made-this`))).toEqual([
        404,
        'NOT_FOUND',
      ]);
    });

    it.each([
      [{ participants: 'all' }],
      [{ participants: [{ role: 'customer' }] }],
      [{ participants: [{ user_id: { a: 1 }, role: 'customer' }] }],
      [{ participants: [{ user_id: 1, role: 'service' }] }],
      [{ status: 5 }],
    ])('with wrong fields are refused and open nothing: %j', async (body) => {
      const id = nextContext();
      expect(refusal(await putContext(id, body))).toEqual([400, 'VALIDATION_ERROR']);
      expect(refusal(await world.person('admin').rest.get(roomPath(`service_${id}`)))).toEqual([
        404,
        'ROOM_NOT_FOUND',
      ]);
    });
  });

  describe('a service request', () => {
    it('opens its room between its participants at once, silently', async () => {
      const [customer, staff] = [world.person(), world.person('staff')];
      const socket = await world.socket(staff);
      const id = nextContext();
      ok(await putContext(id, { participants: [entry(customer), entry(staff)], status: 'confirmed' }));
      expect(await socket.waitFor('room_added')).toMatchObject({ room_id: `service_${id}` });
      const joined = await socket.must<{ participants: { id: number }[] }>('join_room', {
        room_id: `service_${id}`,
        service_request_id: id,
      });
      expect(joined.participants.map((person) => person.id).sort()).toEqual([wire(customer), wire(staff)]);
      expect((await history(customer, `service_${id}`)).messages).toEqual([]);
    });

    it('makes one room of identical calls at the same moment', async () => {
      const [customer, staff] = [world.person(), world.person('staff')];
      const id = nextContext();
      const body = { participants: [entry(customer), entry(staff)], status: 'new' };
      const answers = await Promise.all(Array.from({ length: 8 }, () => putContext(id, body)));
      expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200));
      const mine = ok<{ rooms: { room_id: string; participant_count: number }[] }>(
        await customer.rest.get(`${API}/rooms`),
      );
      expect(mine.rooms).toEqual([
        expect.objectContaining({ room_id: `service_${id}`, participant_count: 2 }),
      ]);
      expect((await history(customer, `service_${id}`)).pagination.total).toBe(0);
    });

    it('lets a participant who is added later join, with a system message', async () => {
      const customer = world.person();
      const staff = world.person('staff', { name: 'Mike Johnson' });
      ok(await host.rest.put(`${DIRECTORY}/users/${staff.id}`, { name: 'Mike Johnson', role: 'staff' }));
      const room = await world.serviceRoom([customer]);
      const id = room.replace('service_', '');
      const [watching] = await world.joined(room, customer);
      const added = await world.socket(staff);
      const body = { participants: [entry(customer), entry(staff)] };
      await Promise.all([putContext(id, body), putContext(id, body)]);
      expect(await added.waitFor('room_added')).toMatchObject({ room_id: room });
      const told = await watching!.waitFor<WireMessage>('new_message');
      expect(told).toMatchObject({ message_type: 'system', sender: { type: 'system' } });
      expect(told).toMatchObject({
        message: 'Mike Johnson has been assigned',
        metadata: { event: 'staff_assigned', user_id: wire(staff), service_request_id: Number(id) },
      });
      await added.must('join_room', { room_id: room });
      await post(staff, room, 'I am on it');
      ok(await putContext(id, body));
      const page = await history(customer, room);
      expect(page.messages.map((message) => message.message_type)).toEqual(['system', 'text']);
    });

    it('tells by the role in the context who is assigned and who joins', async () => {
      const [customer, agent, friend] = [world.person(), world.person(), world.person('staff')];
      for (const person of [agent, friend])
        ok(await host.rest.put(`${DIRECTORY}/users/${person.id}`, { name: `Name ${person.id}` }));
      const room = await world.serviceRoom([customer]);
      const participants = [
        entry(customer),
        { user_id: wire(agent), role: 'agent' },
        { user_id: wire(friend), role: 'customer' },
      ];
      ok(await putContext(room.replace('service_', ''), { participants }));
      await post(customer, room, 'hello');
      const events = (await history(customer, room)).messages.map(({ message, metadata }) => [
        message,
        metadata?.event,
      ]);
      expect(events).toHaveLength(3);
      expect(events).toEqual(
        expect.arrayContaining([
          [`Name ${agent.id} has been assigned`, 'staff_assigned'],
          [`Name ${friend.id} joined`, 'participant_joined'],
        ]),
      );
    });

    it('posts a changed status once, and nothing for a repeat', async () => {
      const customer = world.person();
      const room = await world.serviceRoom([customer]);
      const id = room.replace('service_', '');
      ok(await putContext(id, { participants: [entry(customer)], status: 'confirmed' }));
      const [watching] = await world.joined(room, customer);
      const changed = { participants: [entry(customer)], status: 'in_progress' };
      await Promise.all([putContext(id, changed), putContext(id, changed), putContext(id, changed)]);
      ok(await putContext(id, { status: 'in_progress' }));
      const told = await watching!.waitFor<WireMessage>('new_message', (message: WireMessage) =>
        message.message.includes('in_progress'),
      );
      expect(told).toMatchObject({ message_type: 'status_update', sender: { type: 'system' } });
      await post(customer, room, 'thanks');
      const page = await history(customer, room);
      expect(page.messages.filter((message) => message.message.includes('in_progress'))).toHaveLength(1);
      expect(page.messages.at(-1)).toMatchObject({ message: 'thanks' });
      expect(heard(watching!, room).map((message) => message.seq)).toEqual(
        page.messages.slice(-2).map((message) => message.seq),
      );
    });

    it('ends delivery at once for a participant who is left out', async () => {
      const [customer, staff] = [world.person(), world.person('staff')];
      const room = await world.serviceRoom([customer, staff]);
      const [, chat] = await world.joined(room, customer, staff);
      const root = await world.socket(staff, { namespace: '/' });
      await root.must('join_room', { room_id: room });
      ok(await putContext(room.replace('service_', ''), { participants: [entry(customer)] }));
      const secret = await post(customer, room, 'not for you any more');
      await sentinel(world, [staff, chat!], [staff, root]);
      for (const socket of [chat!, root]) {
        expect(heard(socket, room).map((message) => message.id)).not.toContain(secret.id);
        expect(await socket.ask('send_message', { room_id: room, message: 'x' })).toMatchObject({
          success: false,
          code: 'ACCESS_DENIED',
        });
      }
      expect(refusal(await staff.rest.get(roomPath(room, '/messages')))).toEqual([403, 'ACCESS_DENIED']);
    });
  });
});

describe('the directory with DIRECTORY_STRICT=true', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ DIRECTORY_STRICT: 'true' })));
  afterAll(() => world.stop());

  it('refuses people it does not know, and stores nothing', async () => {
    const host = world.host();
    const [known, unknown] = [world.person(), world.person('staff')];
    ok(await host.rest.put(`${DIRECTORY}/users/${known.id}`, { name: 'Known' }));
    const path = `${DIRECTORY}/contexts/service_request/1`;
    const answer = await host.rest.put(path, { participants: [entry(known), entry(unknown)] });
    expect(answer).toMatchObject({ status: 400, body: { success: false } });
    expect(JSON.stringify(answer.body.details)).toContain(unknown.id);
    expect(JSON.stringify(answer.body.details)).not.toContain(known.id);
    expect(refusal(await host.rest.get(path))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await host.rest.get(`${DIRECTORY}/users/${unknown.id}`))).toEqual([404, 'NOT_FOUND']);
    expect(
      await known.rest.post(`${API}/rooms`, { type: 'direct', participant_ids: [wire(unknown)] }),
    ).toMatchObject({ status: 400 });
    ok(await host.rest.put(path, { participants: [entry(known)] }));
    const support = world.person('staff', { name: 'By Token' });
    ok(await support.rest.get(`${API}/rooms`));
    await openRoom(known, { type: 'direct', participant_ids: [wire(support)] });
  });
});
