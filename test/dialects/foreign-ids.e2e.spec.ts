import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SocketEvents } from '#libs/platform/realtime';
import { form, send } from '../attachments/support/uploads.js';
import { fillPath, restRoutes } from '../platform/routes.js';
import { API, ok, openRoom, post, roomPath, sql, wire, type WireRoom } from '../service/helpers.js';
import { groupWith, known } from '../service/room-helpers.js';
import { ONE_NODE, World, type Person } from '../support/world.js';
import { BASE } from './marketplace/helpers.js';

const SECRET = 'Quince marmalade';
const NAME = 'Violet Undisclosed';
/** Refusals; 409 and 413 would tell that the thing is there. */
const REFUSED = [400, 401, 403, 404, 415, 422];

interface Ids {
  room: string;
  message: string;
  file: string;
  person: string;
  booking: string;
  order: string;
  invitation: string;
}

/** The same with other ids in the place of those that a documented example names. */
function withIds(value: unknown, ids: Ids, key = ''): unknown {
  if (Array.isArray(value)) return value.map((entry) => withIds(entry, ids, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [name, withIds(entry, ids, name)]),
    );
  const name = key.replaceAll('_', '').toLowerCase();
  if (/^(roomid|sessionid|conversationid|roomids)$/.test(name)) return ids.room;
  if (/^(messageid|messageids|uptomessageid|replyto|replytoid)$/.test(name)) return ids.message;
  if (/^(fileid|attachmentids)$/.test(name)) return ids.file;
  if (name === 'bookingid') return ids.booking;
  if (name === 'orderid') return ids.order;
  return value;
}

/** Every route and every event, called by outsiders with the ids of rooms, messages and files of others. */
/** They walk over every route and every event; a busy machine takes its time. */
jest.setTimeout(180_000);

