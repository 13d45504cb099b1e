import { randomUUID } from 'node:crypto';
import { World, type Person } from '../../support/world.js';
import { connected, joined, open, SESSIONS, waiting, type Session } from './support-world.js';

const TICKET = { category: 'refund', status: 'pending', data: { amount: 12.5 } };
const RESTAURANT = { category: 'pizzeria', status: 'open', data: { name: 'Bella Napoli' } };

describe('support: what a session is about', () => {
  let world: World;
  let customer: Person;
  let agent: Person;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  beforeEach(() => ([customer, agent] = [world.person('customer'), world.person('agent')]));
  afterEach(() => world.disconnectAll());

  /** The host tells the directory of an object. @returns its id */
  async function put(type: string, body: object, people: Person[] = [], id: string = randomUUID()) {
    const participants = people.map((person) => ({ user_id: person.id, role: person.role }));
    const path = `/api/v1/chat/directory/contexts/${type}/${id}`;
    expect((await world.host().rest.put(path, { ...body, participants })).status).toBe(200);
    return id;
  }
  const details = async (person: Person, id: string): Promise<Session> =>
    (await person.rest.get<Session>(`${SESSIONS}/${id}`)).body.data;
  const listed = async (person: Person, id: string): Promise<Session | undefined> =>
    (await person.rest.get<Session[]>(`${SESSIONS}?limit=100`)).body.data.find((entry) => entry.id === id);

  it('is shown in the session that names it: at opening, in details, lists and session_joined', async () => {
    const ticket = await put('ticket', TICKET, [customer]);
    const opened = (await open(customer, { ticket_id: ticket })).body.data;
    const context = { type: 'ticket', id: ticket, ...TICKET };
    expect(opened).toMatchObject({ ticket_id: ticket, restaurant_id: null, context });
    const { id } = opened;
    for (const person of [customer, agent]) {
      expect((await details(person, id)).context).toEqual(context);
      expect((await listed(person, id))?.context).toEqual(context);
    }
    const [socket] = await joined(world, id, customer);
    expect(await socket!.waitFor('session_joined')).toMatchObject({ session: { context } });
  });

  it('is as the directory has it now', async () => {
    const ticket = await put('ticket', TICKET, [customer]);
    const id = await waiting(customer, { ticket_id: ticket });
    await put('ticket', { ...TICKET, status: 'paid' }, [customer], ticket);
    expect((await details(customer, id)).context).toMatchObject({ status: 'paid' });
  });

  it('is null where the session names nothing, or nothing that the directory knows', async () => {
    const ids = [
      await waiting(customer),
      await waiting(customer, { ticket_id: randomUUID() }),
      await waiting(customer, { restaurant_id: 'x\u00e9' }),
    ];
    for (const id of ids) expect([id, (await details(agent, id)).context]).toEqual([id, null]);
  });

  it('is the ticket where a restaurant is named too, and the restaurant where the ticket is unknown', async () => {
    const restaurant = await put('restaurant', RESTAURANT);
    const ticket = await put('ticket', TICKET, [customer]);
    const both = await waiting(customer, { ticket_id: ticket, restaurant_id: restaurant });
    expect((await details(customer, both)).context).toMatchObject({ type: 'ticket', id: ticket });
    const unknown = await waiting(customer, { ticket_id: randomUUID(), restaurant_id: restaurant });
    expect((await details(customer, unknown)).context).toEqual({
      type: 'restaurant',
      id: restaurant,
      ...RESTAURANT,
    });
  });

  it('is the order that a support room of the canonical API names', async () => {
    const order = await put('order', { category: 'delivery', data: { items: 3 } }, [customer]);
    const made = await customer.rest.post<{ room: { id: string } }>('/api/v1/chat/rooms', {
      type: 'support',
      context: { type: 'order', id: order },
    });
    expect((await details(customer, made.body.data.room.id)).context).toEqual({
      type: 'order',
      id: order,
      category: 'delivery',
      status: null,
      data: { items: 3 },
    });
  });

  it('gives its category to a session that names none', async () => {
    const ticket = await put('ticket', TICKET, [customer]);
    expect((await open(customer, { ticket_id: ticket })).body.data.category).toBe('refund');
    const own = await open(customer, { ticket_id: ticket, category: 'complaint' });
    expect(own.body.data.category).toBe('complaint');
  });

  describe('is not told to who has no business with it', () => {
    it('a ticket of others, named by whoever guessed its id: only the support team sees it', async () => {
      const ticket = await put('ticket', TICKET, [world.person('customer')]);
      for (const role of ['customer', 'client', 'provider', 'reader']) {
        const curious = world.person(role);
        const opened = (await open(curious, { ticket_id: ticket })).body.data;
        expect([role, opened.context, opened.category]).toEqual([role, null, null]);
        const { id } = opened;
        expect((await listed(curious, id))?.context).toBeNull();
        const [socket] = await joined(world, id, curious);
        expect(await socket!.waitFor('session_joined')).toMatchObject({ session: { context: null } });
        for (const team of ['agent', 'support', 'staff', 'admin'])
          expect((await details(world.person(team), id)).context).toMatchObject({
            type: 'ticket',
            ...TICKET,
          });
      }
    });

    it('a ticket whose people the host has not named', async () => {
      const ticket = await put('ticket', TICKET);
      const id = await waiting(customer, { ticket_id: ticket });
      expect((await details(customer, id)).context).toBeNull();
    });

    it('anything of a session that one may not see', async () => {
      const ticket = await put('ticket', TICKET, [customer]);
      const id = await waiting(customer, { ticket_id: ticket });
      const refused = await world.person('customer').rest.get(`${SESSIONS}/${id}`);
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        403,
        expect.not.stringContaining('12.5'),
      ]);
    });

    it('everyone at once: what all in a session hear is without it', async () => {
      const ticket = await put('ticket', TICKET, [world.person('customer')]);
      const id = await waiting(customer, { ticket_id: ticket });
      const [mine] = await joined(world, id, customer);
      const theirs = await connected(world, agent);
      await theirs.must('accept_chat', { session_id: id });
      const accepted = await mine!.waitFor<{ session: Session }>('chat_accepted');
      expect(accepted.session.ticket_id).toBe(ticket);
      expect(accepted.session).not.toHaveProperty('context');
    });
  });
});
