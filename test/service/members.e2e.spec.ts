import { World, type Person } from '../support/world.js';
import {
  API,
  heard,
  history,
  messagesPath,
  ok,
  openRoom,
  post,
  refusal,
  roomPath,
  sentinel,
  sql,
  wire,
  type WireMessage,
  type WireRoom,
} from './helpers.js';

describe('members', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const known = async (...people: Person[]): Promise<void> => {
    for (const person of people) ok(await person.rest.get(`${API}/rooms`));
  };
  const members = async (viewer: Person, room: string): Promise<unknown[]> =>
    ok<{ participants: { id: unknown }[] }>(await viewer.rest.get(roomPath(room, '/participants')))
      .participants.map(({ id }) => id)
      .sort();
  const crew = async (owner: Person, more: Record<string, unknown> = {}, ...people: Person[]) => {
    await known(owner, ...people);
    const participant_ids = people.map(wire);
    return (await openRoom(owner, { type: 'group', name: 'Crew', participant_ids, ...more })).room_id;
  };

  describe('joining and leaving', () => {
    it('is open to everyone in a public group, closed in a private one', async () => {
      const [owner, customer] = [world.person('staff'), world.person()];
      const open = await crew(owner, { is_private: false });
      const closed = await crew(owner, { is_private: true });
      const [watching] = await world.joined(open, owner);
      ok(await customer.rest.post(roomPath(open, '/join')));
      ok(await customer.rest.post(roomPath(open, '/join')));
      expect(await watching!.waitFor('user_joined')).toMatchObject({
        room_id: open,
        user: { id: wire(customer) },
      });
      expect(await members(owner, open)).toEqual([wire(owner), wire(customer)]);
      expect(refusal(await customer.rest.post(roomPath(closed, '/join')))).toEqual([403, 'ACCESS_DENIED']);
      ok(await customer.rest.post(roomPath(open, '/leave')));
      expect(await watching!.waitFor('user_left')).toMatchObject({ user: { id: wire(customer) } });
      expect(refusal(await customer.rest.get(messagesPath(open)))).toEqual([403, 'ACCESS_DENIED']);
      expect(watching!.of('user_joined')).toHaveLength(1);
    });

    it('by socket makes a participant too; leave_room only ends delivery to that socket', async () => {
      const [owner, customer] = [world.person('staff'), world.person()];
      const room = await crew(owner, { is_private: false });
      const [one, two] = [await world.socket(customer), await world.socket(customer)];
      for (const socket of [one, two]) await socket.must('join_room', { room_id: room });
      expect(await members(owner, room)).toEqual([wire(owner), wire(customer)]);
      await one.must('leave_room', { room_id: room });
      expect(await one.waitFor('room_left')).toEqual({ room_id: room });
      const sent = await post(owner, room, 'who hears this?');
      await two.waitFor('new_message', (message: WireMessage) => message.id === sent.id);
      await sentinel(world, [customer, one]);
      expect(heard(one, room)).toEqual([]);
      expect(await members(owner, room)).toEqual([wire(owner), wire(customer)]);
    });

    it('is refused to the last owner while others are in', async () => {
      const [owner, member] = [world.person('staff'), world.person()];
      const room = await crew(owner, {}, member);
      expect(refusal(await owner.rest.post(roomPath(room, '/leave')))).toEqual([409, 'CONFLICT']);
      ok(await member.rest.post(roomPath(room, '/leave')));
      ok(await owner.rest.post(roomPath(room, '/leave')));
    });

    it('stops at the capacity, also when many come at the same moment', async () => {
      const owner = world.person('staff');
      const room = await crew(owner, { is_private: false, max_members: 4 });
      const people = Array.from({ length: 10 }, () => world.person());
      const sockets = await Promise.all(people.map((person) => world.socket(person)));
      const codes = await Promise.all(
        people.map(async (person, n) =>
          n % 2
            ? (await person.rest.post(roomPath(room, '/join'))).body.code
            : (await sockets[n]!.ask('join_room', { room_id: room })).code,
        ),
      );
      expect(codes.filter((code) => code === 'ROOM_FULL')).toHaveLength(7);
      expect(codes.filter((code) => code === undefined)).toHaveLength(3);
      expect(await members(owner, room)).toHaveLength(4);
      expect(refusal(await owner.rest.post(roomPath(room, '/participants'), { user_ids: [1] }))).toEqual([
        409,
        'ROOM_FULL',
      ]);
      expect(refusal(await owner.rest.patch(roomPath(room), { max_members: 3 }))).toEqual([409, 'ROOM_FULL']);
    });
  });

  describe('adding and removing', () => {
    it('is for owners of groups; direct rooms keep their two', async () => {
      const [owner, member, added] = [world.person('staff'), world.person(), world.person()];
      const room = await crew(owner, {}, member, added);
      ok(await owner.rest.delete(roomPath(room, `/participants/${added.id}`)));
      const socket = await world.socket(added);
      const body = { user_ids: [wire(added)] };
      expect(refusal(await member.rest.post(roomPath(room, '/participants'), body))).toEqual([
        403,
        'ACCESS_DENIED',
      ]);
      ok(await owner.rest.post(roomPath(room, '/participants'), body));
      ok(await owner.rest.post(roomPath(room, '/participants'), body));
      expect(await socket.waitFor('room_added')).toMatchObject({ room_id: room });
      expect(await members(added, room)).toEqual([owner, member, added].map(wire));
      expect(refusal(await owner.rest.delete(roomPath(room, '/participants/nobody')))).toEqual([
        404,
        'NOT_FOUND',
      ]);
      expect(refusal(await member.rest.delete(roomPath(room, `/participants/${owner.id}`)))).toEqual([
        403,
        'ACCESS_DENIED',
      ]);
      const direct = await openRoom(owner, { type: 'direct', participant_ids: [wire(member)] });
      expect(
        refusal(
          await owner.rest.post(roomPath(direct.room_id, '/participants'), { user_ids: [wire(added)] }),
        ),
      ).toEqual([403, 'ACCESS_DENIED']);
    });

    it('adds someone once who is named twice', async () => {
      const [owner, added] = [world.person('staff'), world.person()];
      const room = await crew(owner, {});
      const body = { user_ids: [wire(added), wire(added), added.id] };
      ok(await owner.rest.post(roomPath(room, '/participants'), body));
      expect(await members(owner, room)).toEqual([owner, added].map(wire));
    });

    it('ends delivery at once to all sockets of the one removed, in both namespaces', async () => {
      const [owner, removed] = [world.person('staff'), world.person()];
      const room = await crew(owner, {}, removed);
      const sockets = [
        await world.socket(removed),
        await world.socket(removed),
        await world.socket(removed, { namespace: '/' }),
      ];
      for (const socket of sockets) await socket.must('join_room', { room_id: room });
      const [speaker] = await world.joined(room, owner);
      const first = await post(owner, room, 'all hear this');
      for (const socket of sockets)
        await socket.waitFor('new_message', (message: WireMessage) => message.id === first.id);
      // The next message is on its way before the removal is answered.
      const removal = owner.rest.delete(roomPath(room, `/participants/${removed.id}`));
      ok(await removal);
      const secret = await speaker!.must<WireMessage>('send_message', { room_id: room, message: 'secret' });
      await speaker!.must('typing_start', { room_id: room });
      await sentinel(world, ...sockets.map((socket): [Person, typeof socket] => [removed, socket]));
      for (const socket of sockets) {
        expect(heard(socket, room).map((message) => message.id)).toEqual([first.id]);
        expect(heard(socket, room)).not.toContainEqual(expect.objectContaining({ id: secret.id }));
        expect(socket.of('user_typing')).toEqual([]);
        expect(socket.of('room_removed')).toEqual([{ room_id: room }]);
        expect(await socket.ask('join_room', { room_id: room })).toMatchObject({ code: 'ACCESS_DENIED' });
      }
      expect(refusal(await removed.rest.get(`${API}/messages/${secret.id}`))).toEqual([
        404,
        'MESSAGE_NOT_FOUND',
      ]);
      const { rooms } = ok<{ rooms: WireRoom[] }>(await removed.rest.get(`${API}/rooms?type=group`));
      expect(rooms).toEqual([]);
    });
  });

  describe('internal rooms', () => {
    it('exist as soon as staff enter, and only for staff', async () => {
      const [one, two, admin] = [world.person('staff'), world.person('agent'), world.person('admin')];
      const sockets = await world.joined('internal_workshop', one, two, admin);
      const sent = await post(one, 'internal_workshop', 'lift 2 is free');
      for (const socket of sockets)
        await socket.waitFor('new_message', (message: WireMessage) => message.id === sent.id);
      for (const role of ['customer', 'client']) {
        const customer = world.person(role);
        const socket = await world.socket(customer);
        for (const room_id of ['internal_workshop', 'internal_never_made']) {
          expect(await socket.ask('join_room', { room_id })).toMatchObject({ code: 'ACCESS_DENIED' });
          expect(refusal(await customer.rest.get(messagesPath(room_id)))).toEqual([403, 'ACCESS_DENIED']);
          expect(refusal(await customer.rest.post(roomPath(room_id, '/join')))).toEqual([
            403,
            'ACCESS_DENIED',
          ]);
        }
      }
      expect(refusal(await one.rest.post(roomPath('internal_Not A Dept', '/join')))).toEqual([
        404,
        'ROOM_NOT_FOUND',
      ]);
    });

    it('are made once, however many enter first', async () => {
      const people = Array.from({ length: 6 }, () => world.person('staff'));
      const sockets = await Promise.all(people.map((person) => world.socket(person)));
      const joined = await Promise.all(
        sockets.map((socket) => socket.must<{ room: WireRoom }>('join_room', { room_id: 'internal_rush' })),
      );
      expect(new Set(joined.map(({ room }) => room.id)).size).toBe(1);
      expect(await members(people[0]!, 'internal_rush')).toHaveLength(6);
    });

    /** What a person may not find anywhere: the room, and what was said in it with the word in it. */
    const expectNothingOf = async (room: { id: string; room_id: string }, person: Person, word: string) => {
      for (const path of [`${API}/rooms`, '/api/chat/rooms', `${API}/sessions`, `${API}/unread`])
        expect(JSON.stringify(ok(await person.rest.get(path)))).not.toMatch(
          new RegExp(`${room.id}|${room.room_id}`),
        );
      expect(ok(await person.rest.get(`${API}/search?q=${word}`))).toMatchObject({ messages: [] });
      const { rest } = person;
      for (const ref of [room.id, room.room_id])
        for (const answer of [
          await rest.get(roomPath(ref)),
          await rest.get(messagesPath(ref)),
          await rest.get(roomPath(ref, '/participants')),
          await rest.post(messagesPath(ref), { message: 'let me in' }),
          await rest.post(roomPath(ref, '/join')),
          await rest.post(roomPath(ref, '/archive')),
          await rest.put(roomPath(ref, `/participants/${person.id}/role`), { role: 'member' }),
          await rest.post(roomPath(ref, '/close'), { status: 'closed' }),
          await rest.delete(roomPath(ref)),
        ])
          expect(refusal(answer)).toEqual([403, 'ACCESS_DENIED']);
    };

    it('take no customers, neither when they are made nor later, and write down nothing then', async () => {
      const [staff, admin, colleague] = [world.person('staff'), world.person('admin'), world.person('agent')];
      const customers = [world.person(), world.person('client')];
      await known(staff, admin, colleague, ...customers);
      const sockets = await Promise.all(customers.map((one) => world.socket(one)));
      const open = (person: Person, ...people: Person[]) =>
        person.rest.post<{ room: WireRoom }>(`${API}/rooms`, {
          type: 'internal',
          department: 'vault',
          participant_ids: people.map(wire),
        });
      for (const customer of customers)
        for (const opener of [staff, admin, world.host()])
          expect(refusal(await open(opener, colleague, customer))).toEqual([400, 'INVALID_PARTICIPANTS']);
      expect(await sql(world, `SELECT 1 FROM rooms WHERE key = 'internal_vault'`)).toEqual([]);
      const { room } = ok(await open(staff));
      for (const customer of customers)
        expect(
          refusal(
            await admin.rest.post(roomPath(room.id, '/participants'), {
              user_ids: [wire(colleague), wire(customer)],
            }),
          ),
        ).toEqual([400, 'INVALID_PARTICIPANTS']);
      expect(await members(staff, room.id)).toEqual([wire(staff)]);
      expect(refusal(await admin.rest.post(roomPath(room.id, '/invitations'), { expires_in: 60 }))).toEqual([
        403,
        'ACCESS_DENIED',
      ]);
      ok(await admin.rest.post(roomPath(room.id, '/participants'), { user_ids: [wire(colleague)] }));
      await sentinel(world, ...sockets.map((socket, n): [Person, typeof socket] => [customers[n]!, socket]));
      for (const socket of sockets)
        expect(socket.of<{ room_id: string }>('room_added').map(({ room_id }) => room_id)).not.toContain(
          room.room_id,
        );
    });

    it('are not there for somebody who was named before they came and turns out to be a customer', async () => {
      const [staff, customer] = [
        world.person('staff'),
        world.person('customer', { claims: { username: 'turncoat' } }),
      ];
      const room = await openRoom(staff, {
        type: 'internal',
        department: 'future',
        participant_ids: [wire(customer)],
      });
      await post(staff, room.room_id, 'kaleidoscope one');
      await expectNothingOf(room, customer, 'kaleidoscope');
      expect(ok(await customer.rest.get(`${API}/unread`))).toMatchObject({ total: 0 });
      const socket = await world.socket(customer);
      for (const room_id of [room.id, room.room_id])
        for (const event of ['join_room', 'typing_start', 'mark_read'])
          expect(await socket.ask(event, { room_id })).toMatchObject({ code: 'ACCESS_DENIED' });
      await post(staff, room.room_id, 'kaleidoscope two @turncoat');
      await sentinel(world, [customer, socket]);
      expect(socket.of('mention')).toEqual([]);
      expect(heard(socket, room.room_id)).toEqual([]);
      expect(ok(await customer.rest.get(`${API}/presence?user_ids=${staff.id}`))).toEqual({ users: [] });
    });

    it.each(['a token', 'the host'])('end for those who are staff no more, as %s says', async (by) => {
      const staff = world.person('staff');
      const was = world.person('agent');
      const is = world.person('customer', { id: was.id });
      const [, socket] = await world.joined('internal_leavers', staff, was);
      await post(was, 'internal_leavers', 'still with you');
      await socket!.waitFor('new_message');
      if (by === 'a token') await known(is);
      else ok(await world.host().rest.put(`/api/v1/chat/directory/users/${is.id}`, { role: 'customer' }));
      await post(staff, 'internal_leavers', 'stroboscope');
      await sentinel(world, [was, socket!]);
      expect(heard(socket!, 'internal_leavers')).toHaveLength(1);
      const [{ id } = { id: '' }] = await sql<{ id: string }>(
        world,
        `SELECT id FROM rooms WHERE key = 'internal_leavers'`,
      );
      await expectNothingOf({ id, room_id: 'internal_leavers' }, is, 'stroboscope');
    });
  });

  describe('broadcast_all', () => {
    it('is read by everyone, and written by admins and the host only', async () => {
      const readers = [world.person(), world.person('client'), world.person('staff'), world.person('agent')];
      const sockets = await world.joined('broadcast_all', ...readers);
      const [admin, host] = [world.person('admin'), world.host()];
      const sent = await post(admin, 'broadcast_all', 'We close at noon');
      await post(host, 'broadcast_all', 'Maintenance tonight', { message_type: 'system' });
      for (const [n, socket] of sockets.entries()) {
        await socket.waitForCount('new_message', 2);
        const reader = readers[n] as Person;
        expect(refusal(await reader.rest.post(messagesPath('broadcast_all'), { message: 'x' }))).toEqual([
          403,
          'ACCESS_DENIED',
        ]);
        expect(await socket.ask('send_message', { room_id: 'broadcast_all', message: 'x' })).toMatchObject({
          code: 'ACCESS_DENIED',
        });
      }
      // Also by one who never joined.
      const page = await history(world.person(), 'broadcast_all');
      expect(page.messages.map((message) => message.message)).toEqual([
        'We close at noon',
        'Maintenance tonight',
      ]);
      expect(page.messages[0]?.id).toBe(sent.id);
    });

    it('does not tell its readers of each other', async () => {
      const [here, comes] = [world.person('customer', { name: 'Quite Private' }), world.person()];
      const [socket] = await world.joined('broadcast_all', here);
      const [other] = await world.joined('broadcast_all', comes);
      const sent = await post(world.person('admin'), 'broadcast_all', 'Hello all');
      await other!.must('mark_read', { room_id: 'broadcast_all', message_id: sent.id });
      await sentinel(world, [here, socket!]);
      await sentinel(world, [comes, other!]);
      expect(JSON.stringify(other!.received.filter(({ event }) => event === 'room_joined'))).not.toContain(
        'Quite Private',
      );
      expect(JSON.stringify(await history(comes, 'broadcast_all'))).not.toContain('Quite Private');
      expect(JSON.stringify((await comes.rest.get(roomPath('broadcast_all'))).body)).not.toContain(
        'Quite Private',
      );
      expect(
        JSON.stringify((await comes.rest.get(roomPath('broadcast_all', '/participants'))).body),
      ).not.toContain('Quite Private');
      const told = socket!.received.filter(({ payload }) => payload.room_id === 'broadcast_all');
      expect(told.map(({ event }) => event)).toEqual(['room_joined', 'new_message']);
    });
  });

  describe('an administrator in a room that is not theirs', () => {
    const entries = (admin: Person) =>
      sql<{ action: string; target_id: string; actor_role: string }>(
        world,
        'SELECT action, target_id, actor_role FROM audit_entries WHERE actor_id = $1 ORDER BY created_at, id',
        [admin.id],
      );

    it('may do everything, and each time is written to the audit log', async () => {
      const [customer, staff, admin] = [world.person(), world.person('staff'), world.person('admin')];
      const room = await world.serviceRoom([customer, staff]);
      const { id } = ok<{ room: WireRoom }>(await customer.rest.get(roomPath(room))).room;
      const steps: (() => Promise<unknown>)[] = [
        async () => ok(await admin.rest.get(roomPath(room))),
        async () => history(admin, room),
        async () => post(admin, room, 'An admin speaks'),
        async () => ok(await admin.rest.post(roomPath(room, '/close'), { status: 'resolved' })),
        async () => ok(await admin.rest.post(roomPath(room, '/reopen'))),
        async () => ok(await admin.rest.delete(roomPath(room, `/participants/${staff.id}`))),
        async () => ok(await admin.rest.post(roomPath(room, '/participants'), { user_ids: [wire(staff)] })),
      ];
      for (const [n, step] of steps.entries()) {
        await step();
        const written = await entries(admin);
        expect([n, written.length]).toEqual([n, n + 1]);
        expect(written.at(-1)).toMatchObject({ target_id: id, actor_role: 'admin' });
      }
      await history(customer, room);
      expect(await entries(customer)).toEqual([]);
    });

    it('looks on without becoming a participant', async () => {
      const [customer, admin] = [world.person(), world.person('admin')];
      const room = await world.serviceRoom([customer]);
      const [mine, socket] = await world.joined(room, customer, admin);
      const sent = await post(customer, room, 'hello');
      await socket!.waitFor('new_message', (message: WireMessage) => message.id === sent.id);
      await socket!.must('mark_read', { room_id: room, message_id: sent.id });
      expect(await members(customer, room)).toEqual([wire(customer)]);
      expect((await history(customer, room)).messages[0]?.read_by).toEqual([]);
      await sentinel(world, [customer, mine!]);
      expect(mine!.of('user_joined')).toEqual([]);
      expect(mine!.of('message_read')).toEqual([]);
      expect(ok<{ rooms: unknown[] }>(await admin.rest.get(`${API}/rooms`)).rooms).toEqual([]);
      expect((await entries(admin)).map(({ action }) => action)).toContainEqual(
        expect.stringMatching(/join/),
      );
    });
  });
});
