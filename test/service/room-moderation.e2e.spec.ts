import { jest } from '@jest/globals';
import { RoomActivityPort } from '#libs/rooms';
import { World, type Person } from '../support/world.js';
import { API, heard, messagesPath, ok, post, refusal, roomPath, sentinel, wire } from './helpers.js';
import { eventually } from '../support/process.js';
import { groupWith, known, rolesIn } from './room-helpers.js';

const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe('muting, banning and ownership', () => {
  let world: World;
  let owner: Person;
  let moderator: Person;
  let member: Person;
  let room: string;
  // Trying again and again until a mute ends must not meet the rate.
  beforeAll(
    async () =>
      (world = await World.start({ CHAT_MESSAGE_LIMIT: '100000', HTTP_REQUESTS_PER_MINUTE: '100000' })),
  );
  beforeEach(async () => {
    [owner, moderator, member] = [world.person('business'), world.person(), world.person()];
    await known(owner, moderator, member);
    room = await groupWith(
      owner,
      [
        [moderator, 'moderator'],
        [member, 'member'],
      ],
      { is_private: false },
    );
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const mute = (by: Person, body: Record<string, unknown>) =>
    by.rest.put<{ participant: { muted_until: string | null } }>(
      roomPath(room, `/participants/${member.id}/mute`),
      body,
    );
  const ban = (by: Person, body: Record<string, unknown> = {}, whom = member) =>
    by.rest.put<{ banned_until: string }>(roomPath(room, `/bans/${whom.id}`), body);
  const write = async (): Promise<[number, string]> =>
    refusal(await member.rest.post(messagesPath(room), { message: 'x' }));
  const enter = async (): Promise<[number, string]> =>
    refusal(await member.rest.post(roomPath(room, '/join')));

  describe('mute', () => {
    it('stops writing, typing, reacting and editing; reading goes on; it ends by itself', async () => {
      const { id } = await post(member, room, 'before');
      const [socket, other] = await world.joined(room, member, moderator);
      const until = soon(700);
      expect(ok(await mute(moderator, { until })).participant.muted_until).toBe(until);
      expect(await other!.waitFor('participant_updated')).toMatchObject({
        room_id: room,
        user: { id: wire(member) },
        muted_until: until,
      });
      const refused = await member.rest.post(messagesPath(room), { message: 'x' });
      expect(refusal(refused)).toEqual([403, 'ACCESS_DENIED']);
      expect(refused.body.details).toEqual([{ muted_until: until }]);
      for (const [event, payload] of [
        ['send_message', { room_id: room, message: 'x' }],
        ['typing_start', { room_id: room }],
        ['edit_message', { message_id: id, message: 'x' }],
        ['react_to_message', { message_id: id, reaction: '👍' }],
      ] as const)
        expect([event, (await socket!.ask(event, payload)).code]).toEqual([event, 'ACCESS_DENIED']);
      const sent = await post(moderator, room, 'calm down');
      await socket!.waitFor('new_message', (message: { id: string }) => message.id === sent.id);
      await eventually('the mute has ended', async () => (await write())[0] === 201);
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
    });

    it('without an end lasts until somebody ends it, also over leaving and coming back', async () => {
      ok(await mute(moderator, {}));
      ok(await member.rest.post(roomPath(room, '/leave')));
      ok(await member.rest.post(roomPath(room, '/join')));
      expect(await write()).toEqual([403, 'ACCESS_DENIED']);
      expect(ok(await mute(owner, { until: null })).participant.muted_until).toBeNull();
      await post(member, room, 'thank you');
    });

    it('refuses an end that is past or no time', async () => {
      for (const until of [soon(-1_000), 'tomorrow', 5])
        expect(refusal(await mute(moderator, { until }))).toEqual([400, 'VALIDATION_ERROR']);
      await post(member, room, 'still free');
    });

    it('answers NOT_FOUND for somebody who is not in the room', async () => {
      const path = roomPath(room, `/participants/${world.person().id}/mute`);
      expect(refusal(await moderator.rest.put(path, {}))).toEqual([404, 'NOT_FOUND']);
    });
  });

  describe('ban', () => {
    it('removes at once, keeps out until its end, and ends by itself', async () => {
      const [socket] = await world.joined(room, member);
      const until = soon(3_600_000);
      expect(ok(await ban(moderator, { until })).banned_until).toBe(until);
      await post(owner, room, 'among us');
      await sentinel(world, [member, socket!]);
      expect(heard(socket!, room)).toEqual([]);
      const refused = await member.rest.post(roomPath(room, '/join'));
      expect(refusal(refused)).toEqual([403, 'ACCESS_DENIED']);
      expect(refused.body.details).toEqual([{ banned_until: until }]);
      expect(await socket!.ask('join_room', { room_id: room })).toMatchObject({ code: 'ACCESS_DENIED' });
      const end = soon(300);
      ok(await ban(moderator, { until: end }));
      await eventually('the ban has ended', async () => (await enter())[0] === 200);
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(end));
    });

    it('without an end lasts until it is lifted; nobody can add the banned', async () => {
      ok(await ban(moderator));
      expect(await enter()).toEqual([403, 'ACCESS_DENIED']);
      const body = { user_ids: [wire(member)] };
      expect(refusal(await owner.rest.post(roomPath(room, '/participants'), body))).toEqual([
        403,
        'ACCESS_DENIED',
      ]);
      ok(await moderator.rest.delete(roomPath(room, `/bans/${member.id}`)));
      expect(Object.keys(await rolesIn(owner, room))).not.toContain(member.id);
      ok(await owner.rest.post(roomPath(room, '/participants'), body));
    });

    it('also keeps out who never came, and an invitation is no way around it', async () => {
      const stranger = world.person();
      ok(await ban(moderator, {}, stranger));
      expect(refusal(await stranger.rest.post(roomPath(room, '/join')))).toEqual([403, 'ACCESS_DENIED']);
      const { token } = ok(
        await owner.rest.post<{ token: string }>(roomPath(room, '/invitations'), { max_uses: 1 }),
      );
      expect(refusal(await stranger.rest.post(`${API}/invitations/${token}/accept`))).toEqual([
        403,
        'ACCESS_DENIED',
      ]);
      // The refusal used nothing up.
      ok(await world.person().rest.post(`${API}/invitations/${token}/accept`));
    });

    it('ends joining that is under way', async () => {
      let beRemoved = (): void => undefined;
      const removed = new Promise<void>((resolve) => (beRemoved = resolve));
      let areJoining = (): void => undefined;
      const joining = new Promise<void>((resolve) => (areJoining = resolve));
      // After they were let in, and before delivery begins.
      const spies = world.server.nodes.map(({ app }) => {
        const port = app.get(RoomActivityPort);
        const beforeJoin = port.beforeJoin.bind(port);
        return jest.spyOn(port, 'beforeJoin').mockImplementation(async (roomId) => {
          await beforeJoin(roomId);
          areJoining();
          await removed;
        });
      });
      const socket = await world.socket(member);
      const asked = socket.ask('join_room', { room_id: room });
      await joining;
      ok(await ban(moderator));
      await socket.waitFor('room_removed');
      beRemoved();
      expect(await asked).toMatchObject({ code: 'ACCESS_DENIED' });
      for (const spy of spies) spy.mockRestore();
      await post(owner, room, 'among us');
      await sentinel(world, [member, socket]);
      expect(heard(socket, room)).toEqual([]);
    });

    it('is not for oneself', async () => {
      expect(refusal(await ban(owner, {}, owner))).toEqual([403, 'ACCESS_DENIED']);
    });
  });

  describe('rooms that people do not run by themselves', () => {
    it('a direct room keeps its two', async () => {
      const staff = world.person('staff');
      const { room: direct } = ok(
        await staff.rest.post<{ room: { id: string } }>(`${API}/rooms`, {
          type: 'direct',
          participant_ids: [wire(member)],
        }),
      );
      for (const path of [`/bans/${member.id}`, `/participants/${member.id}`]) {
        const method = path.startsWith('/bans') ? 'PUT' : 'DELETE';
        const answer = await staff.rest.call(
          method,
          roomPath(direct.id, path),
          method === 'PUT' ? {} : undefined,
        );
        expect([path, ...refusal(answer)]).toEqual([path, 403, 'ACCESS_DENIED']);
      }
      await post(member, direct.id, 'still here');
    });

    it('the host decides who is in a service room', async () => {
      const staff = world.person('staff');
      await known(staff);
      const service = await world.serviceRoom([member, staff]);
      for (const answer of [
        await staff.rest.delete(roomPath(service, `/participants/${member.id}`)),
        await staff.rest.put(roomPath(service, `/bans/${member.id}`), {}),
        await staff.rest.post(roomPath(service, '/participants'), { user_ids: [wire(owner)] }),
      ])
        expect(refusal(answer)).toEqual([403, 'ACCESS_DENIED']);
      await post(member, service, 'still here');
    });

    it('staff who joined the announcements run nothing there', async () => {
      const [staff, reader, admin] = [world.person('staff'), world.person(), world.person('admin')];
      for (const person of [staff, reader]) ok(await person.rest.post(roomPath('broadcast_all', '/join')));
      const { id } = await post(admin, 'broadcast_all', 'We close at noon');
      for (const answer of [
        await staff.rest.delete(`${API}/messages/${id}`),
        await staff.rest.put(roomPath('broadcast_all', `/bans/${reader.id}`), {}),
        await staff.rest.put(roomPath('broadcast_all', `/participants/${reader.id}/mute`), {}),
        await staff.rest.patch(roomPath('broadcast_all'), { name: 'Mine' }),
        await staff.rest.delete(roomPath('broadcast_all')),
      ])
        expect(refusal(answer)).toEqual([403, 'ACCESS_DENIED']);
      expect(refusal(await admin.rest.delete(roomPath('broadcast_all')))).toEqual([403, 'ACCESS_DENIED']);
      ok(await admin.rest.delete(`${API}/messages/${id}`));
    });
  });

  describe('ownership', () => {
    const transfer = (by: Person, to: Person) =>
      by.rest.post(roomPath(room, '/owner'), { user_id: wire(to) });

    it('goes to another one; the owner becomes admin', async () => {
      const [socket] = await world.joined(room, member);
      ok(await transfer(owner, member));
      expect(await rolesIn(member, room)).toEqual({
        [owner.id]: 'admin',
        [moderator.id]: 'moderator',
        [member.id]: 'owner',
      });
      await socket!.waitForCount('participant_updated', 2);
      expect(refusal(await transfer(owner, owner))).toEqual([403, 'ACCESS_DENIED']);
      ok(await owner.rest.post(roomPath(room, '/leave')));
    });

    it('goes to one only, when it is given away twice at the same moment', async () => {
      const answers = await Promise.all([transfer(owner, member), transfer(owner, moderator)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
      const roles = Object.values(await rolesIn(member, room));
      expect(roles.filter((role) => role === 'owner')).toHaveLength(1);
      expect(roles.filter((role) => role === 'admin')).toHaveLength(1);
    });

    it('stays where the other one is not in the room, or oneself', async () => {
      expect(refusal(await transfer(owner, world.person()))).toEqual([404, 'NOT_FOUND']);
      ok(await transfer(owner, owner));
      expect((await rolesIn(owner, room))[owner.id]).toBe('owner');
    });

    it('is given by a platform admin without promoting themselves', async () => {
      const admin = world.person('admin');
      ok(await admin.rest.post(roomPath(room, '/join')));
      ok(await transfer(admin, member));
      expect(await rolesIn(admin, room)).toMatchObject({ [admin.id]: 'member', [member.id]: 'owner' });
    });

    it('never leaves a room without an owner, when both owners leave at the same moment', async () => {
      ok(await owner.rest.put(roomPath(room, `/participants/${member.id}/role`), { role: 'owner' }));
      const answers = await Promise.all(
        [owner, member].map((person) => person.rest.post(roomPath(room, '/leave'))),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(Object.values(await rolesIn(moderator, room)).sort()).toEqual(['moderator', 'owner']);
    });

    it('goes to the highest in rank when the last owner leaves with hand_over', async () => {
      ok(await owner.rest.post(roomPath(room, '/leave'), { hand_over: true }));
      expect(await rolesIn(member, room)).toEqual({ [moderator.id]: 'owner', [member.id]: 'member' });
    });
  });
});
