import { readFileSync } from 'node:fs';
import pg from 'pg';
import { LEAST_ROLE, type RoomAction } from '#libs/rooms';
import type { RestAnswer } from '../support/rest-client.js';
import { World, type Person } from '../support/world.js';
import { API, ok, post, refusal, roomPath, wire } from './helpers.js';
import { groupWith, known, rolesIn, ROLES, type RoomRole } from './room-helpers.js';

const ACTORS = ['owner', 'admin', 'moderator', 'member', 'outsider', 'platform admin'] as const;
type ActorName = (typeof ACTORS)[number];

interface Documented {
  action: RoomAction;
  /** As the table has them. */
  routes: string[];
  allowed: string[];
}

/** The table of docs/permissions.md. */
function documentedRows(): Documented[] {
  const page = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
  return page
    .split('\n')
    .filter((line) => /^\| +`\w+` +\|.*\| +(yes|no) +\|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, action = '', routes = '', ...cells]) => ({
      action: action.replaceAll('`', '') as RoomAction,
      routes: [...routes.matchAll(/`([^`]+)`/g)].map(([, route = '']) => route),
      allowed: ACTORS.map((_actor, n) => cells[n] ?? ''),
    }));
}

/** One row for each route of each cell. */
const documentedCells = (): [action: RoomAction, route: string, actor: ActorName, allowed: string][] =>
  documentedRows().flatMap(({ action, routes, allowed }) =>
    routes.flatMap((route) =>
      ACTORS.map((actor, n): [RoomAction, string, ActorName, string] => [
        action,
        route,
        actor,
        allowed[n] as string,
      ]),
    ),
  );

interface Scene {
  room: string;
  /** Of the target, edited once. */
  message: string;
  /** By the owner. */
  invitation: string;
}

interface Attempt {
  /** What the owner does first, so that there is something to undo. */
  prepare?: (owner: Person, scene: Scene) => Promise<RestAnswer>;
  act: (actor: Person, scene: Scene) => Promise<RestAnswer>;
  /** Of a route that changes nothing: what it answers. */
  reads?: unknown;
}

const OF_A_MESSAGE = new Set<RoomAction>(['delete_messages', 'pin_messages', 'read_edits']);

describe('who may do what in a room', () => {
  let world: World;
  let database: pg.Client;
  let target: Person;
  let newcomer: Person;
  const people = new Map<ActorName, Person>();
  const actorOf = (name: ActorName): Person => people.get(name) as Person;

  beforeAll(async () => {
    world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '100000', CHAT_MESSAGE_LIMIT: '100000' });
    database = new pg.Client({ connectionString: world.server.database.url });
    await database.connect();
    // Without any permission that would raise a role.
    const claims = { permissions: ['chats:read', 'chats:create'] };
    for (const name of ACTORS)
      people.set(
        name,
        world.person(name === 'owner' ? 'staff' : name === 'platform admin' ? 'admin' : 'client', {
          claims: name === 'platform admin' ? {} : claims,
        }),
      );
    [target, newcomer] = [world.person(), world.person()];
    await known(...people.values(), target, newcomer);
  });
  afterAll(async () => {
    await database.end();
    await world.stop();
  });

  async function scene(action: RoomAction, { prepare }: Attempt): Promise<Scene> {
    const made = await bareScene(action);
    if (prepare) ok(await prepare(actorOf('owner'), made));
    return made;
  }

  async function bareScene(action: RoomAction): Promise<Scene> {
    const room = await groupWith(actorOf('owner'), [
      [actorOf('admin'), 'admin'],
      [actorOf('moderator'), 'moderator'],
      [actorOf('member'), 'member'],
      [target, 'member'],
    ]);
    if (action === 'invite') {
      const made = await actorOf('owner').rest.post<{ invitation: { id: string } }>(
        roomPath(room, '/invitations'),
        {},
      );
      return { room, message: '', invitation: ok(made).invitation.id };
    }
    if (!OF_A_MESSAGE.has(action)) return { room, message: '', invitation: '' };
    const { id } = await post(target, room, 'first words');
    ok(await target.rest.patch(`${API}/messages/${id}`, { message: 'second thoughts' }));
    return { room, message: id, invitation: '' };
  }

  const person = (rest: string): string => `/participants/${target.id}${rest}`;
  const close: Attempt['act'] = ({ rest }, { room }) =>
    rest.post(roomPath(room, '/close'), { status: 'closed' });
  const pin: Attempt['act'] = ({ rest }, { message }) => rest.put(`${API}/messages/${message}/pin`);
  /** By the routes of the table. */
  const ATTEMPTS: Record<RoomAction, Record<string, Attempt>> = {
    update_room: {
      'PATCH /rooms/{room_id}': {
        act: ({ rest }, { room }) => rest.patch(roomPath(room), { name: 'Renamed' }),
      },
    },
    add_people: {
      'POST /rooms/{room_id}/participants': {
        act: ({ rest }, { room }) =>
          rest.post(roomPath(room, '/participants'), { user_ids: [wire(newcomer)] }),
      },
    },
    invite: {
      'POST /rooms/{room_id}/invitations': {
        act: ({ rest }, { room }) => rest.post(roomPath(room, '/invitations'), {}),
      },
      GET: {
        act: ({ rest }, { room }) => rest.get(roomPath(room, '/invitations')),
        reads: { invitations: [expect.objectContaining({ uses: 0 })] },
      },
      'DELETE …/{invitation_id}': {
        act: ({ rest }, { room, invitation }) => rest.delete(roomPath(room, `/invitations/${invitation}`)),
      },
    },
    set_roles: {
      'PUT /rooms/{room_id}/participants/{user_id}/role': {
        act: ({ rest }, { room }) => rest.put(roomPath(room, person('/role')), { role: 'moderator' }),
      },
    },
    set_status: {
      'POST /rooms/{room_id}/close': { act: close },
      '…/reopen': { prepare: close, act: ({ rest }, { room }) => rest.post(roomPath(room, '/reopen')) },
    },
    remove_people: {
      'DELETE /rooms/{room_id}/participants/{user_id}': {
        act: ({ rest }, { room }) => rest.delete(roomPath(room, person(''))),
      },
    },
    mute: {
      'PUT /rooms/{room_id}/participants/{user_id}/mute': {
        act: ({ rest }, { room }) => rest.put(roomPath(room, person('/mute')), {}),
      },
    },
    ban: {
      'PUT /rooms/{room_id}/bans/{user_id}': {
        act: ({ rest }, { room }) => rest.put(roomPath(room, `/bans/${target.id}`), {}),
      },
      DELETE: {
        // Of the lowest rank that may: what is imposed from above is not theirs to end.
        prepare: (_owner, { room }) =>
          actorOf('moderator').rest.put(roomPath(room, `/bans/${newcomer.id}`), {}),
        act: ({ rest }, { room }) => rest.delete(roomPath(room, `/bans/${newcomer.id}`)),
      },
    },
    delete_messages: {
      'DELETE /messages/{message_id}': {
        act: ({ rest }, { message }) => rest.delete(`${API}/messages/${message}`),
      },
    },
    pin_messages: {
      'PUT /messages/{message_id}/pin': { act: pin },
      DELETE: {
        prepare: pin,
        act: ({ rest }, { message }) => rest.delete(`${API}/messages/${message}/pin`),
      },
    },
    read_edits: {
      'GET /messages/{message_id}/edits': {
        act: ({ rest }, { message }) => rest.get(`${API}/messages/${message}/edits`),
        reads: { edits: [{ message: 'first words', edited_at: expect.any(String) }] },
      },
    },
    transfer_ownership: {
      'POST /rooms/{room_id}/owner': {
        act: ({ rest }, { room }) => rest.post(roomPath(room, '/owner'), { user_id: wire(target) }),
      },
    },
    delete_room: {
      'DELETE /rooms/{room_id}': { act: ({ rest }, { room }) => rest.delete(roomPath(room)) },
    },
  };
  const attemptOf = (action: RoomAction, route: string): Attempt => ATTEMPTS[action][route] as Attempt;

  /** What the database holds of the room (equal before and after what was refused), and how many overrides. */
  async function stateOf(room: string): Promise<{ state: unknown; overrides: number }> {
    const { rows } = await database.query<{ state: unknown; overrides: number }>(
      `SELECT json_build_object(
         'room', (SELECT json_agg(json_build_array(name, status)) FROM rooms WHERE id = $1),
         'people', (SELECT json_agg(json_build_array(user_id, role, left_at, muted_until, banned_until) ORDER BY user_id)
                    FROM participants WHERE room_id = $1),
         'messages', (SELECT json_agg(json_build_array(content, pinned_at)) FROM messages WHERE room_id = $1),
         'invitations', (SELECT json_agg(json_build_array(id, revoked_at) ORDER BY id)
                         FROM invitations WHERE room_id = $1)) AS state,
         (SELECT count(*)::int FROM audit_entries WHERE target_id = $1::text AND action LIKE '%override%') AS overrides`,
      [room],
    );
    return rows[0] as { state: unknown; overrides: number };
  }

  it('is documented for every action and every kind of actor, as the policy has it', () => {
    const rows = documentedRows();
    expect(rows.map(({ action, routes }) => [action, routes])).toEqual(
      Object.entries(ATTEMPTS).map(([action, attempts]) => [action, Object.keys(attempts)]),
    );
    expect(rows.map(({ action }) => action).sort()).toEqual(Object.keys(LEAST_ROLE).sort());
    const rank = (role: RoomRole): number => ROLES.indexOf(role);
    for (const [action, , actor, allowed] of documentedCells()) {
      const expected =
        actor === 'platform admin'
          ? 'audited'
          : actor !== 'outsider' && rank(actor) <= rank(LEAST_ROLE[action])
            ? 'yes'
            : 'no';
      expect([action, actor, allowed]).toEqual([action, actor, expected]);
    }
  });

  it.each(documentedCells())('%s, %s, by %s: %s', async (action, route, name, allowed) => {
    const attempt = attemptOf(action, route);
    const [actor, here] = [actorOf(name), await scene(action, attempt)];
    const before = await stateOf(here.room);
    const answer = await attempt.act(actor, here);
    const after = await stateOf(here.room);
    if (allowed === 'no') {
      const hidden = name === 'outsider' && OF_A_MESSAGE.has(action);
      expect(refusal(answer)).toEqual(hidden ? [404, 'MESSAGE_NOT_FOUND'] : [403, 'ACCESS_DENIED']);
      expect(after).toEqual(before);
      return;
    }
    expect([answer.status < 300, answer.body.success]).toEqual([true, true]);
    if (attempt.reads !== undefined) expect(answer.body.data).toEqual(attempt.reads);
    else expect(after.state).not.toEqual(before.state);
    expect(after.overrides > before.overrides).toBe(allowed === 'audited');
  });

  describe('permissions of the token raise what a participant may', () => {
    const RAISED: [permission: string, actions: RoomAction[]][] = [
      ['chats:update', ['update_room', 'add_people', 'invite', 'set_status']],
      ['chats:moderate', ['remove_people', 'mute', 'ban', 'delete_messages', 'pin_messages', 'read_edits']],
      ['chats:delete', ['delete_room']],
    ];
    const cases = RAISED.flatMap(([permission, actions]) =>
      documentedRows().flatMap(({ action, routes }) =>
        routes.map((route): [string, RoomAction, string, boolean] => [
          permission,
          action,
          route,
          actions.includes(action),
        ]),
      ),
    );

    it.each(cases)('%s: %s, %s, by a member: %s', async (permission, action, route, allowed) => {
      const attempt = attemptOf(action, route);
      const claims = { permissions: ['chats:read', permission] };
      const [member, outsider] = [world.person('client', { claims }), world.person('client', { claims })];
      const here = await scene(action, attempt);
      ok(
        await actorOf('owner').rest.post(roomPath(here.room, '/participants'), { user_ids: [wire(member)] }),
      );
      expect((await attempt.act(outsider, here)).status).toBeGreaterThanOrEqual(403);
      expect([action, (await attempt.act(member, here)).status < 300]).toEqual([action, allowed]);
    });
  });

  describe('rank', () => {
    const pairs = ROLES.flatMap((mine) => ROLES.map((theirs): [RoomRole, RoomRole] => [mine, theirs]));

    it.each(pairs)('%s acts on %s', async (mine, theirs) => {
      const [owner, one, other] = [actorOf('owner'), actorOf('member'), target];
      const rank = (role: RoomRole): number => ROLES.length - ROLES.indexOf(role);
      const allowed = mine === 'owner' || (mine !== 'member' && rank(mine) > rank(theirs));
      const attempts = (['mute', 'remove_people', 'ban'] as const).map(
        (action) => Object.values(ATTEMPTS[action])[0] as Attempt,
      );
      const answers = await Promise.all(
        attempts.map(async ({ act }) => {
          const room = await groupWith(owner, [
            [one, mine],
            [other, theirs],
          ]);
          return (await act(one, { room, message: '', invitation: '' })).status;
        }),
      );
      expect(answers).toEqual(attempts.map(() => (allowed ? 200 : 403)));
    });

    it.each(pairs)('%s makes somebody %s', async (mine, role) => {
      const room = await groupWith(actorOf('owner'), [
        [actorOf('member'), mine],
        [target, 'member'],
      ]);
      const answer = await actorOf('member').rest.put(roomPath(room, person('/role')), { role });
      const allowed = mine === 'owner' || (mine === 'admin' && (role === 'moderator' || role === 'member'));
      expect(answer.status).toBe(allowed ? 200 : 403);
      expect((await rolesIn(target, room))[target.id]).toBe(allowed ? role : 'member');
    });

    it('a platform admin who is a mere member may act on the owner, and it is written down', async () => {
      const [owner, admin] = [actorOf('owner'), actorOf('platform admin')];
      const room = await groupWith(owner, [
        [admin, 'member'],
        [target, 'moderator'],
      ]);
      const { overrides } = await stateOf(room);
      ok(await admin.rest.put(roomPath(room, person('/role')), { role: 'admin' }));
      ok(await admin.rest.put(roomPath(room, `/participants/${owner.id}/mute`), {}));
      expect((await stateOf(room)).overrides - overrides).toBe(2);
      expect((await rolesIn(owner, room))[admin.id]).toBe('member');
    });

    it('everyone may give up their own role', async () => {
      const [owner, admin, moderator] = [actorOf('owner'), actorOf('admin'), actorOf('moderator')];
      const room = await groupWith(owner, [
        [admin, 'admin'],
        [moderator, 'moderator'],
      ]);
      for (const one of [admin, moderator])
        ok(await one.rest.put(roomPath(room, `/participants/${one.id}/role`), { role: 'member' }));
      expect(
        refusal(await owner.rest.put(roomPath(room, `/participants/${owner.id}/role`), { role: 'member' })),
      ).toEqual([409, 'CONFLICT']);
      expect(await rolesIn(owner, room)).toEqual({
        [owner.id]: 'owner',
        [admin.id]: 'member',
        [moderator.id]: 'member',
      });
    });
  });
});
