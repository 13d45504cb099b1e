import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import { RedisBus } from './redis-bus.js';
import type { RedisConnections } from './redis-connections.js';

type Subscription = (bytes: Buffer) => void;

/** Redis' publish and subscribe, which can lose what is on its way to one of its clients. */
class FakeRedis {
  private readonly clients = new Map<string, { channels: Map<string, Subscription>; link: Link }>();

  client(name: string): { connections: RedisConnections; link: Link } {
    const link: Link = { up: true, deaf: false };
    const channels = new Map<string, Subscription>();
    this.clients.set(name, { channels, link });
    const reconnecting = {
      isReady: true,
      isOpen: true,
      destroy: () => undefined,
      connect: async () => undefined,
    };
    const subscriber = Object.assign(new EventEmitter(), {
      ...reconnecting,
      subscribe: async (channel: string, listener: Subscription) => void channels.set(channel, listener),
    });
    const publisher = {
      ...reconnecting,
      publish: async (channel: string, bytes: Buffer) => {
        if (!link.up) throw new Error('The socket is closed');
        for (const other of this.clients.values())
          if (other.link.up && !other.link.deaf) other.channels.get(channel)?.(bytes);
        return 1;
      },
    };
    return { connections: { publisher, subscriber } as unknown as RedisConnections, link };
  }
}
interface Link {
  up: boolean;
  /** Says, and does not hear. */
  deaf: boolean;
}

const BEAT_MS = 500;

describe('the bus between servers', () => {
  let redis: FakeRedis;
  let stopped: (() => Promise<void>)[];
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    jest.useFakeTimers();
    redis = new FakeRedis();
    stopped = [];
  });
  afterEach(async () => {
    for (const stop of stopped) await stop();
    jest.useRealTimers();
  });

  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  async function server(name: string) {
    const { connections, link } = redis.client(name);
    const heard: string[] = [];
    const caughtUp: number[] = [];
    let work = (): Promise<void> => Promise.resolve();
    const bus = new RedisBus(name, connections, {
      interrupted: () => undefined,
      catchUp: async () => {
        await work();
        caughtUp.push(heard.length);
      },
      resumed: () => undefined,
    });
    bus.subscribe('news', (payload) => heard.push(payload.toString()));
    bus.subscribe('rooms#*', (payload, channel) => heard.push(`${channel} ${payload.toString()}`));
    await bus.start();
    stopped.push(() => bus.stop());
    return { bus, link, heard, caughtUp, workFirst: (first: () => Promise<void>) => (work = first) };
  }

  it('carries what is said to all others, and not back', async () => {
    const [a, b, c] = [await server('a'), await server('b'), await server('c')];
    await a.bus.publish('news', 'one');
    await b.bus.publish('rooms#x#', 'two');
    expect([a.heard, b.heard, c.heard]).toEqual([['rooms#x# two'], ['one'], ['one', 'rooms#x# two']]);
    await pass(BEAT_MS);
    expect(a.bus.servers).toBe(3);
  });

  it('says again what one of them missed, in order and once', async () => {
    const [a, b] = [await server('a'), await server('b')];
    await a.bus.publish('news', '1');
    b.link.deaf = true;
    await a.bus.publish('news', '2');
    await a.bus.publish('news', '3');
    b.link.deaf = false;
    await a.bus.publish('news', '4');
    await pass(BEAT_MS);
    expect(b.heard).toEqual(['1', '2', '3', '4']);
    expect(b.caughtUp).toEqual([]);
  });

  it('says later what was said without Redis', async () => {
    const [a, b] = [await server('a'), await server('b')];
    await a.bus.publish('news', '1');
    a.link.up = false;
    await a.bus.publish('news', '2');
    expect(b.heard).toEqual(['1']);
    await pass(3 * BEAT_MS);
    a.link.up = true;
    await pass(3 * BEAT_MS);
    expect(b.heard).toEqual(['1', '2']);
  });

  it('is away when nothing comes back, and passes nothing on before it has caught up', async () => {
    const [a, b] = [await server('a'), await server('b')];
    await a.bus.publish('news', '1');
    b.link.deaf = true;
    await pass(5 * BEAT_MS);
    expect(b.bus.connected).toBe(false);
    let finish: () => void = () => undefined;
    b.workFirst(() => new Promise((resolve) => (finish = resolve)));
    b.link.deaf = false;
    await a.bus.publish('news', '2');
    await pass(2 * BEAT_MS);
    await a.bus.publish('news', '3');
    expect(b.heard).toEqual(['1']);
    expect(b.bus.connected).toBe(false);
    finish();
    await pass(1);
    expect(b.heard).toEqual(['1', '2', '3']);
    // At once when it was cut off, and when it is back.
    expect(b.caughtUp).toEqual([1, 1]);
    expect(b.bus.connected).toBe(true);
  });

  it('interrupted again while it resumes, resumes with the next return', async () => {
    const b = await server('b');
    let finish: () => void = () => undefined;
    b.workFirst(() => new Promise((resolve) => (finish = resolve)));
    b.link.up = false;
    await pass(5 * BEAT_MS);
    b.link.up = true;
    await pass(BEAT_MS);
    const interrupted = finish;
    b.link.up = false;
    await pass(5 * BEAT_MS);
    interrupted();
    await pass(1);
    expect(b.bus.connected).toBe(false);
    b.link.up = true;
    await pass(BEAT_MS);
    finish();
    await pass(1);
    expect(b.bus.connected).toBe(true);
  });

  it('asks the database where a server does not keep any more what was missed', async () => {
    const [a, b] = [await server('a'), await server('b')];
    await a.bus.publish('news', 'first');
    b.link.deaf = true;
    for (let n = 0; n < 10_001; n += 1) void a.bus.publish('news', String(n));
    await pass(1);
    b.link.deaf = false;
    await a.bus.publish('news', 'last');
    await pass(4 * BEAT_MS);
    expect(b.caughtUp).toEqual([1]);
    expect(b.heard.at(-1)).toBe('last');
    expect(b.heard).not.toContain('0');
  });

  it('asks the database when a server is silent, but not when it said good-bye', async () => {
    const [a, b, c] = [await server('a'), await server('b'), await server('c')];
    await pass(BEAT_MS);
    await c.bus.stop();
    c.link.up = false;
    await pass(12 * BEAT_MS);
    expect(a.caughtUp).toEqual([]);
    b.link.up = false;
    await pass(5 * BEAT_MS);
    expect(a.caughtUp).toHaveLength(1);
    // It may be cut off, and go on storing what it cannot tell.
    await pass(20 * BEAT_MS);
    expect(a.caughtUp).toHaveLength(11);
    await pass(200 * BEAT_MS);
    const before = a.caughtUp.length;
    await pass(20 * BEAT_MS);
    expect(a.caughtUp).toHaveLength(before);
    expect(a.bus.connected).toBe(true);
    expect(a.bus.servers).toBe(1);
  });
});
