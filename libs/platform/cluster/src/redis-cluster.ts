import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Cluster, type ClusterListener } from './cluster.js';
import { inTime } from './in-time.js';
import type { RedisConnections } from './redis-connections.js';

const CHANNEL = 'switchboard:bus';

const nothing = (): void => undefined;

interface Envelope {
  from: string;
  topic: string;
  data: unknown;
}

/**
 * Servers that tell each other by Redis. Uses the connections of Socket.IO's adapter, so that what is said here and
 * what rooms are sent arrive in the order in which they were said.
 */
export class RedisCluster extends Cluster {
  readonly nodeId = randomUUID();
  readonly shared = true;
  private readonly logger = new Logger(RedisCluster.name);
  private readonly listeners = new Map<string, ClusterListener[]>();
  private readonly reconnected: ((since: Date) => void)[] = [];
  private readonly works: ((since: Date) => Promise<void>)[] = [];
  /** Since when what others said may be missing here. */
  private awaySince: Date | undefined;
  /** Lost connections so far, to notice one while another is caught up with. */
  private losses = 0;

  constructor(private readonly redis: RedisConnections) {
    super();
    redis.subscriber.on('reconnecting', () => {
      this.awaySince ??= new Date();
      redis.incoming.close();
      this.losses += 1;
    });
    redis.subscriber.on('ready', () => void this.back());
  }

  get connected(): boolean {
    return this.redis.incoming.isOpen;
  }

  async start(): Promise<void> {
    await this.redis.subscriber.subscribe(CHANNEL, (message) => this.receive(message));
  }

  publish(topic: string, data: unknown): Promise<void> {
    const envelope: Envelope = { from: this.nodeId, topic, data };
    return inTime(this.redis.publisher.publish(CHANNEL, JSON.stringify(envelope)).then(nothing), undefined);
  }

  flushed(): Promise<void> {
    return this.connected ? inTime(this.redis.publisher.ping().then(nothing), undefined) : Promise.resolve();
  }

  on(topic: string, listener: ClusterListener): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  onReconnected(listener: (since: Date) => void): void {
    this.reconnected.push(listener);
  }

  beforeResuming(work: (since: Date) => Promise<void>): void {
    this.works.push(work);
  }

  private async back(): Promise<void> {
    const { awaySince: since, losses } = this;
    if (!since) return;
    this.logger.log('Redis is back');
    await Promise.all(this.works.map((work) => work(since)));
    // Lost again meanwhile: the return after that resumes, from the same time on.
    if (losses !== this.losses) return;
    this.awaySince = undefined;
    this.redis.incoming.open(() => {
      for (const listener of this.reconnected) this.guarded(() => listener(since));
    });
  }

  private receive(message: string): void {
    this.guarded(() => {
      const { from, topic, data } = JSON.parse(message) as Envelope;
      if (from === this.nodeId) return;
      for (const listener of this.listeners.get(topic) ?? []) this.guarded(() => listener(data));
    });
  }

  private guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.logger.error({ err: error }, 'A message of another server could not be handled');
    }
  }
}
