import { World, type Person } from '../support/world.js';
import { API, ok, openRoom, post, refusal, roomPath, sentinel, wire } from './helpers.js';

interface Presence {
  users: { user: { id: unknown }; online: boolean; last_seen: string | null }[];
}
type Seen = { user: { id: unknown } };
const of =
  (person: Person) =>
  ({ user }: Seen): boolean =>
    user.id === wire(person);

describe('presence', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ PRESENCE_GRACE_MS: '50' })));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const pair = async () => {
    const [a, b] = [world.person(), world.person('staff', { name: 'Mike Johnson' })];
    const room = await world.serviceRoom([a, b]);
    const [watching] = await world.joined(room, a);
    return { a, b, room, watching: watching! };
  };

  it('tells when someone comes, and when they went and were seen last', async () => {
    const { b, watching } = await pair();
    const socket = await world.socket(b);
    expect(await watching.waitFor('user_online')).toMatchObject({
      user: { id: wire(b), name: 'Mike Johnson', type: 'staff' },
    });
    const before = Date.now();
    socket.close();
    const gone = await watching.waitFor<{ last_seen: string }>('user_offline', of(b) as never);
    expect(Date.parse(gone.last_seen)).toBeGreaterThanOrEqual(before - 50);
    expect(Date.parse(gone.last_seen)).toBeLessThanOrEqual(Date.now());
  });

  it('counts devices: online once, offline with the last one', async () => {
    const { a, b, watching } = await pair();
    const witness = world.person('staff');
    await world.serviceRoom([a, witness]).then((room) => watching.must('join_room', { room_id: room }));
    const devices = [
      await world.socket(b, { namespace: '/' }),
      await world.socket(b, { transports: ['polling'] }),
      await world.socket(b),
    ];
    const last = devices.pop()!;
    for (const device of devices) device.close();
    // Whoever goes later is told of later: what was not told until then never will be.
    (await world.socket(witness)).close();
    await watching.waitFor('user_offline', of(witness) as never);
    expect(watching.of<Seen>('user_offline').filter(of(b))).toEqual([]);
    last.close();
    await watching.waitFor('user_offline', of(b) as never);
    expect(watching.of<Seen>('user_online').filter(of(b))).toHaveLength(1);
    expect(watching.of<Seen>('user_offline').filter(of(b))).toHaveLength(1);
  });

  it('get_online_users names those of the room who are online, oneself included', async () => {
    const { a, b, room, watching } = await pair();
    const absent = world.person('staff');
    const group = await openRoom(b, {
      type: 'group',
      name: 'Crew',
      participant_ids: [wire(a), wire(absent)],
    });
    expect(await watching.must('get_online_users', { room_id: room })).toMatchObject({
      room_id: room,
      users: [{ id: wire(a) }],
    });
    expect(await watching.waitFor('online_users')).toMatchObject({ room_id: room, users: [{ id: wire(a) }] });
    await world.socket(b);
    await watching.waitFor('user_online');
    const { users } = await watching.must<{ users: { id: unknown }[] }>('get_online_users', {
      room_id: group.room_id,
    });
    expect(users.map(({ id }) => id).sort()).toEqual([wire(a), wire(b)]);
    expect(ok<{ users: unknown[] }>(await a.rest.get(roomPath(room, '/online'))).users).toHaveLength(2);
    const stranger = await world.socket(world.person());
    expect(await stranger.ask('get_online_users', { room_id: room })).toMatchObject({
      code: 'ACCESS_DENIED',
    });
    expect(stranger.of('online_users')).toEqual([]);
  });

  it('by REST shows those who share a room, and when they were seen last', async () => {
    const { a, b, watching } = await pair();
    const stranger = world.person();
    await world.socket(stranger);
    const of3 = `${API}/presence?user_ids=${[a, b, stranger].map(({ id }) => id).join(',')}`;
    const seen = async (viewer: Person) =>
      ok<Presence>(await viewer.rest.get<Presence>(of3)).users.sort(
        (x, y) => Number(x.user.id) - Number(y.user.id),
      );
    expect(await seen(a)).toMatchObject([
      { user: { id: wire(a) }, online: true, last_seen: null },
      { user: { id: wire(b) }, online: false, last_seen: null },
    ]);
    const socket = await world.socket(b);
    await watching.waitFor('user_online', of(b) as never);
    expect((await seen(a))[1]).toMatchObject({ online: true });
    socket.close();
    const { last_seen } = await watching.waitFor<{ last_seen: string }>('user_offline', of(b) as never);
    expect((await seen(a))[1]).toMatchObject({ online: false, last_seen });
    expect(await seen(stranger)).toMatchObject([{ user: { id: wire(stranger) }, online: true }]);
    expect(refusal(await a.rest.get(`${API}/presence`))).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('is not told to people who share announcements only, nor to those who were removed', async () => {
    const { a, b, room, watching } = await pair();
    const stranger = world.person();
    const [listening] = await world.joined('broadcast_all', stranger);
    await watching.must('join_room', { room_id: 'broadcast_all' });
    const socket = await world.socket(b);
    await socket.must('join_room', { room_id: 'broadcast_all' });
    await watching.waitFor('user_online', of(b) as never);
    await socket.must('get_online_users', { room_id: 'broadcast_all' });
    expect(
      (await listening!.must<{ users: unknown[] }>('get_online_users', { room_id: 'broadcast_all' })).users,
    ).toMatchObject([{ id: wire(stranger) }]);
    expect(ok<Presence>(await stranger.rest.get(`${API}/presence?user_ids=${b.id}`)).users).toEqual([]);
    await world.host().rest.put(`${API}/directory/contexts/service_request/${room.replace('service_', '')}`, {
      participants: [{ user_id: wire(b), role: 'staff' }],
    });
    const witness = world.person('staff');
    const third = await world.serviceRoom([b, witness]);
    const [heard] = await world.joined(third, witness);
    socket.close();
    await heard!.waitFor('user_offline', of(b) as never);
    await post(world.person('admin'), 'broadcast_all', 'Later');
    for (const one of [listening!, watching]) {
      await one.waitFor('new_message');
      expect(one.of<Seen>('user_offline').filter(of(b))).toEqual([]);
    }
    expect(listening!.of<Seen>('user_online')).toEqual([]);
    expect(ok<Presence>(await a.rest.get(`${API}/presence?user_ids=${b.id}`)).users).toEqual([]);
  });

  it('of the host platform is none', async () => {
    const { a, room, watching } = await pair();
    const socket = await world.socket(world.host());
    await sentinel(world, [a, watching]);
    socket.close();
    expect(
      (await watching.must<{ users: unknown[] }>('get_online_users', { room_id: room })).users,
    ).toHaveLength(1);
    expect(watching.of('user_online')).toEqual([]);
  });
});

describe('a reconnection within the grace period', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ PRESENCE_GRACE_MS: '2000' })));
  afterAll(() => world.stop());

  it('is no absence', async () => {
    const [a, b, witness] = [world.person(), world.person('staff'), world.person('staff')];
    const room = await world.serviceRoom([a, b, witness]);
    const [watching] = await world.joined(room, a);
    const [socket] = await world.joined(room, b);
    await watching!.waitFor('user_online');
    await socket!.must('typing_start', { room_id: room });
    socket!.close();
    // That typing ended tells that the server has noticed.
    await watching!.waitFor('user_stopped_typing');
    await world.socket(b);
    expect(ok<Presence>(await a.rest.get(`${API}/presence?user_ids=${b.id}`)).users).toMatchObject([
      { online: true, last_seen: null },
    ]);
    (await world.socket(witness)).close();
    await watching!.waitFor('user_offline', of(witness) as never, 10_000);
    expect(watching!.of<Seen>('user_online').filter(of(b))).toHaveLength(1);
    expect(watching!.of<Seen>('user_offline').filter(of(b))).toEqual([]);
  });
});
