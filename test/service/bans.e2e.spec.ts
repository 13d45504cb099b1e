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
} from './helpers.js';
import { eventually } from '../support/process.js';
import { groupWith, known } from './room-helpers.js';

const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe('bans and mutes of people who are not in the room', () => {
  let world: World;
  let head: Person;
  let staff: Person;
  beforeAll(
    async () =>
      (world = await World.start({ CHAT_MESSAGE_LIMIT: '100000', HTTP_REQUESTS_PER_MINUTE: '100000' })),
  );
  beforeEach(async () => {
    [head, staff] = [world.person('staff'), world.person('staff')];
    await known(head, staff);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const ban = (by: Person, room: string, body: Record<string, unknown> = {}, whom = staff) =>
    by.rest.put(roomPath(room, `/bans/${whom.id}`), body);
  const unban = (by: Person, room: string) => by.rest.delete(roomPath(room, `/bans/${staff.id}`));
  const found = async (person: Person, word: string): Promise<number> =>
    ok(await person.rest.get<{ messages: unknown[] }>(`${API}/search?q=${word}`)).messages.length;
  const readable = async (person: Person, room: string): Promise<boolean> =>
    (await person.rest.get(messagesPath(room))).status === 200;

  /** Codes of everything that reads the room or writes to it. */
  async function answersOf(person: Person, room: string, message: string): Promise<Record<string, string>> {
    const socket = await world.socket(person);
    const { rest } = person;
    const answers = {
      read: await rest.get(messagesPath(room)),
      details: await rest.get(roomPath(room)),
      people: await rest.get(roomPath(room, '/participants')),
      online: await rest.get(roomPath(room, '/online')),
      pins: await rest.get(roomPath(room, '/pins')),
      write: await rest.post(messagesPath(room), { message: 'x' }),
      join: await rest.post(roomPath(room, '/join')),
      react: await rest.post(`${API}/messages/${message}/reactions`, { reaction: '👍' }),
    };
    const codes = Object.entries(answers).map(([what, { body }]) => [what, body.code]);
    for (const event of ['join_room', 'typing_start', 'send_message'])
      codes.push([event, (await socket.ask(event, { room_id: room, message: 'x' })).code]);
    return Object.fromEntries(codes) as Record<string, string>;
  }
  const DENIED = {
    ...Object.fromEntries(
      'read details people online pins write join join_room typing_start send_message'
        .split(' ')
        .map((what) => [what, 'ACCESS_DENIED']),
    ),
    react: 'MESSAGE_NOT_FOUND',
  };

  describe('in internal rooms, which staff enter by themselves', () => {
    let room: string;
    let word: string;
    let sent: string;
    beforeEach(async () => {
      const department = `audit${head.id}`;
      word = `ledger${head.id}`;
      room = (await openRoom(head, { type: 'internal', department })).room_id;
      sent = (await post(head, room, `the ${word}`)).id;
    });

    it('a ban ends reading, writing, entering, typing and searching of one who never came', async () => {
      expect([await readable(staff, room), await found(staff, word)]).toEqual([true, 1]);
      ok(await ban(head, room));
      expect(await answersOf(staff, room, sent)).toEqual(DENIED);
      expect(await found(staff, word)).toBe(0);
      ok(await unban(head, room));
      expect([await readable(staff, room), await found(staff, word)]).toEqual([true, 1]);
      await post(staff, room, 'back again');
    });

    it('a ban of one who is in it ends delivery and lasts until its end, which it says', async () => {
      const [socket] = await world.joined(room, staff);
      const until = soon(3_600_000);
      ok(await ban(head, room, { until }));
      await socket!.waitFor('room_removed');
      const refused = await staff.rest.get(messagesPath(room));
      expect(refusal(refused)).toEqual([403, 'ACCESS_DENIED']);
      expect(refused.body.details).toEqual([{ banned_until: until }]);
      await post(head, room, 'among us');
      await sentinel(world, [staff, socket!]);
      expect(heard(socket!, room)).toEqual([]);
      const end = soon(300);
      ok(await ban(head, room, { until: end }));
      await eventually('the ban has ended', () => readable(staff, room));
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(end));
    });

    it('a ban does not bind administrators', async () => {
      const admin = world.person('admin');
      ok(await ban(head, room, {}, admin));
      expect(await readable(admin, room)).toBe(true);
      await post(admin, room, 'I look after this');
      const [socket] = await world.joined(room, admin);
      const { id } = await post(head, room, 'look here');
      await socket!.waitFor('new_message', (message: { id: string }) => message.id === id);
    });

    it('a mute goes on for one who leaves: they read, and do not write', async () => {
      const until = soon(3_600_000);
      ok(await staff.rest.post(roomPath(room, '/join')));
      ok(await head.rest.put(roomPath(room, `/participants/${staff.id}/mute`), { until }));
      ok(await staff.rest.post(roomPath(room, '/leave')));
      expect(await readable(staff, room)).toBe(true);
      const refused = await staff.rest.post(messagesPath(room), { message: 'x' });
      expect(refusal(refused)).toEqual([403, 'ACCESS_DENIED']);
      expect(refused.body.details).toEqual([{ muted_until: until }]);
      const socket = await world.socket(staff);
      expect(await socket.ask('typing_start', { room_id: room })).toMatchObject({ code: 'ACCESS_DENIED' });
      ok(await staff.rest.post(roomPath(room, '/join')));
      ok(await head.rest.put(roomPath(room, `/participants/${staff.id}/mute`), { until: null }));
      ok(await staff.rest.post(roomPath(room, '/leave')));
      await post(staff, room, 'thank you');
    });
  });

  it('moderators of the host do not look into a private group that they are banned from', async () => {
    const owner = world.person('business');
    await known(owner);
    const room = await groupWith(owner);
    const { id } = await post(owner, room, 'between us');
    expect(await readable(staff, room)).toBe(true);
    ok(await ban(owner, room));
    expect(await answersOf(staff, room, id)).toEqual(DENIED);
    ok(await unban(owner, room));
    expect(await readable(staff, room)).toBe(true);
  });

  it('a group that is not private shows the banned no details', async () => {
    const owner = world.person('business');
    await known(owner);
    const room = await groupWith(owner, [], { is_private: false });
    ok(await staff.rest.get(roomPath(room)));
    ok(await ban(owner, room));
    expect(refusal(await staff.rest.get(roomPath(room)))).toEqual([403, 'ACCESS_DENIED']);
  });

  it('a waiting support session is not there for one of the team who is banned from it', async () => {
    const customer = world.person();
    const { room_id: room, id } = await openRoom(customer, { type: 'support', subject: 'Help' });
    const sent = await post(customer, room, 'about your colleague');
    const queued = async (): Promise<boolean> => {
      const { rooms } = ok(
        await staff.rest.get<{ rooms: { id: string }[] }>(`${API}/support/queue?per_page=100`),
      );
      return rooms.some((one) => one.id === id);
    };
    expect([await readable(staff, room), await queued()]).toEqual([true, true]);
    ok(await ban(world.person('admin'), room));
    expect(await answersOf(staff, room, sent.id)).toEqual(DENIED);
    expect(refusal(await staff.rest.post(roomPath(room, '/assign')))).toEqual([403, 'ACCESS_DENIED']);
    expect(refusal(await staff.rest.post(roomPath(room, '/close')))).toEqual([403, 'ACCESS_DENIED']);
    expect(await queued()).toBe(false);
    expect((await history(customer, room)).messages).toHaveLength(1);
  });
});
