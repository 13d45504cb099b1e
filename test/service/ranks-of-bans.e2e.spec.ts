import type { RestAnswer } from '../support/rest-client.js';
import { eventually } from '../support/process.js';
import { World, type Person } from '../support/world.js';
import { API, messagesPath, ok, openRoom, post, refusal, roomPath, sql, wire } from './helpers.js';
import { groupWith, known } from './room-helpers.js';
import { BASE } from '../dialects/marketplace/helpers.js';

const DENIED = [403, 'ACCESS_DENIED'];
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** A ban and a mute have the rank of who imposed them: only the same rank or a higher one ends or changes them. */
describe('bans and mutes imposed from above', () => {
  let world: World;
  let platform: Person;
  let staff: Person;
  let member: Person;
  beforeAll(
    async () =>
      (world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '100000', CHAT_MESSAGE_LIMIT: '100000' })),
  );
  afterAll(() => world.stop());
  beforeEach(async () => {
    [platform, staff, member] = [world.person('admin'), world.person('staff'), world.person()];
    await known(platform, staff, member);
  });

  const bans = (room: string, whom = member): string => roomPath(room, `/bans/${whom.id}`);
  const mutes = (room: string, whom = member): string => roomPath(room, `/participants/${whom.id}/mute`);
  const says = async (person: Person, room: string): Promise<number> =>
    (await person.rest.post(messagesPath(room), { message: 'hello' })).status;

  describe.each(['service', 'support', 'internal'] as const)('in a %s room', (type) => {
    let room: string;
    let whom: Person;
    beforeEach(async () => {
      const colleague = world.person('staff');
      await known(colleague);
      whom = type === 'internal' ? colleague : member;
      if (type === 'service') room = await world.serviceRoom([staff, member]);
      else if (type === 'support') {
        room = (await openRoom(member, { type: 'support', subject: 'Help' })).room_id;
        ok(await staff.rest.post(roomPath(room, '/assign')));
      } else {
        room = (await openRoom(staff, { type: 'internal', department: `dept${staff.id}` })).room_id;
        ok(await whom.rest.post(roomPath(room, '/join')));
      }
    });

    it.each(['admin', 'host'])('staff do not end, shorten or replace a ban of the %s', async (who) => {
      const by = who === 'admin' ? platform : world.host();
      ok(await by.rest.put(bans(room, whom), {}));
      expect(refusal(await staff.rest.delete(bans(room, whom)))).toEqual(DENIED);
      expect(refusal(await staff.rest.put(bans(room, whom), { until: soon(60_000) }))).toEqual(DENIED);
      expect(refusal(await staff.rest.put(bans(room, whom), {}))).toEqual(DENIED);
      expect(refusal(await whom.rest.get(messagesPath(room)))).toEqual(DENIED);
      ok(await platform.rest.delete(bans(room, whom)));
    });

    it('staff do not end or shorten a mute of an administrator', async () => {
      ok(await platform.rest.put(mutes(room, whom), {}));
      for (const until of [null, soon(60_000), soon(3_600_000)])
        expect(refusal(await staff.rest.put(mutes(room, whom), { until }))).toEqual(DENIED);
      expect(await says(whom, room)).toBe(403);
      ok(await platform.rest.put(mutes(room, whom), { until: null }));
      expect(await says(whom, room)).toBe(201);
    });
  });

  it('no one who is muted ends that themselves, an owner neither', async () => {
    const room = await groupWith(staff, [[member, 'member']]);
    ok(await platform.rest.put(mutes(room, staff), {}));
    expect(refusal(await staff.rest.put(mutes(room, staff), { until: null }))).toEqual(DENIED);
    ok(await staff.rest.post(roomPath(room, '/leave'), { hand_over: true }));
    ok(await member.rest.post(roomPath(room, '/participants'), { user_ids: [wire(staff)] }));
    expect(await says(staff, room)).toBe(403);
  });

  describe('by roles of the room', () => {
    const RANKS = ['moderator', 'admin', 'owner', 'platform'] as const;
    const pairs = RANKS.flatMap((by) => RANKS.map((ends): [by: string, ends: string] => [by, ends]));

    it.each(pairs)('what a %s imposed, a %s ends or not', async (by, ends) => {
      const people: Record<string, Person> = { platform };
      for (const role of ['owner', 'admin', 'moderator']) people[role] = world.person('reader');
      const [owner, admin, moderator] = ['owner', 'admin', 'moderator'].map((role) => people[role] as Person);
      await known(owner!, admin!, moderator!);
      const room = await groupWith(owner!, [
        [admin!, 'admin'],
        [moderator!, 'moderator'],
        [member, 'member'],
      ]);
      const [imposes, lifts] = [people[by] as Person, people[ends] as Person];
      const rank = (name: string): number => RANKS.indexOf(name as (typeof RANKS)[number]);
      const allowed = rank(ends) >= rank(by);
      const answered = (answer: RestAnswer): boolean => answer.status === 200;
      ok(await imposes.rest.put(mutes(room), {}));
      const unmuted = answered(await lifts.rest.put(mutes(room), { until: null }));
      ok(await imposes.rest.put(bans(room), {}));
      const unbanned = answered(await lifts.rest.delete(bans(room)));
      expect([unmuted, unbanned]).toEqual([allowed, allowed]);
      expect(
        (await owner!.rest.post(roomPath(room, '/participants'), { user_ids: [wire(member)] })).status,
      ).toBe(allowed ? 200 : 403);
    });

    it('who is of a higher rank takes a ban over, which the lower one does not end any more', async () => {
      const moderator = world.person('reader');
      await known(moderator);
      const room = await groupWith(staff, [
        [moderator, 'moderator'],
        [member, 'member'],
      ]);
      ok(await moderator.rest.put(bans(room), {}));
      ok(await staff.rest.put(bans(room), { until: soon(3_600_000) }));
      expect(refusal(await moderator.rest.delete(bans(room)))).toEqual(DENIED);
      ok(await staff.rest.delete(bans(room)));
      ok(await moderator.rest.put(bans(room), {}));
      ok(await moderator.rest.delete(bans(room)));
    });

    it('one that has ended binds nobody, and one of the release before is of no rank', async () => {
      const moderator = world.person('reader');
      await known(moderator);
      const room = await groupWith(staff, [[moderator, 'moderator']]);
      ok(await staff.rest.put(bans(room), { until: soon(500) }));
      await eventually(
        'the ban has ended',
        async () => (await moderator.rest.put(bans(room), {})).status === 200,
      );
      await sql(world, 'UPDATE participants SET banned_by = NULL, banned_rank = NULL WHERE room_id = $1', [
        room,
      ]);
      ok(await moderator.rest.delete(bans(room)));
    });
  });

  it('goes on when the one who imposed it is erased, and names them no more', async () => {
    const room = await world.serviceRoom([staff, member]);
    ok(await platform.rest.put(bans(room), {}));
    ok(await world.host().rest.delete(`${API}/directory/users/${platform.id}`));
    expect(refusal(await staff.rest.delete(bans(room)))).toEqual(DENIED);
    expect(await sql(world, 'SELECT 1 FROM participants WHERE banned_by = $1', [platform.id])).toEqual([]);
  });

  it('a block of an administrator comes over one of the two, who does not end it', async () => {
    const [provider, customer] = [world.person('provider'), world.person()];
    await known(provider, customer);
    const { id } = ok(
      await customer.rest.post<{ id: string }>(`${BASE}/conversations`, {
        providerId: provider.id,
        customerId: customer.id,
      }),
    );
    ok(await customer.rest.patch(`${BASE}/conversations/${id}/block`));
    ok(await platform.rest.post(roomPath(id, '/block')));
    expect(refusal(await customer.rest.patch(`${BASE}/conversations/${id}/unblock`))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    expect(refusal(await customer.rest.post(roomPath(id, '/unblock')))).toEqual(DENIED);
    ok(await platform.rest.post(roomPath(id, '/unblock')));
    await post(customer, id, 'hello again');
  });
});
