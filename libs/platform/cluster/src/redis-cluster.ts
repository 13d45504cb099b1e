import { randomUUID } from 'node:crypto';
import { adapterClients, type AdapterClients } from './adapter-clients.js';
import { Cluster, type ClusterListener } from './cluster.js';
import { inTime } from './in-time.js';
import { RedisBus } from './redis-bus.js';
import type { RedisConnections } from './redis-connections.js';

const CHANNEL = 'topic:';
const DOUBT = 'doubt';
/** While others cannot be heard, the database is asked so often; people who were removed hear nothing after 3 s. */
const CATCH_UP_MS = 1_000;

const nothing = (): void => undefined;

/** Servers that tell each other by Redis. */
export class RedisCluster extends Cluster {
  readonly nodeId = randomUUID();
  readonly shared = true;
  /** For Socket.IO's adapter, in one order with what is published here. */
  readonly adapterClients: AdapterClients;
  private readonly bus: RedisBus;
  private readonly listeners = new Map<string, ClusterListener[]>();
  /** Since when others may not have been heard; what was before is caught up with. */
  private interruptedSince: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly redis: Pick<RedisConnections, 'publisher' | 'subscriber'>) {
    super();
    this.bus = new RedisBus(this.nodeId, redis, {
      interrupted: (since) => this.interrupted(since),
      catchUp: () => this.catchUpNow(),
      resumed: () => (this.interruptedSince = undefined),
    });
    this.adapterClients = adapterClients(this.bus);
    this.bus.subscribe(`${CHANNEL}*`, (payload, channel) => this.heard(channel, payload));
    this.on(DOUBT, (ms) => void this.catchUp.run(performance.now() - Number(ms)));
  }

  get connected(): boolean {
    return this.bus.connected;
  }

  async start(): Promise<void> {
    await this.bus.start();
    this.timer = setInterval(() => {
      if (!this.connected) void this.catchUpNow();
    }, CATCH_UP_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.catchUp.stop();
    await this.bus.stop();
  }

  publish(topic: string, data: unknown): Promise<void> {
    const done = this.bus.publish(CHANNEL + topic, JSON.stringify(data));
    return this.connected ? inTime(done, undefined) : Promise.resolve();
  }

  flushed(): Promise<void> {
    return this.connected
      ? inTime(this.redis.publisher.ping().then(nothing, nothing), undefined)
      : Promise.resolve();
  }

  on(topic: string, listener: ClusterListener): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  doubt(since: number): void {
    void this.catchUp.run(since);
    void this.publish(DOUBT, Math.round(performance.now() - since));
  }

  private interrupted(since: number): void {
    this.interruptedSince = Math.min(this.interruptedSince ?? since, since);
  }

  private async catchUpNow(): Promise<void> {
    const now = performance.now();
    const since = this.interruptedSince ?? now;
    // A run covers all until it begins; what comes after is the next one's.
    this.interruptedSince = now;
    await this.catchUp.run(since);
  }

  private heard(channel: string, payload: Buffer): void {
    const data: unknown = JSON.parse(payload.toString());
    for (const listener of this.listeners.get(channel.slice(CHANNEL.length)) ?? []) listener(data);
  }
}
