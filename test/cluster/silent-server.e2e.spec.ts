import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { endProcesses, removeFolders, scratchFolder, ServerProcess } from '../support/process.js';
import { isRedisInstalled, startTestRedis, type TestRedis } from '../support/redis.js';
import type { SocketClient } from '../support/socket-client.js';
import { closeClients, converse, Visitor, type Conversation } from '../operations/people.js';

/** More than the lease of a server and a heartbeat of another, on a machine that has much else to do. */
const LEASE_MS = 40_000;

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

describeWithRedis('a server that falls silent (needs redis-server)', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let first: ServerProcess;
  let second: ServerProcess;
  let watching: SocketClient;
  let talk: Conversation;

  const arrive = async (person: Visitor): Promise<SocketClient> => {
    const client = await person.connect();
    await client.must('join_room', { room_id: talk.room });
    return client;
  };
  const onlineNow = async (): Promise<number[]> => {
    const answer = await talk.customer.rest.get<{ users: { id: number }[] }>(
      `/api/v1/chat/rooms/${talk.room}/online`,
    );
    return answer.body.data.users.map((user) => user.id).sort();
  };
  const [CUSTOMER, STAFF] = [123, 456];
  const isStaff = ({ user }: { user: { id: number } }): boolean => user.id === STAFF;

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
    const folder = await scratchFolder();
    const env = {
      DATABASE_URL: database.url,
      DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
      REDIS_URL: redis.url,
    };
    [first, second] = await Promise.all([ServerProcess.start(folder, env), ServerProcess.start(folder, env)]);
    talk = await converse(first);
    watching = await arrive(talk.customer);
    await arrive(new Visitor(second.url, talk.staff.id, 'staff'));
  }, 120_000);

  afterAll(async () => {
    closeClients();
    await endProcesses();
    await redis.stop();
    await database.drop();
    await removeFolders();
  }, 60_000);

  it('is taken for dead after its lease, its users for offline; when it was only paused they come back', async () => {
    expect(await onlineNow()).toEqual([CUSTOMER, STAFF]);
    watching.forget();
    second.child.kill('SIGSTOP');
    await watching.waitFor('user_offline', isStaff, LEASE_MS);
    expect(await onlineNow()).toEqual([CUSTOMER]);
    second.child.kill('SIGCONT');
    await watching.waitFor('user_online', isStaff, LEASE_MS);
    expect(await onlineNow()).toEqual([CUSTOMER, STAFF]);
  }, 120_000);

  it('and when it is dead, killed without a word, they stay offline', async () => {
    watching.forget();
    await second.kill();
    await watching.waitFor('user_offline', isStaff, LEASE_MS);
    expect(await onlineNow()).toEqual([CUSTOMER]);
    expect(first.stderr).toBe('');
  }, 120_000);
});