describe('ids of other people', () => {
  let world: World;
  let victim: Person;
  let partner: Person;
  let thieves: Person[];
  const victims: Ids[] = [];
  beforeAll(async () => {
    world = await World.start(
      {
        HTTP_REQUESTS_PER_MINUTE: '1000000',
        SOCKET_EVENTS_PER_SECOND: '100000',
        USER_EVENTS_PER_SECOND: '100000',
        CHAT_MESSAGE_LIMIT: '100000',
      },
      ONE_NODE,
    );
    victim = world.person('customer', { id: 'victim-91c', name: NAME });
    partner = world.person('provider', { id: 'partner-91c', name: `${NAME} too` });
    thieves = [world.person('customer'), world.person('provider')];
    await known(victim, partner, ...thieves);
    await scene();
  });
  afterAll(() => world.stop());
  afterEach(() => world.disconnectAll());

  async function put(type: string): Promise<string> {
    const id = randomUUID();
    const participants = [victim, partner].map((person) => ({ user_id: person.id, role: person.role }));
    const path = `${API}/directory/contexts/${type}/${id}`;
    ok(await world.host().rest.put(path, { participants, data: { what: SECRET } }));
    return id;
  }

  /** A room of each kind, with a message and a file in it. */
  async function scene(): Promise<void> {
    const [booking, order] = [await put('booking'), await put('order')];
    const opened = ok(await victim.rest.post<{ room: WireRoom }>(`${API}/bookings/${booking}/room`)).room;
    const conversation = ok(
      await victim.rest.post<{ id: string }>(`${BASE}/conversations`, {
        providerId: partner.id,
        customerId: victim.id,
        orderId: order,
      }),
    );
    const direct = await openRoom(victim, { type: 'direct', participant_ids: [wire(partner)] });
    const support = await openRoom(victim, { type: 'support', subject: SECRET });
    const group = await groupWith(partner, [[victim, 'member']], { description: SECRET });
    const service = await world.serviceRoom([victim, partner]);
    const { invitation } = ok(
      await partner.rest.post<{ invitation: { id: string } }>(roomPath(group, '/invitations'), {}),
    );
    for (const room of [opened.id, conversation.id, direct.id, support.id, support.room_id, group, service]) {
      const bytes = Buffer.from(`${SECRET}\n`);
      const uploaded = await send(
        world,
        victim,
        form({ file: { bytes, name: 'note.txt', type: 'text/plain' } }, { room_id: room }),
      );
      const { id } = await post(victim, room, SECRET, {
        attachments: [{ file_id: uploaded.body.data.file_id }],
      });
      victims.push({
        room,
        message: id,
        file: uploaded.body.data.file_id,
        person: victim.id,
        booking,
        order,
        invitation: invitation.id,
      });
    }
  }

  /** Everything that is stored of the victims' rooms. */
  async function stored(): Promise<string> {
    const ids = (
      await sql<{ id: string }>(world, 'SELECT DISTINCT room_id AS id FROM participants WHERE user_id = $1', [
        victim.id,
      ])
    ).map(({ id }) => id);
    const parts: string[] = [];
    for (const query of [
      'SELECT to_jsonb(t) AS row FROM rooms t WHERE t.id = ANY($1)',
      'SELECT to_jsonb(t) AS row FROM participants t WHERE t.room_id = ANY($1)',
      'SELECT to_jsonb(t) AS row FROM messages t WHERE t.room_id = ANY($1)',
      'SELECT to_jsonb(t) AS row FROM receipts t WHERE t.room_id = ANY($1)',
      'SELECT to_jsonb(t) AS row FROM invitations t WHERE t.room_id = ANY($1)',
      `SELECT to_jsonb(t) - 'lease_until' - 'scan_state' AS row FROM attachments t WHERE t.room_id = ANY($1)`,
      'SELECT to_jsonb(t) AS row FROM reactions t JOIN messages m ON m.id = t.message_id WHERE m.room_id = ANY($1)',
    ]) {
      const rows = await sql<{ row: unknown }>(world, `${query} ORDER BY to_jsonb(t)::text`, [ids]);
      parts.push(...rows.map(({ row }) => JSON.stringify(row)));
    }
    return parts.join('\n');
  }
  const leaks = (told: unknown): boolean => {
    const text = JSON.stringify(told) ?? '';
    return text.includes(SECRET) || text.includes(NAME);
  };
  /** A room of the thief's own, which what is tried may end. */
  const own = (thief: Person): Promise<string> => world.serviceRoom([thief]);

  it('by REST: refused, nothing is told and nothing changes', async () => {
    const routes = restRoutes(world.server.app).filter(({ access }) => access !== 'public');
    const before = await stored();
    const wrong: unknown[] = [];
    const call = async (thief: Person, route: (typeof routes)[number], ids: Ids) => {
      const path = fillPath(route.path, (name) => {
        const of = name.replaceAll('_', '').toLowerCase();
        if (of === 'userid') return ids.person;
        if (of === 'bookingid') return ids.booking;
        if (of === 'invitationid') return ids.invitation;
        if (of === 'emoji' || of === 'reaction') return encodeURIComponent('👍');
        if (of === 'type') return 'order';
        if (of === 'messageid' || /messages\/:id/.test(route.path)) return ids.message;
        return encodeURIComponent(ids.room);
      });
      const { examples, body: schema } = route.options ?? {};
      const body =
        route.method === 'GET' || route.method === 'DELETE' || !schema
          ? undefined
          : withIds(examples?.body ?? {}, ids);
      const query =
        route.method === 'GET'
          ? `?room_id=${encodeURIComponent(ids.room)}&session_id=${encodeURIComponent(ids.room)}&booking_id=${ids.booking}&q=Quince`
          : '';
      const answer = await thief.rest.call(route.method, path + query, body);
      return { path, answer };
    };
    for (const route of routes)
      for (const thief of thieves)
        for (const ids of victims) {
          const { path, answer } = await call(thief, route, ids);
          const names = route.path.includes(':') && !/invitations\/:token/.test(route.path);
          const refused = REFUSED.includes(answer.status);
          if (leaks(answer.body) || (names && !refused))
            wrong.push([thief.role, route.method, path, answer.status, answer.body]);
          if (!/room_id|roomId|:id|conversationId|session/i.test(route.path)) continue;
          // A room of one's own, and in it what is others'.
          const mine = { ...ids, room: await own(thief) };
          const second = await call(thief, route, mine);
          if (leaks(second.answer.body))
            wrong.push([thief.role, route.method, second.path, second.answer.status, second.answer.body]);
        }
    expect(wrong).toEqual([]);
    expect(await stored()).toBe(before);
  });

  it('by sockets: refused, nothing is told and nothing changes', async () => {
    const table = [...world.server.app.get(SocketEvents).table()].flatMap(([event, routes]) =>
      routes.map((route) => ({ event, ...route })),
    );
    const before = await stored();
    const wrong: unknown[] = [];
    for (const thief of thieves) {
      const sockets = await Promise.all(
        ['/', '/chat'].map((namespace) => world.socket(thief, { namespace })),
      );
      for (const { event, dialect, metadata } of table.filter(({ access }) => access !== 'public'))
        for (const ids of victims) {
          const socket = sockets[dialect === 'service' ? 1 : 0]!;
          for (const room of [ids.room, await own(thief)]) {
            const payload = withIds(metadata.example, { ...ids, room });
            const answer = await socket.ask(event, payload);
            const names = JSON.stringify(payload ?? {}).includes(ids.room);
            if (leaks(answer) || (names && answer.success)) wrong.push([thief.role, event, payload, answer]);
          }
        }
      // What a socket hears of others it hears in the order in which it was told; this is the last of it.
      for (const socket of sockets) {
        await socket.ask('join_room', { room_id: 'broadcast_all' });
        const heard = socket.received.filter(({ payload }) => leaks(payload));
        if (heard.length > 0) wrong.push([thief.role, heard]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await stored()).toBe(before);
  });
});
