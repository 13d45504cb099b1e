import { randomUUID } from 'node:crypto';
import { World, type Person } from '../support/world.js';
import { API, ok, openRoom, refusal, wire } from '../service/helpers.js';
import { known } from '../service/room-helpers.js';
import { BASE, connect, type WireConversation } from './marketplace/helpers.js';

const SECRET = 'Wash of the black limousine';
const SESSIONS = `${API}/sessions`;

/** What the host says of an order, a booking or the like is for its people alone. */
describe('objects of other people', () => {
  let world: World;
  let provider: Person;
  let customer: Person;
  let thief: Person;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  afterEach(() => world.disconnectAll());
  beforeEach(async () => {
    [provider, customer, thief] = [world.person('provider'), world.person('customer'), world.person()];
    await known(provider, customer, thief);
  });

  /** The host tells of an object. @returns its id */
  async function put(type: string, people: Person[], id: string = randomUUID()): Promise<string> {
    const participants = people.map((person) => ({ user_id: person.id, role: person.role }));
    const path = `${API}/directory/contexts/${type}/${id}`;
    ok(await world.host().rest.put(path, { participants, category: 'secret', data: { service: SECRET } }));
    return id;
  }
  const start = (by: Person, from: Person, to: Person, orderId: string) =>
    by.rest.post<WireConversation & { order: Record<string, unknown> }>(`${BASE}/conversations`, {
      providerId: from.id,
      customerId: to.id,
      orderId,
    });

  describe('an order in the marketplace contract', () => {
    it('is told to its people: at starting, in the list and to who joins', async () => {
      const order = await put('order', [provider, customer]);
      const { id, order: told } = ok(await start(customer, provider, customer, order));
      expect(told).toEqual({ id: order, service: SECRET });
      for (const person of [provider, customer]) {
        const listed = await person.rest.get(`${BASE}/conversations`);
        expect(JSON.stringify(listed.body)).toContain(SECRET);
        const socket = await connect(world, person);
        const joined = await socket.must('chat-join-conversation', { conversationId: id });
        expect(joined.conversation).toMatchObject({ order: { service: SECRET } });
      }
    });

    it('cannot be named by others, as customer or as provider', async () => {
      const order = await put('order', [provider, customer]);
      const other = world.person('provider');
      await known(other);
      for (const [by, from, to] of [
        [thief, provider, thief],
        [other, other, customer],
        [other, other, thief],
      ] as const) {
        const answer = await start(by, from, to, order);
        expect([...refusal(answer), JSON.stringify(answer.body).includes(SECRET)]).toEqual([
          403,
          'FORBIDDEN',
          false,
        ]);
        expect(JSON.stringify((await by.rest.get(`${BASE}/conversations?status=ALL`)).body)).not.toContain(
          order,
        );
      }
    });

    it('is not told to a partner whom it does not concern, on REST and sockets', async () => {
      const order = await put('order', [customer]);
      const { id } = ok(await start(customer, provider, customer, order));
      expect(ok(await start(provider, provider, customer, order))).toMatchObject({
        id,
        order: { id: order },
      });
      const answers = await Promise.all([
        provider.rest.get(`${BASE}/conversations`),
        provider.rest.patch(`${BASE}/conversations/${id}/archive`),
        provider.rest.patch(`${BASE}/conversations/${id}/block`),
        provider.rest.get(`${API}/rooms/${id}`),
        provider.rest.get(`${SESSIONS}/${id}`),
        provider.rest.get(`${SESSIONS}?limit=100`),
      ]);
      const socket = await connect(world, provider);
      const joined = await socket.must('chat-join-conversation', { conversationId: id });
      expect(joined.conversation).toMatchObject({ orderId: order, order: { id: order } });
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
      expect(JSON.stringify([answers.map(({ body }) => body), socket.received])).not.toContain(SECRET);
    });

    it('told of after the conversation was opened is told to its people only', async () => {
      const order = randomUUID();
      const { id } = ok(await start(thief, provider, thief, order));
      await put('order', [provider, customer], order);
      const again = ok(await start(thief, provider, thief, order));
      expect([again.id, again.order]).toEqual([id, { id: order }]);
      expect(ok(await start(provider, provider, thief, order)).order).toMatchObject({ service: SECRET });
    });

    it('of nobody is shown to nobody', async () => {
      const order = await put('order', []);
      expect(ok(await start(customer, provider, customer, order)).order).toEqual({ id: order });
    });

    it('is open to administrators and the host, who run the platform', async () => {
      const order = await put('order', [customer]);
      for (const by of [world.person('admin'), world.host()])
        expect(ok(await start(by, provider, customer, order)).order).toMatchObject({ service: SECRET });
    });
  });

  it('a room of the canonical API does not name what is others’', async () => {
    for (const type of ['order', 'ticket', 'restaurant']) {
      const id = await put(type, [provider, customer]);
      const body = { type: 'direct', participant_ids: [wire(provider)], context: { type, id } };
      expect([type, ...refusal(await thief.rest.post(`${API}/rooms`, body))]).toEqual([
        type,
        403,
        'FORBIDDEN',
      ]);
      expect(JSON.stringify((await thief.rest.get(`${API}/rooms`)).body)).not.toContain(id);
    }
    const id = await put('order', [provider, customer]);
    const context = { type: 'order', id };
    const { id: room } = await openRoom(customer, {
      type: 'direct',
      participant_ids: [wire(thief)],
      context,
    });
    // The order is in the room by its number alone, in whichever contract one looks.
    const looks = [`${API}/rooms/${room}`, `${BASE}/conversations`, `${SESSIONS}/${room}`, '/api/chat/rooms'];
    for (const path of [...looks, '/api/chat/sessions', `/api/chat/sessions/${room}`])
      expect([path, JSON.stringify((await thief.rest.get(path)).body).includes(SECRET)]).toEqual([
        path,
        false,
      ]);
  });

  it('a restaurant that has people of its own is told to them and to the support team', async () => {
    const id = await put('restaurant', [provider]);
    const opened = await thief.rest.post<{ id: string; context: unknown; category: unknown }>(SESSIONS, {
      subject: 'Where?',
      restaurant_id: id,
    });
    expect(ok(opened)).toMatchObject({ restaurant_id: id, context: null, category: null });
    const agent = world.person('agent');
    expect(ok(await agent.rest.get(`${SESSIONS}/${ok(opened).id}`))).toMatchObject({
      context: { id, data: { service: SECRET } },
    });
  });

  describe('a booking', () => {
    const open = (by: Person, booking_id: string) => by.rest.post('/api/chat/sessions', { booking_id });

    it('is refused to others, who learn nothing of it', async () => {
      const booking = await put('booking', [provider, customer]);
      ok(await open(customer, booking));
      const answers = [
        await open(thief, booking),
        await thief.rest.post(`${API}/bookings/${booking}/room`),
        await thief.rest.get(`/api/chat/sessions?booking_id=${booking}`),
      ];
      expect(answers.slice(0, 2).map(refusal)).toEqual([
        [403, 'CHAT_ACCESS_DENIED'],
        [403, 'ACCESS_DENIED'],
      ]);
      expect(answers[2]?.body.data).toMatchObject({ sessions: [] });
      expect(JSON.stringify(answers.map(({ body }) => body))).not.toMatch(new RegExp(SECRET));
    });

    it('is not told to somebody whom an administrator let into its session', async () => {
      const booking = await put('booking', [provider, customer]);
      const { id } = ok(await open(customer, booking)) as { id: string };
      const admin = world.person('admin');
      ok(await admin.rest.post(`${API}/rooms/${id}/participants`, { user_ids: [wire(thief)] }));
      for (const [person, told] of [
        [thief, null],
        [customer, expect.objectContaining({ service: SECRET })],
      ] as const) {
        expect(ok(await person.rest.get(`/api/chat/sessions/${id}`))).toMatchObject({ bookings: told });
        expect(ok(await person.rest.get('/api/chat/sessions'))).toMatchObject({
          sessions: [{ bookings: told }],
        });
      }
    });
  });
});
