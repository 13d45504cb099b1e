import type { RestAnswer } from '../support/rest-client.js';
import { World, type Person } from '../support/world.js';
import { DIRECTORY, ok, roomPath, sql } from './helpers.js';
import { groupWith, known, rolesIn, type RoomRole } from './room-helpers.js';

/** Races are run so many times: without the lock nearly each of them goes wrong. */
const ROUNDS = [1, 2, 3];

describe('owners of a room', () => {
  let world: World;
  let owner: Person;
  let second: Person;
  let witness: Person;
  beforeAll(async () => (world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '100000' })));
  beforeEach(async () => {
    [owner, second, witness] = [world.person('business'), world.person(), world.person()];
    await known(owner, second, witness);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const remove = (by: Person, room: string, whom: Person): Promise<RestAnswer> =>
    by.rest.delete(roomPath(room, `/participants/${whom.id}`));
  const ban = (by: Person, room: string, whom: Person): Promise<RestAnswer> =>
    by.rest.put(roomPath(room, `/bans/${whom.id}`), {});
  const lower = (by: Person, room: string, whom: Person): Promise<RestAnswer> =>
    by.rest.put(roomPath(room, `/participants/${whom.id}/role`), { role: 'member' });
  const leave = (by: Person, room: string): Promise<RestAnswer> => by.rest.post(roomPath(room, '/leave'));

  const ownersOf = async (room: string): Promise<string[]> => {
    const roles = Object.entries(await rolesIn(witness, room));
    return roles.filter(([, role]) => role === 'owner').map(([id]) => id);
  };
  const twoOwners = (): Promise<string> =>
    groupWith(owner, [
      [second, 'owner'],
      [witness, 'member'],
    ]);

  describe('of two who act at the same moment, one stays', () => {
    const RACES: [what: string, act: (room: string) => Promise<RestAnswer>[], answers: number[][]][] = [
      [
        'remove each other',
        (room) => [remove(owner, room, second), remove(second, room, owner)],
        [[200, 403]],
      ],
      ['ban each other', (room) => [ban(owner, room, second), ban(second, room, owner)], [[200, 403]]],
      ['remove and ban', (room) => [remove(owner, room, second), ban(second, room, owner)], [[200, 403]]],
      ['lower each other', (room) => [lower(owner, room, second), lower(second, room, owner)], [[200, 403]]],
      [
        'one leaves and removes, the other is removed',
        (room) => [leave(owner, room), remove(owner, room, second)],
        // Whoever is removed first, the other one is the last owner and does not leave.
        [
          [200, 403],
          [200, 409],
        ],
      ],
    ];

    it.each(RACES)('%s', async (_what, act, answers) => {
      for (const _round of ROUNDS) {
        const room = await twoOwners();
        const statuses = (await Promise.all(act(room))).map(({ status }) => status).sort();
        expect(answers).toContainEqual(statuses);
        expect(await ownersOf(room)).toHaveLength(1);
      }
    });

    it('who was lowered a moment ago mutes nobody above them', async () => {
      for (const _round of ROUNDS) {
        const room = await twoOwners();
        const [lowered, muted] = await Promise.all([
          lower(owner, room, second),
          second.rest.put(roomPath(room, `/participants/${owner.id}/mute`), {}),
        ]);
        expect(lowered.status).toBe(200);
        expect([200, 403]).toContain(muted.status);
        const [row] = await sql<{ muted: boolean }>(
          world,
          'SELECT muted_until IS NOT NULL AS muted FROM participants WHERE room_id = $1 AND user_id = $2',
          [room, owner.id],
        );
        expect(row?.muted).toBe(muted.status === 200);
      }
    });
  });

  describe('when the last one is taken out, the next in rank owns the room', () => {
    const RANKED: [RoomRole, RoomRole, RoomRole][] = [
      ['member', 'moderator', 'admin'],
      ['member', 'member', 'moderator'],
    ];
    const ways: [string, (admin: Person, room: string) => Promise<RestAnswer>][] = [
      ['removed by an administrator', (admin, room) => remove(admin, room, owner)],
      ['banned by an administrator', (admin, room) => ban(admin, room, owner)],
      ['erased', () => world.host().rest.delete(`${DIRECTORY}/users/${owner.id}`)],
    ];
    const cases = ways.flatMap(([how, act]) => RANKED.map((ranks) => ({ how, ranks, act })));

    it.each(cases)('$how: of $ranks the last', async ({ ranks, act }) => {
      const people = [witness, second, world.person()];
      await known(...people);
      const room = await groupWith(
        owner,
        people.map((person, n): [Person, RoomRole] => [person, ranks[n] as RoomRole]),
      );
      const [socket] = await world.joined(room, witness);
      ok(await act(world.person('admin'), room));
      const heir = people[2] as Person;
      expect(await socket!.waitFor('participant_updated')).toMatchObject({
        room_id: room,
        user: { id: Number(heir.id) },
        role: 'owner',
      });
      expect(await ownersOf(room)).toEqual([heir.id]);
    });

    it.each(ways)('%s: of members the one who has been there longest', async (_how, act) => {
      const room = await groupWith(owner);
      for (const person of [witness, second])
        ok(await owner.rest.post(roomPath(room, '/participants'), { user_ids: [Number(person.id)] }));
      ok(await act(world.person('admin'), room));
      expect(await ownersOf(room)).toEqual([witness.id]);
    });

    it.each(ways)('%s: another owner is owner enough', async (_how, act) => {
      const room = await twoOwners();
      ok(await act(world.person('admin'), room));
      expect(await rolesIn(witness, room)).toEqual({ [second.id]: 'owner', [witness.id]: 'member' });
    });

    it.each(ways)('%s: who was alone leaves nobody behind', async (_how, act) => {
      const room = await groupWith(owner);
      ok(await act(world.person('admin'), room));
      expect(await rolesIn(world.person('admin'), room)).toEqual({});
    });
  });
});
