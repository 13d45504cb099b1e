import jwt from 'jsonwebtoken';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  endProcesses,
  PROCESS_SECRET,
  removeFolders,
  scratchFolder,
  ServerProcess,
} from '../support/process.js';
import { isRedisInstalled, startTestRedis, type TestRedis } from '../support/redis.js';
import { RestClient } from '../support/rest-client.js';
import { SocketClient } from '../support/socket-client.js';

/** More than the lease of a server and a heartbeat of another, on a machine that has much else to do. */
const LEASE_MS = 40_000;
const ROOM = 'service_1';

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

describeWithRedis('a server that falls silent (needs redis-server)', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let first: ServerProcess;
  let second: ServerProcess;
  let watching: SocketClient;
  const clients: SocketClient[] = [];

  const token = (sub: string, role: string): string =>
    jwt.sign({ sub, role, name: sub }, PROCESS_SECRET, { expiresIn: '1h' });
  const arrive = async (server: ServerProcess, id: string, role: string): Promise<SocketClient> => {
    const client = await SocketClient.connect(`${server.url}/chat`, { auth: { token: token(id, role) } });
    clients.push(client);
    await client.must('join_room', { room_id: ROOM });
    return client;
  };
  const onlineNow = async (): Promise<string[]> => {
    const answer = await new RestClient(first.url, token('anna', 'customer')).get<{
      users: { id: string }[];
    }>(`/api/v1/chat/rooms/${ROOM}/online`);
    return answer.body.data.users.map((user) => user.id).sort();
  };
  const isBen = ({ user }: { user: { id: string } }): boolean => user.id === 'ben';

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
    const folder = await scratchFolder();
    const env = {
      DATABASE_URL: database.url,
      DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
      REDIS_URL: redis.url,
    };
    [first, second] = await Promise.all([ServerProcess.start(folder, env), ServerProcess.start(folder, env)]);
    await new RestClient(first.url, token('host', 'service')).put(
      '/api/v1/chat/directory/contexts/service_request/1',
      {
        participants: [
          { user_id: 'anna', role: 'customer' },
          { user_id: 'ben', role: 'staff' },
        ],
      },
    );
    watching = await arrive(first, 'anna', 'customer');
    await arrive(second, 'ben', 'staff');
  }, 120_000);

  afterAll(async () => {
    for (const client of clients) client.close();
    await endProcesses();
    await redis.stop();
    await database.drop();
    await removeFolders();
  }, 60_000);

  it('is taken for dead after its lease, its users for offline; when it was only paused they come back', async () => {
    expect(await onlineNow()).toEqual(['anna', 'ben']);
    watching.forget();
    second.child.kill('SIGSTOP');
    await watching.waitFor('user_offline', isBen, LEASE_MS);
    expect(await onlineNow()).toEqual(['anna']);
    second.child.kill('SIGCONT');
    await watching.waitFor('user_online', isBen, LEASE_MS);
    expect(await onlineNow()).toEqual(['anna', 'ben']);
  }, 120_000);

  it('and when it is dead, killed without a word, they stay offline', async () => {
    watching.forget();
    await second.kill();
    await watching.waitFor('user_offline', isBen, LEASE_MS);
    expect(await onlineNow()).toEqual(['anna']);
    expect(first.stderr).toBe('');
  }, 120_000);
});
