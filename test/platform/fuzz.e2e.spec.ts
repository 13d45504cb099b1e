import fc from 'fast-check';
import { RealtimeServer, SocketEvents } from '#libs/platform/realtime';
import type { JsonSchema } from '#libs/platform/schemas';
import { DescribedInputs } from './described-inputs.js';
import type { Answer, SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';
import { arbitraryOf, asText, HOSTILE, pathPart, type Hints } from './hostile-json.js';
import { restRoutes, type RestRoute } from './routes.js';

/** Calls of each route and event; FUZZ_RUNS raises it for a long search. A busy machine makes fewer in the time. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 12);
/** The same input in each run, so that a failure is of the change at hand; FUZZ_SEED=random searches further. */
const { FUZZ_SEED = '20261120' } = process.env;
const SEED = FUZZ_SEED === 'random' ? {} : { seed: Number(FUZZ_SEED) };
const TIME_MS = RUNS * 800;
const LEAST_RUNS = 3;
const TIMEOUT = 60_000 + TIME_MS * 4;

/** What a call may refer to: made anew for each route and event, since what it does may well end them. */
interface Stage {
  people: Person[];
  hints: Hints;
  room: string;
}

describe('random input', () => {
  let world: World;
  let faults: unknown[][];
  let inputs: DescribedInputs;
  beforeAll(async () => {
    world = await World.start({
      HTTP_REQUESTS_PER_MINUTE: '1000000',
      SOCKET_EVENTS_PER_SECOND: '100000',
      USER_EVENTS_PER_SECOND: '100000',
      CHAT_MESSAGE_LIMIT: '10000000',
    });
    inputs = await DescribedInputs.of(world.url);
    const silent = (): void => undefined;
    // Errors are logged for what answers INTERNAL and for listeners that fail, which no answer tells.
    const error = (...entry: unknown[]): void => void faults.push(entry);
    world.server.app.useLogger({
      log: silent,
      warn: silent,
      debug: silent,
      verbose: silent,
      error,
      fatal: error,
    });
  });
  beforeEach(() => void (faults = []));
  afterEach(() => {
    world.disconnectAll();
    expect(faults).toEqual([]);
  });
  afterAll(() => world.stop());

  async function stage(): Promise<Stage> {
    const people = [world.person('customer'), world.person('staff'), world.person('admin'), world.host()];
    const [customer, staff] = people as [Person, Person];
    const created = await staff.rest.post<{ room: { id: string } }>('/api/v1/chat/rooms', {
      type: 'group',
      name: 'x',
      participant_ids: [customer.id],
    });
    const rooms = [created.body.data.room.id, await world.serviceRoom([customer, staff])];
    const messages = await Promise.all(
      rooms.map((room) =>
        staff.rest.post<{ id: string }>(`/api/v1/chat/rooms/${room}/messages`, { message: 'x' }),
      ),
    );
    const ids = messages.map(({ body }) => body.data.id);
    const users = people.slice(0, 3).map(({ id }) => id);
    const hints: Hints = (name) => {
      if (/message|reply/.test(name)) return ids;
      if (/room|session/.test(name)) return rooms;
      if (/user|participant|member/.test(name)) return users;
      if (/type/.test(name)) return ['service_request', 'booking'];
      return [...ids, ...rooms, ...users];
    };
    return { people, hints, room: rooms[1] as string };
  }

  const inputOf = (schema: JsonSchema | undefined, hints: Hints) =>
    schema ? arbitraryOf(schema, hints) : fc.constant(undefined);

  function callOf(route: RestRoute, { people, hints }: Stage) {
    const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
    const parts = fc.record(Object.fromEntries(names.map((name) => [name, pathPart(name, hints)])));
    return fc.record({
      who: fc.constantFrom(...people),
      path: parts.map((given) =>
        route.path.replace(/:(\w+)/g, (_match, name: string) => given[name] as string),
      ),
      query: inputOf(inputs.query(route.method, route.path), hints).map(queryOf),
      body: inputOf(inputs.body(route.method, route.path), hints),
    });
  }

  it(
    'never makes a REST route fail inside',
    async () => {
      const since = performance.now();
      const routes = restRoutes(world.server.app);
      const reached = new Set<string>();
      for (const route of routes) {
        const call = callOf(route, await stage());
        await fc.assert(
          fc.asyncProperty(call, async ({ who, path, query, body }) => {
            const answer = await who.rest.call(route.method, path + query, body);
            if (answer.status < 400) reached.add(route.handler);
            if (!route.options) return;
            expect([answer.status, answer.body]).not.toEqual([500, expect.anything()]);
            expect(answer.body).toHaveProperty('success', answer.status < 400);
          }),
          { ...SEED, numRuns: performance.now() - since < TIME_MS ? RUNS : LEAST_RUNS },
        );
      }
      // Input that is refused at the door would prove little.
      expect(reached.size).toBeGreaterThan(routes.length / 4);
    },
    TIMEOUT,
  );

  it.each(['/chat', '/'])(
    'never makes a socket event of %s fail inside, and leaves the connection up',
    async (namespace) => {
      const reached = new Set<string>();
      const { app } = world.server;
      const here = new Set(app.get(RealtimeServer).dialectsIn(namespace));
      const table = [...app.get(SocketEvents).table()]
        .filter(([event]) => !event.endsWith('authenticate'))
        .map(([event, handlers]) => [event, handlers.filter(({ dialect }) => here.has(dialect))] as const)
        .filter(([, handlers]) => handlers.length > 0);
      for (const [event, handlers] of table) {
        const { people, hints, room } = await stage();
        for (const person of people.slice(0, 2)) {
          const client = await world.socket(person, { namespace });
          await client.ask('join_room', { room_id: room });
          for (const { dialect } of handlers) {
            const payloads = fc.sample(inputOf(inputs.payload(dialect, event), hints), {
              ...SEED,
              numRuns: RUNS,
            });
            const patient = client.socket.timeout(TIMEOUT);
            const answers = (await Promise.all(
              payloads.map((payload) => patient.emitWithAck(event, payload)),
            )) as Answer[];
            const inside = answers.findIndex(({ code }) => code === 'INTERNAL');
            expect([event, payloads[inside]]).toEqual([event, undefined]);
            if (answers.some(({ success }) => success)) reached.add(event);
          }
          await isUp(client);
          client.close();
        }
      }
      expect(reached.size).toBeGreaterThan(table.length / 4);
    },
    TIMEOUT,
  );

  it(
    'in place of a token, or beside it, never makes authentication fail inside',
    async () => {
      const person = world.person();
      const fields = fc.record(
        {
          token: fc.constantFrom<unknown>(...HOSTILE, person.token),
          user_id: fc.constantFrom<unknown>(...HOSTILE, person.id),
          userId: fc.constantFrom<unknown>(...HOSTILE),
          user_type: fc.constantFrom<unknown>(...HOSTILE, 'customer'),
        },
        { requiredKeys: ['token'] },
      );
      for (const auth of fc.sample(fields, { ...SEED, numRuns: RUNS })) {
        const refused = await world.socket(person, { auth }).catch((error: unknown) => error);
        if (refused instanceof Error) expect(refused).toMatchObject({ payload: { code: 'UNAUTHORIZED' } });
        const late = await world.socket(person, { namespace: '/', auth: { token: null } });
        const told = new Promise<{ code?: string }>((resolve) =>
          late.socket.emit('authenticate', auth, resolve),
        );
        expect((await told).code ?? 'UNAUTHORIZED').toMatch(/^(UNAUTHORIZED|VALIDATION_ERROR)$/);
        world.disconnectAll();
      }
    },
    TIMEOUT,
  );

  async function isUp(client: SocketClient): Promise<void> {
    expect((await client.ask('nonsense')).code).toBe('NOT_FOUND');
    expect(client.of('disconnect')).toEqual([]);
  }
});

function queryOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const parts = Object.entries(value).map(
    ([name, entry]) =>
      `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(asText(entry ?? '').toWellFormed())}`,
  );
  return parts.length > 0 ? `?${parts.join('&')}`.slice(0, 6_000) : '';
}
