import { World, type Person } from '../support/world.js';
import { API, ok, openRoom, refusal, roomPath, sql, wire } from './helpers.js';
import { groupWith, known, rolesIn } from './room-helpers.js';

interface Invitation {
  id: string;
  expires_at: string;
  max_uses: number | null;
  uses: number;
}

describe('invitations by link', () => {
  let world: World;
  let owner: Person;
  let room: string;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    owner = world.person('business');
    await known(owner);
    room = await groupWith(owner);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const invite = async (body: Record<string, unknown> = {}) =>
    ok(
      await owner.rest.post<{ invitation: Invitation; token: string }>(roomPath(room, '/invitations'), body),
    );
  const accept = (person: Person, token: string) =>
    person.rest.post<{ room: { room_id: string } }>(`${API}/invitations/${token}/accept`);
  const list = async (): Promise<Invitation[]> =>
    ok(await owner.rest.get<{ invitations: Invitation[] }>(roomPath(room, '/invitations'))).invitations;

  it('opens a private room to who has the link, and to nobody else', async () => {
    const [guest, stranger] = [world.person(), world.person()];
    const { invitation, token } = await invite();
    expect(invitation).toMatchObject({ created_by: wire(owner), max_uses: null, uses: 0 });
    const days = (Date.parse(invitation.expires_at) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(7.1);
    const [socket] = await world.joined(room, owner);
    expect(ok(await accept(guest, token)).room.room_id).toBe(room);
    expect(await socket!.waitFor('user_joined')).toMatchObject({ user: { id: wire(guest) }, role: 'member' });
    expect(await rolesIn(guest, room)).toEqual({ [owner.id]: 'owner', [guest.id]: 'member' });
    expect(refusal(await accept(stranger, `${token}x`))).toEqual([404, 'INVITATION_NOT_FOUND']);
    expect(refusal(await stranger.rest.post(roomPath(room, '/join')))).toEqual([403, 'ACCESS_DENIED']);
  });

  it('shows its token once and keeps only a fingerprint of it', async () => {
    const { token } = await invite();
    expect(JSON.stringify(await list())).not.toContain(token);
    const rows = await sql(world, 'SELECT * FROM invitations WHERE room_id = $1', [room]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('ends at its time', async () => {
    const { invitation, token } = await invite({ expires_in: 60 });
    expect(Date.parse(invitation.expires_at) - Date.now()).toBeLessThanOrEqual(60_500);
    await sql(world, `UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      invitation.id,
    ]);
    expect(refusal(await accept(world.person(), token))).toEqual([404, 'INVITATION_NOT_FOUND']);
    expect(await list()).toEqual([]);
    for (const expires_in of [59, 366 * 86_400, 'soon'])
      expect(refusal(await owner.rest.post(roomPath(room, '/invitations'), { expires_in }))).toEqual([
        400,
        'VALIDATION_ERROR',
      ]);
  });

  it('ends with its last use; who is in already uses nothing', async () => {
    const { token } = await invite({ max_uses: 2 });
    const [first, second, third] = [world.person(), world.person(), world.person()];
    for (const person of [first, first, owner]) ok(await accept(person, token));
    expect((await list()).map(({ uses }) => uses)).toEqual([1]);
    ok(await accept(second, token));
    expect(await list()).toEqual([]);
    expect(refusal(await accept(third, token))).toEqual([404, 'INVITATION_NOT_FOUND']);
    ok(await accept(first, token));
  });

  it('lets as many in as it has uses, when many come at the same moment', async () => {
    const { token } = await invite({ max_uses: 3 });
    const people = Array.from({ length: 10 }, () => world.person());
    const answers = await Promise.all(people.map((person) => accept(person, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers.filter(({ body }) => body.code === 'INVITATION_NOT_FOUND')).toHaveLength(7);
    expect(Object.keys(await rolesIn(owner, room))).toHaveLength(4);
  });

  it('counts a double click once', async () => {
    const { token } = await invite({ max_uses: 1 });
    const guest = world.person();
    const answers = await Promise.all([accept(guest, token), accept(guest, token), accept(guest, token)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const rows = await sql(world, 'SELECT uses FROM invitations WHERE room_id = $1', [room]);
    expect(rows).toEqual([{ uses: 1 }]);
  });

  it('cannot be used once revoked', async () => {
    const { invitation, token } = await invite();
    const path = roomPath(room, `/invitations/${invitation.id}`);
    ok(await owner.rest.delete(path));
    expect(refusal(await accept(world.person(), token))).toEqual([404, 'INVITATION_NOT_FOUND']);
    expect(await list()).toEqual([]);
    for (const id of [invitation.id, 'nonsense'])
      expect(refusal(await owner.rest.delete(roomPath(room, `/invitations/${id}`)))).toEqual([
        404,
        'INVITATION_NOT_FOUND',
      ]);
    const elsewhere = await groupWith(owner);
    const other = await invite();
    expect(
      refusal(await owner.rest.delete(roomPath(elsewhere, `/invitations/${other.invitation.id}`))),
    ).toEqual([404, 'INVITATION_NOT_FOUND']);
    ok(await accept(world.person(), other.token));
  });

  describe('ends with the one who made it', () => {
    const outs: [string, (inviter: Person) => Promise<unknown>][] = [
      ['removed', ({ id }) => owner.rest.delete(roomPath(room, `/participants/${id}`))],
      ['banned', ({ id }) => owner.rest.put(roomPath(room, `/bans/${id}`), {})],
      [
        'banned after leaving',
        async ({ id, rest }) => {
          ok(await rest.post(roomPath(room, '/leave')));
          return owner.rest.put(roomPath(room, `/bans/${id}`), {});
        },
      ],
    ];
    it.each(outs)('%s, and not with others', async (_how, act) => {
      const inviter = world.person();
      await known(inviter);
      room = await groupWith(owner, [[inviter, 'admin']]);
      const theirs = ok(await inviter.rest.post<{ token: string }>(roomPath(room, '/invitations'), {})).token;
      const mine = (await invite()).token;
      await act(inviter);
      expect(refusal(await accept(world.person(), theirs))).toEqual([404, 'INVITATION_NOT_FOUND']);
      expect(await list()).toHaveLength(1);
      ok(await owner.rest.delete(roomPath(room, `/bans/${inviter.id}`)));
      expect(refusal(await accept(inviter, theirs))).toEqual([404, 'INVITATION_NOT_FOUND']);
      ok(await accept(inviter, mine));
    });

    it('also when it is made at the moment when they are removed', async () => {
      for (const _round of [1, 2, 3]) {
        const inviter = world.person();
        await known(inviter);
        room = await groupWith(owner, [[inviter, 'admin']]);
        const making = Array.from({ length: 5 }, () => inviter.rest.post(roomPath(room, '/invitations'), {}));
        ok(await owner.rest.delete(roomPath(room, `/participants/${inviter.id}`)));
        await Promise.all(making);
        expect(await list()).toEqual([]);
      }
    });
  });

  it('lets no banned person in, not by their own one either', async () => {
    const [guest, inviter] = [world.person(), world.person()];
    await known(guest, inviter);
    room = await groupWith(owner, [[inviter, 'admin']]);
    const own = ok(await inviter.rest.post<{ token: string }>(roomPath(room, '/invitations'), {})).token;
    const { token } = await invite();
    for (const { id } of [guest, inviter]) ok(await owner.rest.put(roomPath(room, `/bans/${id}`), {}));
    for (const person of [guest, inviter])
      expect(refusal(await accept(person, token))).toEqual([403, 'ACCESS_DENIED']);
    expect(refusal(await accept(inviter, own))).toEqual([404, 'INVITATION_NOT_FOUND']);
    expect((await list()).map(({ uses }) => uses)).toEqual([0]);
  });

  it('does not open a full room, and a refusal uses nothing up', async () => {
    const { token } = await invite({ max_uses: 1 });
    const guest = world.person();
    ok(await owner.rest.post(roomPath(room, '/participants'), { user_ids: ['a', 'b'] }));
    ok(await owner.rest.patch(roomPath(room), { max_members: 3 }));
    expect(refusal(await accept(guest, token))).toEqual([409, 'ROOM_FULL']);
    ok(await owner.rest.delete(roomPath(room, '/participants/a')));
    ok(await accept(guest, token));
  });

  it('is for groups and channels, and not for the host', async () => {
    const direct = await openRoom(owner, { type: 'direct', participant_ids: ['a'] });
    expect(refusal(await world.person('admin').rest.post(roomPath(direct.id, '/invitations'), {}))).toEqual([
      403,
      'ACCESS_DENIED',
    ]);
    const { token } = await invite();
    expect(refusal(await accept(world.host(), token))).toEqual([403, 'ACCESS_DENIED']);
  });
});
