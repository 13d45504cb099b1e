import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openRedis, type RedisConnections } from '../../libs/platform/cluster/src/redis-connections.js';
import { RedisSessionRegistry } from '../../libs/platform/cluster/src/redis-session-registry.js';
import { eventually } from '../support/process.js';
import { isRedisInstalled, startTestRedis, type TestRedis } from '../support/redis.js';

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;
const GRACE_MS = 500;

interface Server {
  registry: RedisSessionRegistry;
  redis: RedisConnections;
  /** Who was told to have ended with another server, and to be there after all. */
  lost: string[];
  found: string[];
  /** Ends without a word. */
  die(): Promise<void>;
}

describeWithRedis('who is where, on several servers (skipped where redis-server is not installed)', () => {
  let redis: TestRedis;
  let open: Server[];
  let [a, b] = [] as unknown as [Server, Server];

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    redis = await startTestRedis();
    open = [];
    [a, b] = [await server(), await server()];
  });
  afterEach(async () => {
    redis.thaw();
    for (const one of open) await one.die();
    await redis.stop();
  });

  async function server(): Promise<Server> {
    const connections = await openRedis(redis.url);
    const registry = new RedisSessionRegistry(connections, { nodeId: randomUUID() }, GRACE_MS);
    const [lost, found]: [string[], string[]] = [[], []];
    registry.onLost((userId) => lost.push(userId));
    registry.onFound((userId) => found.push(userId));
    await registry.start();
    const die = async (): Promise<void> => {
      await connections.close();
      open = open.filter((one) => one !== made);
    };
    const made = { registry, redis: connections, lost, found, die };
    open.push(made);
    return made;
  }

  /** Until this server knows that Redis does not answer. */
  const noticed = (one: Server): Promise<void> =>
    eventually('the silence is noticed', async () => {
      await one.registry.count('anyone');
      return !one.redis.commands.isAnswering;
    });
  const seen = (one: Server, ...people: string[]): Promise<void> =>
    eventually(`${people.join(', ')} are online, and nobody else`, async () => {
      const online = await one.registry.online(['ann', 'bob', 'cleo']);
      return [...online].sort().join() === people.join();
    });

  it('counts on all of them, and says who comes first and goes last', async () => {
    expect(await a.registry.opened('ann')).toEqual({ first: true, connections: 1 });
    expect(await b.registry.opened('ann')).toEqual({ first: false, connections: 2 });
    expect(await a.registry.count('ann')).toBe(2);
    await a.registry.closed('ann');
    expect(await a.registry.left('ann')).toBe(false);
    await b.registry.closed('ann');
    expect([...(await a.registry.online(['ann', 'bob']))]).toEqual(['ann']);
    expect(await b.registry.left('ann')).toBe(true);
    expect((await a.registry.online(['ann'])).size).toBe(0);
  });

  it('forgets who left while Redis was silent', async () => {
    await a.registry.opened('ann');
    await b.registry.opened('bob');
    await seen(b, 'ann', 'bob');
    redis.freeze();
    await noticed(a);
    await a.registry.closed('ann');
    expect(await a.registry.left('ann')).toBe(true);
    expect([...(await a.registry.online(['ann', 'bob']))]).toEqual([]);
    redis.thaw();
    await seen(b, 'bob');
    await seen(a, 'bob');
  }, 60_000);

  it('says that those are there after all who left one server, and were on another, while Redis was silent', async () => {
    await a.registry.opened('ann');
    await b.registry.opened('ann');
    redis.freeze();
    await noticed(a);
    await a.registry.closed('ann');
    expect(await a.registry.left('ann')).toBe(true);
    redis.thaw();
    await eventually('she is found', () => a.found.includes('ann'));
    await seen(a, 'ann');
  }, 60_000);

  it('knows everybody again after a FLUSHALL, and after Redis came back empty', async () => {
    await a.registry.opened('ann');
    await b.registry.opened('bob');
    await b.registry.opened('bob');
    await a.redis.commands.client.flushAll();
    await seen(a, 'ann', 'bob');
    await seen(b, 'ann', 'bob');
    await redis.kill();
    await redis.start();
    await seen(a, 'ann', 'bob');
    await seen(b, 'ann', 'bob');
    expect(await a.registry.count('bob')).toBe(2);
    expect([...a.found, ...b.found, ...a.lost, ...b.lost]).toEqual([]);
  }, 60_000);

  it('ends the presence of a server that died, but of none because Redis stood still or clocks differ', async () => {
    const realNow = Date.now.bind(Date);
    let asked = 0;
    // Each server asks now and then; one clock is right, the next 12 s ahead.
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + ((asked += 1) % 2) * 12_000);
    await a.registry.opened('ann');
    await b.registry.opened('bob');
    redis.freeze();
    await noticed(a);
    await noticed(b);
    // Longer than the lease of both.
    await eventually('the leases ended', leases(9_000));
    redis.thaw();
    await seen(a, 'ann', 'bob');
    await b.die();
    await eventually('the dead server is noticed', () => a.lost.includes('bob'));
    clock.mockRestore();
    await seen(a, 'ann');
    expect([a.lost, a.found, b.lost, b.found]).toEqual([['bob'], [], [], []]);
  }, 90_000);

  it('gives the people of a server that stops the time to come back to another', async () => {
    await b.registry.opened('ann');
    await b.registry.opened('bob');
    await b.registry.opened('bob');
    await b.registry.stop();
    await seen(a, 'ann', 'bob');
    // Connections of a server that has ended do not count.
    expect(await a.registry.opened('bob')).toEqual({ first: false, connections: 1 });
    await eventually('she did not come back', () => a.lost.includes('ann'));
    expect(a.lost).toEqual(['ann']);
    await seen(a, 'bob');
  }, 60_000);
});

/** True once so much time has passed. */
function leases(ms: number): () => boolean {
  const since = performance.now();
  return () => performance.now() - since > ms;
}
