import { World, type Person } from '../../support/world.js';
import { open, SESSIONS, taken, waiting, type Message, type Session } from './support-world.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('support: sessions by REST', () => {
  let world: World;
  let customer: Person;
  let agent: Person;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  beforeEach(() => {
    customer = world.person('customer', { name: 'First Customer' });
    agent = world.person('agent', { name: 'Mike Johnson' });
  });
  const list = async (person: Person, query = ''): Promise<Session[]> =>
    (await person.rest.get<Session[]>(SESSIONS + query)).body.data;
  const mine = async (person: Person, ids: string[], query = ''): Promise<string[]> =>
    (await list(person, query)).map(({ id }) => id).filter((id) => ids.includes(id));

  describe('POST /api/v1/chat/sessions', () => {
    it('opens a waiting session with the fields of the document', async () => {
      const answer = await open(customer, {
        category: 'order_issue',
        priority: 'high',
        restaurant_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        initial_message: 'My order is delayed',
      });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        success: true,
        data: {
          id: expect.stringMatching(UUID),
          subject: 'Need help with order',
          category: 'order_issue',
          priority: 'high',
          status: 'waiting',
          restaurant_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
          ticket_id: null,
          customer_id: customer.id,
          customer_name: 'First Customer',
          agent_id: null,
          agent_name: null,
          unread_count: 0,
          last_message: expect.objectContaining({
            content: 'My order is delayed',
            sender_id: customer.id,
            sender_role: 'customer',
          }),
          created_at: expect.any(String),
          updated_at: expect.any(String),
          closed_at: null,
          context: null,
        },
      });
    });

    it('stores the initial message', async () => {
      const id = await waiting(customer, { initial_message: 'My order is delayed' });
      const { data } = (await customer.rest.get<Message[]>(`${SESSIONS}/${id}/messages`)).body;
      expect(data).toMatchObject([{ content: 'My order is delayed', message_type: 'text' }]);
    });

    it('needs no more than a subject, and leaves out an empty first message', async () => {
      const { data } = (await open(customer, { initial_message: '  ', priority: null })).body;
      expect(data).toMatchObject({ priority: 'normal', category: null, last_message: null });
    });

    it.each([
      ['low', 'low'],
      ['normal', 'normal'],
      ['medium', 'normal'],
      ['high', 'high'],
      ['urgent', 'urgent'],
    ])('takes the priority %s, and shows it as %s', async (priority, shown) => {
      const { status, body } = await open(customer, { priority });
      expect([status, body.data.priority]).toEqual([201, shown]);
    });

    it('keeps ticket and restaurant as what the session is about', async () => {
      const both = (await open(customer, { ticket_id: 17, restaurant_id: 'r-1' })).body.data;
      expect(both).toMatchObject({ ticket_id: '17', restaurant_id: 'r-1' });
      const room = await customer.rest.get<{ room: unknown }>(`/api/v1/chat/rooms/${both.id}`);
      expect(room.body.data.room).toMatchObject({
        room_id: `support_${both.id}`,
        type: 'support',
        context: { type: 'ticket', id: 17 },
      });
    });

    it('opens nothing when the first message is refused', async () => {
      const answer = await open(customer, { initial_message: 'x'.repeat(2_001) });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ success: false, code: 'MESSAGE_TOO_LONG' });
      expect(await list(customer)).toEqual([]);
    });

    it('opens nothing when the rate is used up', async () => {
      const limited = await World.start({ CHAT_MESSAGE_LIMIT: '1' });
      try {
        const someone = limited.person();
        await waiting(someone, { initial_message: 'one' });
        const refused = await open(someone, { initial_message: 'two' });
        expect(refused.status).toBe(429);
        expect(refused.body.code).toBe('RATE_LIMITED');
        expect((await someone.rest.get<Session[]>(SESSIONS)).body.data).toHaveLength(1);
      } finally {
        await limited.stop();
      }
    });
  });

  describe('GET /api/v1/chat/sessions', () => {
    it("holds a customer's own active sessions with unread_count and last_message, the newest first", async () => {
      const first = await taken(customer, agent);
      const second = await waiting(customer);
      const other = await waiting(world.person());
      for (const content of ['one', 'two', 'three'])
        await agent.rest.post(`${SESSIONS}/${first}/messages`, { content });
      const sessions = await list(customer);
      expect(sessions.map(({ id }) => id)).toEqual([second, first]);
      expect(sessions.map(({ id }) => id)).not.toContain(other);
      expect(sessions[1]).toMatchObject({
        status: 'active',
        unread_count: 3,
        agent_id: agent.id,
        agent_name: 'Mike Johnson',
        last_message: { content: 'three', sender_role: 'agent' },
      });
    });

    it('takes status, one or several, and shows waiting and active unless told', async () => {
      const [a, b, c] = [await waiting(customer), await taken(customer, agent), await waiting(customer)];
      await customer.rest.patch(`${SESSIONS}/${c}/status`, { status: 'closed' });
      expect((await list(customer)).map(({ id }) => id)).toEqual([b, a]);
      expect((await list(customer, '?status=closed')).map(({ id }) => id)).toEqual([c]);
      expect((await list(customer, '?status=active')).map(({ id }) => id)).toEqual([b]);
      expect((await list(customer, '?status=waiting,closed')).map(({ id }) => id)).toEqual([c, a]);
      expect((await customer.rest.get(`${SESSIONS}?status=open`)).body).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: [{ field: 'status.0', message: expect.stringContaining('waiting') }],
      });
    });

    it('takes an empty status, as forms append it, for none', async () => {
      const [a, b] = [await waiting(customer), await taken(customer, agent)];
      const closed = await waiting(customer);
      await customer.rest.patch(`${SESSIONS}/${closed}/status`, { status: 'closed' });
      for (const query of ['?status=', '?status=&limit=5', '?status=,'])
        expect([query, (await list(customer, query)).map(({ id }) => id)]).toEqual([query, [b, a]]);
    });

    it('takes limit and offset', async () => {
      const ids = [await waiting(customer), await waiting(customer), await waiting(customer)].reverse();
      expect((await list(customer, '?limit=2')).map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect((await list(customer, '?limit=2&offset=2')).map(({ id }) => id)).toEqual(ids.slice(2));
      for (const query of ['?limit=101', '?limit=0', '?offset=-1', '?limit=x'])
        expect((await customer.rest.get(SESSIONS + query)).status).toBe(400);
    });

    it('holds for staff the waiting queue, oldest wait first, before their own', async () => {
      const own = [await taken(customer, agent), await taken(customer, agent)];
      const queue = [await waiting(customer), await waiting(world.person()), await waiting(customer)];
      const colleague = await taken(customer, world.person('support'));
      const all = [...own, ...queue, colleague];
      for (const role of ['agent', 'staff', 'support', 'admin'])
        expect([role, await mine(world.person(role), all, '?limit=100')]).toEqual([role, queue]);
      expect(await mine(agent, all, '?limit=100')).toEqual([...queue, own[1], own[0]]);
      expect(await mine(agent, all, '?limit=100&status=waiting')).toEqual(queue);
      expect(await mine(agent, all, '?limit=100&status=active')).toEqual([own[1], own[0]]);
      for (const role of ['reader', 'provider', 'business', 'supplier', 'client'])
        expect([role, await list(world.person(role))]).toEqual([role, []]);
    });

    it('counts for staff what waits to be read in the queue', async () => {
      const id = await waiting(customer, { initial_message: 'one' });
      await customer.rest.post(`${SESSIONS}/${id}/messages`, { content: 'two' });
      const session = (await list(agent, '?limit=100')).find((entry) => entry.id === id);
      expect(session).toMatchObject({ unread_count: 2, last_message: { content: 'two' } });
    });

    it('shows a room of another contract in which one takes part, blocked ones as closed', async () => {
      const room = await world.serviceRoom([customer, agent]);
      const { data } = (await customer.rest.get<{ room: { id: string } }>(`/api/v1/chat/rooms/${room}`)).body;
      expect(await mine(agent, [data.room.id])).toEqual([data.room.id]);
      const direct = await customer.rest.post<{ room: { id: string } }>('/api/v1/chat/rooms', {
        type: 'direct',
        participant_ids: [agent.id],
      });
      const { id } = direct.body.data.room;
      await customer.rest.post(`/api/v1/chat/rooms/${id}/block`);
      expect((await list(customer, '?status=closed')).map((entry) => [entry.id, entry.status])).toEqual([
        [id, 'closed'],
      ]);
    });
  });

  describe('GET /api/v1/chat/sessions/:sessionId', () => {
    it('answers status, unread_count and last_message', async () => {
      const id = await taken(customer, agent);
      await agent.rest.post(`${SESSIONS}/${id}/messages`, { content: 'Hello' });
      const answer = await customer.rest.get<Session>(`${SESSIONS}/${id}`);
      expect(answer.status).toBe(200);
      expect(answer.body.data).toMatchObject({
        id,
        subject: 'Need help with order',
        status: 'active',
        unread_count: 1,
        last_message: { content: 'Hello' },
      });
    });

    it('shows an archived session as closed to the one who archived it', async () => {
      const id = await taken(customer, agent);
      await customer.rest.post(`/api/v1/chat/rooms/${id}/archive`);
      const status = async (person: Person) =>
        (await person.rest.get<Session>(`${SESSIONS}/${id}`)).body.data.status;
      expect([await status(customer), await status(agent)]).toEqual(['closed', 'active']);
    });

    it('SESSION_NOT_FOUND for unknown and malformed ids, FORBIDDEN for a session of others', async () => {
      const id = await waiting(customer);
      for (const unknown of ['0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f', 'nowhere', '%00', 'x'.repeat(300)]) {
        const answer = await customer.rest.get(`${SESSIONS}/${unknown}`);
        expect([unknown.slice(0, 40), answer.status, answer.body.code]).toEqual([
          unknown.slice(0, 40),
          404,
          'SESSION_NOT_FOUND',
        ]);
      }
      for (const role of ['customer', 'provider', 'reader']) {
        const answer = await world.person(role).rest.get(`${SESSIONS}/${id}`);
        expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN']);
      }
    });
  });
});
