import { World, type Person } from '../support/world.js';
import {
  API,
  messagesPath,
  ok,
  openRoom,
  post,
  refusal,
  roomPath,
  wire,
  type WireMessage,
  type WireRoom,
} from './helpers.js';

interface Listed {
  rooms: (WireRoom & { last_message: WireMessage | null; unread_count: number })[];
  pagination: Record<string, unknown>;
}

const NOWHERE = [
  'service_0',
  'nonsense',
  '00000000-0000-0000-0000-000000000000',
  '018f0000-zzzz-7000-8000-000000000000',
  '12',
  '%',
  "'; --",
  '😀',
  'x'.repeat(300),
];

describe('rooms', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const known = async (...people: Person[]): Promise<void> => {
    for (const person of people) ok(await person.rest.get(`${API}/rooms`));
  };
  const list = async (person: Person, query = ''): Promise<Listed> =>
    ok(await person.rest.get<Listed>(`${API}/rooms${query}`));

  describe('opening', () => {
    it('gives the same two people the same direct room, whoever asks and at whatever moment', async () => {
      const [a, b] = [world.person(), world.person('staff')];
      await known(a, b);
      const asked = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 ? a : b).rest.post<{ room: WireRoom; created: boolean }>(`${API}/rooms`, {
            type: 'direct',
            participant_ids: [wire(n % 2 ? b : a)],
          }),
        ),
      );
      const answers = asked.map(ok);
      expect(new Set(answers.map(({ room }) => room.id)).size).toBe(1);
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      expect((await openRoom(b, { type: 'direct', participant_ids: [wire(b), wire(a)] })).id).toBe(
        answers[0]!.room.id,
      );
      expect((await list(a)).rooms).toEqual([
        expect.objectContaining({ type: 'direct', participant_count: 2 }),
      ]);
      const other = await openRoom(a, { type: 'direct', participant_ids: [wire(world.person())] });
      expect(other.id).not.toBe(answers[0]!.room.id);
    });

    it.each([[[]], [['self']], [[1, 2]]])('needs two people for a direct room, not %j', async (ids) => {
      const me = world.person();
      const participant_ids = ids.map((id) => (id === 'self' ? wire(me) : id));
      expect(await me.rest.post(`${API}/rooms`, { type: 'direct', participant_ids })).toMatchObject({
        status: 400,
      });
    });

    it('lets customers open direct and support rooms only', async () => {
      for (const role of ['customer', 'client']) {
        const customer = world.person(role);
        await openRoom(customer, { type: 'direct', participant_ids: [wire(world.person('staff'))] });
        const support = await openRoom(customer, { type: 'support', subject: 'My order' });
        expect(support).toMatchObject({ room_id: `support_${support.id}`, status: 'waiting' });
        for (const body of [
          { type: 'group', name: 'Mine' },
          { type: 'channel', name: 'Mine' },
          { type: 'internal', department: 'billing' },
        ])
          expect(await customer.rest.post(`${API}/rooms`, body)).toMatchObject({ status: 403 });
        for (const type of ['service', 'broadcast'])
          expect(refusal(await customer.rest.post(`${API}/rooms`, { type }))).toEqual([
            400,
            'VALIDATION_ERROR',
          ]);
      }
    });

    it('lets staff open groups, channels and internal rooms', async () => {
      const [staff, other] = [world.person('staff'), world.person()];
      const group = await openRoom(staff, { type: 'group', name: 'Crew', participant_ids: [wire(other)] });
      expect(group).toMatchObject({ type: 'group', name: 'Crew', participant_count: 2 });
      await openRoom(staff, { type: 'channel', name: 'News' });
      const billing = await openRoom(staff, { type: 'internal', department: 'billing' });
      expect(billing.room_id).toBe('internal_billing');
      expect((await openRoom(world.person('agent'), { type: 'internal', department: 'billing' })).id).toBe(
        billing.id,
      );
    });

    it('never makes the host platform a participant', async () => {
      const [a, b] = [world.person(), world.person('staff')];
      const host = world.host();
      const room = await openRoom(host, { type: 'direct', participant_ids: [wire(a), wire(b)] });
      const shown = ok<{ participants: { id: unknown }[] }>(await a.rest.get(roomPath(room.room_id)));
      expect(shown.participants.map(({ id }) => id).sort()).toEqual([wire(a), wire(b)]);
      expect(refusal(await host.rest.post(roomPath(room.room_id, '/join')))).toEqual([403, 'ACCESS_DENIED']);
      const open = await openRoom(b, { type: 'group', name: 'Open', is_private: false });
      const socket = await world.socket(host);
      for (const room_id of [room.room_id, open.room_id, 'broadcast_all'])
        expect(await socket.ask('join_room', { room_id })).toMatchObject({
          success: false,
          code: 'ACCESS_DENIED',
        });
      ok(await host.rest.post(messagesPath(room.room_id), { message: 'Paid', message_type: 'system' }));
      expect((await list(host)).rooms).toEqual([]);
    });
  });

  describe('addresses', () => {
    it('are the key or the plain id', async () => {
      const customer = world.person();
      const key = await world.serviceRoom([customer]);
      const { id } = ok<{ room: WireRoom }>(await customer.rest.get(roomPath(key))).room;
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      const [socket] = await world.joined(id, customer);
      expect(await socket!.waitFor('room_joined')).toMatchObject({ room_id: key });
      for (const ref of [key, id, id.toUpperCase()]) {
        const sent = await post(customer, ref, `by ${ref}`);
        expect(sent.room_id).toBe(key);
        await socket!.waitFor('new_message', (message: WireMessage) => message.id === sent.id);
      }
    });

    it.each(NOWHERE)('that lead nowhere answer ROOM_NOT_FOUND on every route and event: %s', async (ref) => {
      const { rest } = world.person('staff');
      const unknown = [404, 'ROOM_NOT_FOUND'];
      expect(refusal(await rest.get(roomPath(ref)))).toEqual(unknown);
      expect(refusal(await rest.patch(roomPath(ref), { name: 'x' }))).toEqual(unknown);
      for (const action of ['/join', '/leave', '/close', '/reopen', '/read', '/delivered'])
        expect(refusal(await rest.post(roomPath(ref, action), {}))).toEqual(unknown);
      expect(refusal(await rest.get(messagesPath(ref)))).toEqual(unknown);
      expect(refusal(await rest.post(messagesPath(ref), { message: 'x' }))).toEqual(unknown);
      expect(refusal(await rest.get(roomPath(ref, '/participants')))).toEqual(unknown);
      expect(refusal(await rest.post(roomPath(ref, '/participants'), { user_ids: [1] }))).toEqual(unknown);
      expect(refusal(await rest.delete(roomPath(ref, '/participants/1')))).toEqual(unknown);
      const socket = await world.socket(world.person('staff'));
      const message_id = 'msg_018f0000-0000-7000-8000-000000000000';
      for (const [event, more] of [
        ['join_room', {}],
        ['leave_room', {}],
        ['send_message', { message: 'x' }],
        ['typing_start', {}],
        ['typing_stop', {}],
        ['mark_read', { message_id }],
        ['mark_delivered', { message_id }],
        ['get_online_users', {}],
      ] as const)
        expect([event, await socket.ask(event, { room_id: ref, ...more })]).toEqual([
          event,
          expect.objectContaining({ success: false, code: 'ROOM_NOT_FOUND' }),
        ]);
    });

    it('with NUL in a path answer like unknown ones', async () => {
      const { rest } = world.person();
      expect(refusal(await rest.get(`${API}/rooms/service_1%00`))).toEqual([404, 'ROOM_NOT_FOUND']);
      expect(refusal(await rest.get(`${API}/rooms/%E0%A4%A`))).toEqual([404, 'ROOM_NOT_FOUND']);
    });

    it('of other people answer ACCESS_DENIED on every route and event', async () => {
      const room = await world.serviceRoom([world.person(), world.person('staff')]);
      for (const stranger of [world.person(), world.person('staff')]) {
        const { rest } = stranger;
        const denied = [403, 'ACCESS_DENIED'];
        expect(refusal(await rest.get(roomPath(room)))).toEqual(denied);
        expect(refusal(await rest.patch(roomPath(room), { subject: 'x' }))).toEqual(denied);
        for (const action of ['/join', '/leave', '/close', '/reopen', '/read', '/delivered'])
          expect(refusal(await rest.post(roomPath(room, action), {}))).toEqual(denied);
        expect(refusal(await rest.get(messagesPath(room)))).toEqual(denied);
        expect(refusal(await rest.post(messagesPath(room), { message: 'x' }))).toEqual(denied);
        expect(refusal(await rest.get(roomPath(room, '/online')))).toEqual(denied);
        expect(refusal(await rest.post(roomPath(room, '/participants'), { user_ids: [1] }))).toEqual(denied);
        expect(refusal(await rest.delete(roomPath(room, '/participants/1')))).toEqual(denied);
        const socket = await world.socket(stranger);
        for (const event of ['join_room', 'leave_room', 'typing_start', 'get_online_users', 'mark_read'])
          expect(await socket.ask(event, { room_id: room })).toMatchObject({ code: 'ACCESS_DENIED' });
        expect(await socket.waitFor('message_error')).toMatchObject({ error_code: 'ACCESS_DENIED' });
        expect(socket.of('room_left')).toEqual([]);
      }
    });
  });

  describe('my list', () => {
    it('holds my rooms only, the last used first, with last message, unread count, filters and pages', async () => {
      const [me, other] = [world.person('staff'), world.person('staff')];
      await known(me, other);
      const service = await world.serviceRoom([me, other]);
      const group = await openRoom(me, { type: 'group', name: '100% Crew', participant_ids: [wire(other)] });
      const silent = await openRoom(me, { type: 'group', name: 'Silent', participant_ids: [wire(other)] });
      await openRoom(other, { type: 'group', name: 'Not mine 100%' });
      await post(other, group.room_id, 'one');
      await post(other, group.room_id, 'two');
      await post(other, service, 'three');
      await post(me, service, 'four');

      const all = await list(me);
      expect(all.rooms.map((room) => room.room_id)).toEqual([service, group.room_id, silent.room_id]);
      expect(all.rooms.map((room) => [room.last_message?.message ?? null, room.unread_count])).toEqual([
        ['four', 1],
        ['two', 2],
        [null, 0],
      ]);
      expect(all.rooms[0]?.last_message?.sender).toMatchObject({ id: wire(me), type: 'staff' });

      const ids = async (query: string) => (await list(me, query)).rooms.map((room) => room.room_id);
      expect(await ids('?type=group')).toEqual([group.room_id, silent.room_id]);
      expect(await ids('?type=group,service')).toHaveLength(3);
      expect(await ids('?search=100%25')).toEqual([group.room_id]);
      expect(await ids('?search=sil')).toEqual([silent.room_id]);
      expect(await ids('?search=S_lent')).toEqual([]);
      ok(await me.rest.post(roomPath(silent.room_id, '/close'), { status: 'closed' }));
      expect(await ids('?status=closed')).toEqual([silent.room_id]);
      expect(await ids('?status=active')).toEqual([service, group.room_id]);

      const [first, second, third] = await Promise.all(
        [1, 2, 3].map((page) => list(me, `?per_page=2&page=${page}`)),
      );
      expect(first!.rooms.map((room) => room.room_id)).toEqual([service, group.room_id]);
      expect(first!.pagination).toEqual({
        page: 1,
        per_page: 2,
        total: 3,
        pages: 2,
        has_next: true,
        has_prev: false,
      });
      expect(second!.rooms.map((room) => room.room_id)).toEqual([silent.room_id]);
      expect(second!.pagination).toMatchObject({ has_next: false, has_prev: true });
      expect(third!.rooms).toEqual([]);
      for (const query of ['?per_page=101', '?page=0', '?page=x', '?type=nonsense', '?status=open'])
        expect(refusal(await me.rest.get(`${API}/rooms${query}`))).toEqual([400, 'VALIDATION_ERROR']);
    });
  });

  describe('changing', () => {
    it('is for owners: name, subject, capacity; members hear of it', async () => {
      const [owner, member] = [world.person('staff'), world.person()];
      await known(owner, member);
      const { room_id } = await openRoom(owner, {
        type: 'group',
        name: 'Old',
        participant_ids: [wire(member)],
      });
      const [watching] = await world.joined(room_id, member);
      expect(refusal(await member.rest.patch(roomPath(room_id), { name: 'Mine' }))).toEqual([
        403,
        'ACCESS_DENIED',
      ]);
      const changed = ok<{ room: WireRoom }>(
        await owner.rest.patch(roomPath(room_id), { name: 'New', subject: 'About', max_members: 2 }),
      );
      expect(changed.room).toMatchObject({ name: 'New', subject: 'About', max_members: 2 });
      expect(await watching!.waitFor('room_updated')).toMatchObject({ room_id, room: { name: 'New' } });
      expect(ok<{ room: WireRoom }>(await member.rest.get(roomPath(room_id))).room.name).toBe('New');
      expect(refusal(await owner.rest.patch(roomPath(room_id), {}))).toEqual([400, 'VALIDATION_ERROR']);
      expect(refusal(await owner.rest.patch(roomPath(room_id), { max_members: 'many' }))).toEqual([
        400,
        'VALIDATION_ERROR',
      ]);
    });
  });

  describe('ending', () => {
    const setup = async () => {
      const [customer, staff] = [world.person(), world.person('staff')];
      const room = await world.serviceRoom([customer, staff]);
      return { customer, staff, room };
    };

    it.each(['resolved', 'closed'])(
      'a room that is %s refuses messages until it is reopened',
      async (status) => {
        const { customer, staff, room } = await setup();
        const [socket] = await world.joined(room, customer);
        await post(customer, room, 'before');
        ok(await staff.rest.post(roomPath(room, '/close'), { status }));
        expect(await socket!.waitFor('room_updated')).toMatchObject({ room: { status } });
        expect(refusal(await staff.rest.post(messagesPath(room), { message: 'late' }))).toEqual([
          409,
          'ROOM_INACTIVE',
        ]);
        expect(await socket!.ask('send_message', { room_id: room, message: 'late' })).toMatchObject({
          code: 'ROOM_INACTIVE',
        });
        expect(await socket!.waitFor('message_error')).toMatchObject({ error_code: 'ROOM_INACTIVE' });
        expect(await socket!.ask('typing_start', { room_id: room })).toMatchObject({ success: false });
        const opened = ok<{ room: WireRoom }>(await staff.rest.post(roomPath(room, '/reopen')));
        expect(opened.room).toMatchObject({ status: 'active', closed_at: null });
        expect((await post(customer, room, 'after')).seq).toBe(2);
      },
    );

    it('may be undone by its customer while it is resolved, by staff always', async () => {
      const { customer, staff, room } = await setup();
      ok(await customer.rest.post(roomPath(room, '/close'), { status: 'resolved' }));
      ok(await customer.rest.post(roomPath(room, '/reopen')));
      ok(await staff.rest.post(roomPath(room, '/close'), { status: 'closed' }));
      expect(refusal(await customer.rest.post(roomPath(room, '/reopen')))).toEqual([403, 'ACCESS_DENIED']);
      ok(await staff.rest.post(roomPath(room, '/reopen')));
      await post(customer, room, 'open again');
    });

    it('twice changes nothing, and wants a known status', async () => {
      const { staff, room } = await setup();
      const [socket] = await world.joined(room, staff);
      for (let n = 0; n < 2; n += 1)
        ok(await staff.rest.post(roomPath(room, '/close'), { status: 'resolved' }));
      ok(await staff.rest.post(roomPath(room, '/reopen')));
      await socket!.waitFor('room_updated', (event: { room: WireRoom }) => event.room.status === 'active');
      expect(socket!.of('room_updated')).toHaveLength(2);
      expect(refusal(await staff.rest.post(roomPath(room, '/close'), { status: 'open' }))).toEqual([
        400,
        'VALIDATION_ERROR',
      ]);
    });

    it('does not stop what the host tells about the business object', async () => {
      const { customer, staff, room } = await setup();
      ok(await staff.rest.post(roomPath(room, '/close'), { status: 'closed' }));
      await post(world.host(), room, 'Refund paid', { message_type: 'status_update' });
      const { messages } = ok<{ messages: WireMessage[] }>(await customer.rest.get(messagesPath(room)));
      expect(messages.map((message) => message.message)).toEqual(['Refund paid']);
    });
  });
});
