import { eventually } from '../support/process.js';
import { isRedisInstalled } from '../support/redis.js';
import { SocketClient, type Answer } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';

const PER_SECOND = 12;
const BURST = 2 * PER_SECOND;
const SOCKETS = 3;
const PATIENCE_MS = 15_000;

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

describeWithRedis('limits of one user on two servers (skipped where redis-server is not installed)', () => {
  let world: World;
  const open: SocketClient[] = [];
  beforeAll(async () => {
    world = await World.start(
      { USER_EVENTS_PER_SECOND: String(PER_SECOND), SOCKETS_PER_USER: String(SOCKETS) },
      2,
    );
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });
  afterAll(() => world.stop());

  const begin = (node: number, person: Person): SocketClient => {
    const client = SocketClient.open(`${world.server.nodes[node]!.url}/chat`, {
      auth: { token: person.token },
    });
    open.push(client);
    return client;
  };
  const on = async (node: number, person: Person): Promise<SocketClient> => {
    const client = begin(node, person);
    await client.waitFor('connect');
    return client;
  };

  it('count the events of all their connections', async () => {
    const [person, other] = [world.person(), world.person()];
    const room = await world.serviceRoom([person, other]);
    const [here, there, speaker] = [await on(0, person), await on(1, person), await on(0, other)];
    await there.must('join_room', { room_id: room });
    const since = performance.now();
    const passed = async (client: SocketClient): Promise<number> => {
      const patient = client.socket.timeout(PATIENCE_MS);
      const answers = (await Promise.all(
        Array.from({ length: 4 * BURST }, () => patient.emitWithAck('nonsense', {})),
      )) as Answer[];
      return answers.filter(({ code }) => code !== 'RATE_LIMITED').length;
    };
    expect(await passed(here)).toBeGreaterThanOrEqual(BURST);
    // What a server says arrives in order: with this message the other one knows what was spent.
    await speaker.must('send_message', { room_id: room, message: 'x' });
    await there.waitFor('new_message');
    const more = await passed(there);
    expect(more).toBeLessThanOrEqual(1 + (PER_SECOND * (performance.now() - since)) / 1_000);
    expect(more).toBeLessThan(BURST);
  });

  it('count their connections, also when all open at the same moment', async () => {
    const person = world.person();
    const clients = Array.from({ length: 8 }, (_, n) => begin(n % 2, person));
    const refused = (client: SocketClient): boolean =>
      client.of('disconnect').length + client.of('connect_error').length > 0;
    const stay = (): SocketClient[] => clients.filter((client) => !refused(client));
    await eventually('all but three are refused', () => stay().length === SOCKETS);
    for (const client of stay()) expect((await client.ask('nonsense')).code).toBe('NOT_FOUND');
    expect(stay()).toHaveLength(SOCKETS);
    for (const client of clients) {
      const told = [...client.of('connect_error'), ...client.of('authentication_error')];
      if (refused(client)) expect(told).toMatchObject([{ code: 'RATE_LIMITED' }]);
    }
  });
});
