import { Logger } from '@nestjs/common';
import { reconnect, redisClient } from '../../libs/platform/cluster/src/redis-client.js';
import { eventually } from '../support/process.js';
import { isRedisInstalled, startTestRedis, type TestRedis } from '../support/redis.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

describeWithRedis('a connection to Redis (skipped where redis-server is not installed)', () => {
  let redis: TestRedis;
  let proxy: TcpProxy;
  let client: ReturnType<typeof redisClient>;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    redis = await startTestRedis();
    const before = await TcpProxy.before(redis.url);
    proxy = before.proxy;
    client = redisClient(before.url);
    await client.connect();
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    await redis.stop();
  });

  it('that was accepted and is never answered is given up', async () => {
    proxy.silence();
    const accepted = new Promise((resolve) => client.once('connect', resolve));
    reconnect(client);
    await accepted;
    await eventually('the new connection is the only one', () => proxy.connections === 1);
    expect(client.isReady).toBe(false);
    // Only what connects from now on is answered.
    await proxy.resume();
    await eventually('another one is made', () => client.isReady);
    expect(await client.ping()).toBe('PONG');
  }, 60_000);

  it('that falls silent is given up, and what was subscribed to is heard again', async () => {
    const heard: string[] = [];
    await client.subscribe('news', (message) => heard.push(message));
    proxy.silence();
    await eventually('it is given up', () => !client.isReady);
    await proxy.resume();
    const speaker = redisClient(redis.url);
    await speaker.connect();
    await eventually('it hears again', async () => {
      await speaker.publish('news', 'hello');
      return heard.length > 0;
    });
    speaker.destroy();
  }, 60_000);
});
