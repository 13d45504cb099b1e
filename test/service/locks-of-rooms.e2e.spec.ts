import { World, type Person } from '../support/world.js';
import { DIRECTORY, ok, post, roomPath, sql, wire } from './helpers.js';
import { groupWith, known } from './room-helpers.js';

const ROUNDS = 12;
/** Calls that one reader has under way at the same time. */
const AT_ONCE = 4;
/** The client's word for the answers: what the caller got wrong is fine, what the server could not do is not. */
const isFailure = (status: number): boolean => status >= 500;

/**
 * Marks and the running of a room lock the same rows: whatever happens at once, each gets its answer, and somebody who
 * never stops marking keeps nobody waiting for good.
 */
describe('rooms that are changed while people mark what they read', () => {
  let world: World;
  let owner: Person;
  let moderator: Person;
  let reader: Person;
  let room: string;
  let messages: string[];
  beforeAll(async () => {
    world = await World.start({
      DATABASE_POOL_SIZE: '20',
      HTTP_REQUESTS_PER_MINUTE: '1000000',
      CHAT_MESSAGE_LIMIT: '100000',
    });
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    [owner, moderator, reader] = [world.person('reader'), world.person('reader'), world.person()];
    await known(owner, moderator, reader);
    await open();
  });
  // Each costs everyone in it a second, also where trying again helps.
  afterEach(async () =>
    expect(
      await sql(world, 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()'),
    ).toEqual([{ deadlocks: 0 }]),
  );

  async function open(): Promise<void> {
    room = await groupWith(owner, [
      [moderator, 'moderator'],
      [reader, 'member'],
    ]);
    messages = [];
    for (const text of ['one', 'two', 'three']) messages.push((await post(owner, room, text)).id);
  }

  /** Marks back and forth until told to stop. @returns what was answered, by status */
  async function marking(person: Person, stop: { now: boolean }, ref = room): Promise<Map<number, number>> {
    const answers = new Map<number, number>();
    const [first, second] = messages;
    const steps: [string, object][] = [
      ['/unread', { message_id: first }],
      ['/read', { message_id: second }],
      ['/delivered', {}],
      ['/read', {}],
      ['/unread', { message_id: second }],
      ['/read', { up_to_message_id: second }],
    ];
    const loop = async (offset: number): Promise<void> => {
      for (let turn = offset; !stop.now; turn += 1) {
        const [path, body] = steps[turn % steps.length] as [string, object];
        const { status } = await person.rest.post(roomPath(ref, path), body);
        answers.set(status, (answers.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => loop(index)));
    return answers;
  }

  /** Runs the rounds while people mark. @returns statuses of both sides */
  async function beside(
    people: Person[],
    round: (index: number) => Promise<number[]>,
    rounds = ROUNDS,
  ): Promise<{ rounds: number[]; marks: number[] }> {
    const stop = { now: false };
    const marks = people.map((person) => marking(person, stop));
    const statuses: number[] = [];
    try {
      for (let index = 0; index < rounds; index += 1) statuses.push(...(await round(index)));
    } finally {
      stop.now = true;
    }
    const answers = (await Promise.all(marks)).flatMap((answered) => [...answered.keys()]);
    return { rounds: statuses, marks: answers };
  }
  const participant = (person: Person, rest = ''): string =>
    roomPath(room, `/participants/${person.id}${rest}`);
  const bans = (person: Person): string => roomPath(room, `/bans/${person.id}`);

  const changes: [string, () => (index: number) => Promise<{ status: number }[]>][] = [
    [
      'muting',
      () => async (index) => [
        await moderator.rest.put(participant(reader, '/mute'), index % 2 ? { until: null } : {}),
      ],
    ],
    [
      'roles',
      () => async (index) => [
        await owner.rest.put(participant(reader, '/role'), { role: index % 2 ? 'member' : 'moderator' }),
      ],
    ],
    [
      'removing and adding',
      () => async () => [
        await moderator.rest.delete(participant(reader)),
        await owner.rest.post(roomPath(room, '/participants'), { user_ids: [wire(reader)] }),
      ],
    ],
    [
      'banning and letting in again',
      () => async () => [
        await moderator.rest.put(bans(reader), {}),
        await moderator.rest.delete(bans(reader)),
        await owner.rest.post(roomPath(room, '/participants'), { user_ids: [wire(reader)] }),
      ],
    ],
    [
      'leaving',
      () => async () => [
        await reader.rest.post(roomPath(room, '/leave')),
        await owner.rest.post(roomPath(room, '/participants'), { user_ids: [wire(reader)] }),
      ],
    ],
    ['archiving', () => async () => [await reader.rest.post(roomPath(room, '/archive'))]],
    [
      'handing over',
      () => async (index) => {
        const [from, to] = index % 2 ? [reader, owner] : [owner, reader];
        return [await from.rest.post(roomPath(room, '/owner'), { user_id: wire(to) })];
      },
    ],
    [
      'closing and writing',
      () => async () => [
        await owner.rest.post(roomPath(room, '/close'), { status: 'resolved' }),
        await owner.rest.post(roomPath(room, '/reopen')),
        await reader.rest.post(roomPath(room, '/messages'), { message: 'again' }),
      ],
    ],
    [
      'everything at once',
      () => async () =>
        Promise.all([
          moderator.rest.put(participant(reader, '/mute'), {}),
          owner.rest.put(participant(moderator, '/role'), { role: 'moderator' }),
          owner.rest.post(roomPath(room, '/messages'), { message: 'again' }),
          reader.rest.post(roomPath(room, '/archive')),
          owner.rest.patch(roomPath(room), { description: 'New' }),
          moderator.rest.put(participant(reader, '/mute'), { until: null }),
        ]),
    ],
  ];
  it.each(changes)('%s: nobody gets an error of the server, and each change is made', async (_name, make) => {
    const change = make();
    const told = await beside([reader, moderator], async (index) =>
      (await change(index)).map(({ status }) => status),
    );
    expect(told.rounds.filter((status) => status !== 200 && status !== 201)).toEqual([]);
    expect(told.marks.filter(isFailure)).toEqual([]);
  });

  it('deleting: the room goes, and who marks hears that it is gone', async () => {
    const statuses: number[] = [];
    const marks: number[] = [];
    for (let index = 0; index < ROUNDS; index += 1) {
      const told = await beside(
        [reader, moderator],
        async () => {
          const deleted = await Promise.all([
            owner.rest.delete(roomPath(room)),
            moderator.rest.put(participant(reader, '/mute'), {}),
            owner.rest.post(roomPath(room, '/messages'), { message: 'last' }),
          ]);
          marks.push(...deleted.slice(1).map(({ status }) => status));
          return [(deleted[0] as { status: number }).status];
        },
        1,
      );
      statuses.push(...told.rounds);
      marks.push(...told.marks);
      await open();
    }
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect([...new Set(marks)].filter(isFailure)).toEqual([]);
  });

  it('the host changes who is in a service room, while these mark and are muted', async () => {
    const id = `request-${room}`;
    const request = `${DIRECTORY}/contexts/service_request/${id}`;
    const named = (...people: Person[]) => ({
      participants: people.map((person) => ({ user_id: person.id, role: person.role })),
    });
    const admin = world.person('admin');
    const host = world.host();
    ok(await host.rest.put(request, named(owner, reader)));
    room = `service_${id}`;
    messages = [(await post(owner, room, 'one')).id, (await post(owner, room, 'two')).id];
    const told = await beside([reader, owner], async (index) => {
      const answers = await Promise.all([
        host.rest.put(request, {
          ...named(...(index % 2 ? [owner, reader] : [owner])),
          category: `c${index}`,
        }),
        admin.rest.put(participant(owner, '/mute'), {}),
        admin.rest.patch(roomPath(room), { subject: `Round ${index}` }),
      ]);
      return answers.map(({ status }) => status);
    });
    expect(told.rounds.filter((status) => status !== 200)).toEqual([]);
    expect(told.marks.filter(isFailure)).toEqual([]);
  });
});
