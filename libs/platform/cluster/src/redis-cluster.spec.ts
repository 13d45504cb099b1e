import { EventEmitter } from 'node:events';
import type { RedisConnections } from './redis-connections.js';
import { RedisCluster } from './redis-cluster.js';
import { SubscriptionGate } from './subscription-gate.js';

/** The subscribing connection alone, as far as the cluster uses it. */
class Subscriber extends EventEmitter {
  private readonly subscriptions: ((message: string) => void)[] = [];
  async subscribe(_channel: string, listener: (message: string) => void): Promise<void> {
    this.subscriptions.push(listener);
  }
  async pSubscribe(_pattern: string, listener: (message: string) => void): Promise<void> {
    this.subscriptions.push(listener);
  }
  others(topic: string, data: unknown): void {
    for (const listener of this.subscriptions) listener(JSON.stringify({ from: 'another', topic, data }));
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a server whose connection to the others was lost', () => {
  let subscriber: Subscriber;
  let cluster: RedisCluster;
  let seen: string[];
  let finish: () => void;

  beforeEach(async () => {
    subscriber = new Subscriber();
    const incoming = new SubscriptionGate();
    incoming.guard(subscriber);
    cluster = new RedisCluster({ subscriber, incoming } as unknown as RedisConnections);
    seen = [];
    cluster.on('message', (data) => seen.push(String(data)));
    cluster.onReconnected(() => seen.push('reconnected'));
    cluster.beforeResuming(() => new Promise<void>((resolve) => (finish = resolve)));
    await cluster.start();
  });

  it('hears of the others again only when the work of resuming is done, in order', async () => {
    subscriber.others('message', 'first');
    subscriber.emit('reconnecting');
    expect(cluster.connected).toBe(false);
    subscriber.others('message', 'early');
    subscriber.emit('ready');
    subscriber.others('message', 'late');
    await turn();
    expect(seen).toEqual(['first']);
    expect(cluster.connected).toBe(false);
    finish();
    await turn();
    expect(seen).toEqual(['first', 'reconnected', 'early', 'late']);
    expect(cluster.connected).toBe(true);
    subscriber.others('message', 'next');
    expect(seen.at(-1)).toBe('next');
  });

  it("hears of the others' emits, which Socket.IO's adapter subscribes to, not before either", async () => {
    await subscriber.pSubscribe('rooms', (message) =>
      seen.push((JSON.parse(message) as { data: string }).data),
    );
    subscriber.emit('reconnecting');
    subscriber.emit('ready');
    subscriber.others('an emit', 'late');
    await turn();
    expect(seen).toEqual([]);
    finish();
    await turn();
    expect(seen).toEqual(['reconnected', 'late']);
  });

  it('resumes once, from the first loss on, when it is lost again meanwhile', async () => {
    const since: Date[] = [];
    cluster.onReconnected((at) => since.push(at));
    const lost = Date.now();
    subscriber.emit('reconnecting');
    subscriber.emit('ready');
    const interrupted = finish;
    subscriber.emit('reconnecting');
    interrupted();
    await turn();
    expect(seen).toEqual([]);
    subscriber.emit('ready');
    finish();
    await turn();
    expect(seen).toEqual(['reconnected']);
    expect(since.map((at) => at.getTime() - lost < 1_000)).toEqual([true]);
  });

  it('resumes with the work of the last return, when it was lost and back meanwhile', async () => {
    subscriber.emit('reconnecting');
    subscriber.emit('ready');
    const interrupted = finish;
    subscriber.emit('reconnecting');
    subscriber.emit('ready');
    interrupted();
    await turn();
    expect(seen).toEqual([]);
    expect(cluster.connected).toBe(false);
    finish();
    await turn();
    expect(seen).toEqual(['reconnected']);
    expect(cluster.connected).toBe(true);
  });
});
