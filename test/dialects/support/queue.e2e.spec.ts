import pg from 'pg';
import { World, type Person } from '../../support/world.js';
import { connected, joined, nothingMore, SESSIONS, taken, waiting, type Session } from './support-world.js';

interface StatusChange {
  session_id: string;
  status: string;
  agent_id?: string;
}

describe('support: the queue', () => {
  let world: World;
  let customer: Person;
  let agent: Person;
  let database: pg.Pool;
  beforeAll(async () => {
    world = await World.start();
    database = new pg.Pool({ connectionString: world.server.database.url, max: 1 });
  });
  afterAll(async () => {
    await database.end();
    await world.stop();
  });
  beforeEach(() => {
    customer = world.person('customer', { name: 'First Customer' });
    agent = world.person('agent', { name: 'Mike Johnson' });
  });
  afterEach(() => world.disconnectAll());
  const setStatus = (person: Person, id: string, status: string) =>
    person.rest.patch<Session>(`${SESSIONS}/${id}/status`, { status });
  const audited = async (person: Person, id: string): Promise<string[]> => {
    const { rows } = await database.query<{ action: string }>(
      'SELECT action FROM audit_entries WHERE actor_id = $1 AND target_id = $2 ORDER BY created_at',
      [person.id, id],
    );
    return rows.map(({ action }) => action);
  };

  describe('POST /api/v1/chat/sessions/:sessionId/assign', () => {
    it('makes the session active and the agent its agent_id', async () => {
      const id = await waiting(customer);
      const answer = await agent.rest.post<Session>(`${SESSIONS}/${id}/assign`);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        success: true,
        data: { id, status: 'active', agent_id: agent.id, agent_name: 'Mike Johnson' },
      });
      const again = await agent.rest.post<Session>(`${SESSIONS}/${id}/assign`);
      expect([again.status, again.body.data.agent_id]).toEqual([200, agent.id]);
    });

    it('accept_chat and close_chat of what is so already confirm it to the one who asks, and to nobody else', async () => {
      const id = await taken(customer, agent);
      const [mine, theirs] = await joined(world, id, agent, customer);
      await mine!.must('accept_chat', { session_id: id });
      expect(await mine!.waitFor('chat_accepted')).toMatchObject({ agent_id: agent.id });
      await mine!.must('close_chat', { session_id: id });
      await theirs!.waitFor('chat_closed');
      await mine!.must('close_chat', { session_id: id });
      await mine!.waitForCount('chat_closed', 2);
      await nothingMore(theirs!);
      expect(theirs!.of('chat_accepted')).toEqual([]);
      expect(theirs!.of('chat_closed')).toHaveLength(1);
    });

    it.each(['agent', 'support', 'staff', 'admin'])('is for %s', async (role) => {
      expect(await taken(customer, world.person(role))).toEqual(expect.any(String));
    });

    it.each(['reader', 'provider', 'business', 'supplier', 'customer', 'client', 'service'])(
      'is not for %s',
      async (role) => {
        const id = await waiting(customer);
        const answer = await world.person(role).rest.post(`${SESSIONS}/${id}/assign`);
        expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN']);
        expect((await customer.rest.get<Session>(`${SESSIONS}/${id}`)).body.data.status).toBe('waiting');
      },
    );

    it('of ten agents at once, by REST and sockets, one wins and nine get ALREADY_ASSIGNED', async () => {
      const id = await waiting(customer);
      const agents = Array.from({ length: 10 }, () => world.person('agent'));
      const sockets = await Promise.all(agents.slice(5).map((person) => connected(world, person)));
      const answers = await Promise.all([
        ...agents.slice(0, 5).map(async (person) => {
          const { status, body } = await person.rest.post(`${SESSIONS}/${id}/assign`);
          return { who: person.id, won: status === 200, status, ...body };
        }),
        ...sockets.map(async (socket, index) => {
          const answer = await socket.ask('accept_chat', { session_id: id });
          return { who: agents[5 + index]!.id, won: answer.success, status: 409, ...answer };
        }),
      ]);
      const winners = answers.filter(({ won }) => won);
      expect(winners).toHaveLength(1);
      for (const loser of answers.filter(({ won }) => !won))
        expect(loser).toMatchObject({
          status: 409,
          code: 'ALREADY_ASSIGNED',
          details: [{ agent_id: winners[0]!.who }],
        });
      const session = (await customer.rest.get<Session>(`${SESSIONS}/${id}`)).body.data;
      expect(session).toMatchObject({ status: 'active', agent_id: winners[0]!.who });
      const people = await customer.rest.get<{ participants: unknown[] }>(
        `/api/v1/chat/rooms/${id}/participants`,
      );
      expect(people.body.data.participants).toHaveLength(2);
    });

    it('SESSION_INACTIVE for a session that has ended', async () => {
      const id = await waiting(customer);
      await setStatus(customer, id, 'closed');
      const answer = await agent.rest.post(`${SESSIONS}/${id}/assign`);
      expect([answer.status, answer.body.code]).toEqual([409, 'SESSION_INACTIVE']);
    });
  });

  describe('PATCH /api/v1/chat/sessions/:sessionId/status', () => {
    it('goes waiting, active, resolved, closed', async () => {
      const id = await waiting(customer);
      const seen = [];
      for (const status of ['active', 'resolved', 'closed']) {
        const answer = await setStatus(agent, id, status);
        seen.push([answer.status, answer.body.data.id, answer.body.data.status, answer.body.data.agent_id]);
      }
      expect(seen).toEqual(['active', 'resolved', 'closed'].map((status) => [200, id, status, agent.id]));
      const back = await setStatus(agent, id, 'resolved');
      expect([back.status, back.body.code]).toEqual([409, 'CONFLICT']);
    });

    it('refuses messages while resolved and closed with SESSION_INACTIVE', async () => {
      const id = await taken(customer, agent);
      for (const status of ['resolved', 'closed']) {
        await setStatus(agent, id, status);
        const answer = await customer.rest.post(`${SESSIONS}/${id}/messages`, { content: 'Hello?' });
        expect([answer.status, answer.body.code]).toEqual([409, 'SESSION_INACTIVE']);
      }
    });

    it('is reopened by staff always, by its customer while it is resolved', async () => {
      const id = await taken(customer, agent);
      await setStatus(agent, id, 'resolved');
      const reopened = await setStatus(customer, id, 'active');
      expect(reopened.body.data).toMatchObject({ status: 'active', agent_id: agent.id, closed_at: null });
      await setStatus(agent, id, 'closed');
      const refused = await setStatus(customer, id, 'active');
      expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
      expect((await setStatus(agent, id, 'active')).body.data.status).toBe('active');
      expect((await customer.rest.post(`${SESSIONS}/${id}/messages`, { content: 'Hi' })).status).toBe(201);
    });

    it('is not made active by a customer while it waits', async () => {
      const id = await waiting(customer);
      expect((await setStatus(customer, id, 'active')).status).toBe(403);
    });

    it('shows a reopened session without an agent in the queue', async () => {
      const id = await waiting(customer);
      await setStatus(customer, id, 'resolved');
      await setStatus(customer, id, 'active');
      const queue = (await agent.rest.get<Session[]>(`${SESSIONS}?limit=100`)).body.data;
      expect(queue.map((session) => session.id)).toContain(id);
      const answer = await agent.rest.post<Session>(`${SESSIONS}/${id}/assign`);
      expect(answer.body.data.agent_id).toBe(agent.id);
    });

    it('waiting gives it back to the queue, by the one who has it', async () => {
      const id = await taken(customer, agent);
      expect((await setStatus(world.person('agent'), id, 'waiting')).status).toBe(403);
      expect((await setStatus(customer, id, 'waiting')).status).toBe(403);
      const answer = await setStatus(agent, id, 'waiting');
      expect(answer.body.data).toMatchObject({ status: 'waiting', agent_id: null });
      const colleague = world.person('support');
      expect((await setStatus(colleague, id, 'active')).body.data.agent_id).toBe(colleague.id);
    });

    it('is refused for a session of others', async () => {
      const id = await taken(customer, agent);
      for (const role of ['customer', 'provider'])
        expect((await setStatus(world.person(role), id, 'closed')).status).toBe(403);
    });
  });

  describe('session_status_changed', () => {
    it('tells the support team of every change before it has joined anything, and nobody else', async () => {
      const team = await Promise.all(
        ['agent', 'support', 'staff', 'admin'].map((role) => connected(world, world.person(role))),
      );
      const others = await Promise.all(
        ['customer', 'reader', 'provider', 'business', 'supplier'].map((role) =>
          connected(world, world.person(role)),
        ),
      );
      const id = await taken(customer, agent);
      await setStatus(agent, id, 'resolved');
      await setStatus(agent, id, 'closed');
      const expected = [
        { session_id: id, status: 'waiting' },
        { session_id: id, status: 'active', agent_id: agent.id },
        { session_id: id, status: 'resolved', agent_id: agent.id },
        { session_id: id, status: 'closed', agent_id: agent.id },
      ];
      for (const socket of team) {
        const heard = await socket.waitForCount<StatusChange>('session_status_changed', 4);
        expect(heard).toEqual(expected);
      }
      for (const socket of others) {
        await nothingMore(socket);
        expect(socket.of('session_status_changed')).toEqual([]);
      }
    });

    it('tells a customer of the own session only, and an agent in it once', async () => {
      const id = await taken(customer, agent);
      const other = await waiting(world.person());
      const [mine, theirs] = await joined(world, id, customer, agent);
      await setStatus(world.person('admin'), other, 'closed');
      await setStatus(agent, id, 'resolved');
      await mine!.waitFor('session_status_changed', (change: StatusChange) => change.status === 'resolved');
      await theirs!.waitFor('session_status_changed', (change: StatusChange) => change.status === 'resolved');
      await Promise.all([nothingMore(mine!), nothingMore(theirs!)]);
      expect(mine!.of<StatusChange>('session_status_changed').map((change) => change.session_id)).toEqual([
        id,
      ]);
      expect(theirs!.of<StatusChange>('session_status_changed').map((change) => change.session_id)).toEqual([
        other,
        id,
      ]);
    });
  });

  describe('reading sessions of others', () => {
    it('is open to the support team, written to the audit log unless it is theirs or waiting', async () => {
      const waits = await waiting(customer);
      const theirs = await taken(customer, agent);
      for (const role of ['agent', 'support', 'staff', 'admin']) {
        const person = world.person(role);
        expect((await person.rest.get(`${SESSIONS}/${waits}`)).status).toBe(200);
        expect((await person.rest.get(`${SESSIONS}/${waits}/messages`)).status).toBe(200);
        expect([role, await audited(person, waits)]).toEqual([role, []]);
        expect((await person.rest.get(`${SESSIONS}/${theirs}`)).status).toBe(200);
        expect([role, await audited(person, theirs)]).toEqual([role, ['room.override.read']]);
      }
      await agent.rest.get(`${SESSIONS}/${theirs}`);
      await agent.rest.get(`${SESSIONS}/${theirs}/messages`);
      expect(await audited(agent, theirs)).toEqual([]);
    });

    it('is audited on joining a session that a colleague has, and not on joining a waiting one', async () => {
      const colleague = world.person('support');
      const waits = await waiting(customer);
      const theirs = await taken(customer, agent);
      await joined(world, waits, colleague);
      await joined(world, theirs, colleague);
      expect(await audited(colleague, waits)).toEqual([]);
      expect(await audited(colleague, theirs)).toEqual(['room.override.join']);
    });

    it('is refused to everyone else, by REST and sockets', async () => {
      const id = await waiting(customer);
      for (const role of ['customer', 'reader', 'provider', 'business', 'supplier']) {
        const person = world.person(role);
        expect((await person.rest.get(`${SESSIONS}/${id}/messages`)).status).toBe(403);
        const socket = await connected(world, person);
        expect(await socket.ask('join_session', { session_id: id })).toMatchObject({
          success: false,
          code: 'FORBIDDEN',
        });
      }
    });
  });
});
