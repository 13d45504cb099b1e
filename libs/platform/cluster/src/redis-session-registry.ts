import { Logger } from '@nestjs/common';
import type { Cluster } from './cluster.js';
import { LEASE_MS, PresenceStore } from './presence-store.js';
import type { RedisConnections } from './redis-connections.js';
import { OwnSessions, SessionRegistry, type LostListener, type Opened } from './session-registry.js';

const RENEW_MS = 2_000;

/**
 * Shared by all servers, in Redis. What is true of a server's own people stands in its memory, and Redis has a copy, which
 * is compared with each renewal of the server's lease and written again where it differs: after a loss of Redis, a
 * FLUSHALL, or an answer that did not come. While Redis is away each server answers for its own people. When a server
 * ends, another one ends its people's presence; one that was only paused says that they are there after all.
 */
export class RedisSessionRegistry extends SessionRegistry {
  private readonly logger = new Logger(RedisSessionRegistry.name);
  private readonly own = new OwnSessions();
  private readonly store: PresenceStore;
  private readonly lost: LostListener[] = [];
  private readonly found: ((userId: string) => void)[] = [];
  /** Of the own list: counts its changes. */
  private version = 0;
  /** The version that Redis was given as a whole last. */
  private replacedAt = -1;
  /** Others have called the people of this server offline. */
  private buried = false;
  /** Since when the own lease was always valid. Who could not renew it cannot blame others. */
  private steadySince = performance.now();
  /** Who left while Redis was not asked, and may be on another server. */
  private readonly leftUnseen = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param graceMs the time that people of a server that stops have to come back */
  constructor(
    private readonly redis: Pick<RedisConnections, 'commands'>,
    { nodeId }: Pick<Cluster, 'nodeId'>,
    private readonly graceMs: number,
  ) {
    super();
    this.store = new PresenceStore(redis.commands.client, nodeId);
  }

  async start(): Promise<void> {
    await this.renew();
    this.timer = setInterval(() => void this.renew(), RENEW_MS);
    this.timer.unref();
    this.redis.commands.onReady(() => void this.renew());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.ask((store) => store.end(this.graceMs), undefined);
  }

  async opened(userId: string): Promise<Opened> {
    const here = this.own.opened(userId);
    this.leftUnseen.delete(userId);
    const elsewhere = await this.changed(userId);
    if (elsewhere === undefined) return here;
    return {
      first: here.first && elsewhere < 0,
      connections: here.connections + Math.max(0, elsewhere),
    };
  }

  async closed(userId: string): Promise<void> {
    this.own.closed(userId);
    await this.changed(userId);
  }

  async left(userId: string): Promise<boolean> {
    const known = this.own.left(userId);
    const elsewhere = await this.changed(userId);
    if (elsewhere !== undefined) return known && elsewhere < 0;
    if (known && this.own.count(userId) === undefined) this.leftUnseen.add(userId);
    return known;
  }

  async count(userId: string): Promise<number> {
    const here = this.own.count(userId) ?? 0;
    const [elsewhere = 0] = await this.ask((store) => store.elsewhere([userId]), [0]);
    return here + Math.max(0, elsewhere);
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    const online = this.own.online(userIds);
    const others = userIds.filter((id) => !online.has(id));
    if (others.length === 0) return online;
    const elsewhere = await this.ask((store) => store.elsewhere(others), []);
    others.forEach((id, at) => (elsewhere[at] ?? -1) >= 0 && online.add(id));
    return online;
  }

  onLost(listener: LostListener): void {
    this.lost.push(listener);
  }

  onFound(listener: (userId: string) => void): void {
    this.found.push(listener);
  }

  /** @returns connections elsewhere, -1 where nobody else knows the user, undefined where Redis does not say */
  private async changed(userId: string): Promise<number | undefined> {
    this.version += 1;
    const { version } = this;
    const answer = await this.ask(
      (store) => store.change(version, userId, this.own.count(userId)),
      undefined,
    );
    // Of all changes that were not taken the first has the list replaced, with the others in it.
    if (answer && !answer.taken && version > this.replacedAt) await this.replace();
    return answer?.elsewhere;
  }

  private async renew(): Promise<void> {
    if (this.stopped) return;
    const { version } = this;
    const renewed = await this.ask((store) => store.renew(version), undefined);
    if (!renewed?.valid) this.steadySince = performance.now();
    if (!renewed) return;
    if (renewed.buried) this.buried = true;
    if (!renewed.right && !(await this.replace())) return;
    if (this.buried) await this.rise();
    await this.findThoseWhoLeft();
    if (performance.now() - this.steadySince > LEASE_MS) await this.bury();
  }

  /** All at once, so that nobody is missing for a moment. @returns whether Redis has it */
  private replace(): Promise<boolean> {
    const { version } = this;
    this.replacedAt = version;
    return this.ask(async (store) => {
      await store.replace(version, this.own.entries());
      return true;
    }, false);
  }

  /** This server was silent for longer than its lease: a paused machine. Its users are there all the same. */
  private async rise(): Promise<void> {
    const users = this.own.entries().map(([userId]) => userId);
    const elsewhere = await this.ask((store) => store.elsewhere(users), undefined);
    if (!elsewhere) return;
    this.buried = false;
    this.logger.warn({ users: users.length }, 'This server was taken for dead; its users are online again');
    users.forEach((userId, at) => (elsewhere[at] ?? -1) < 0 && this.tellFound(userId));
  }

  /** They were called offline by what was known here. */
  private async findThoseWhoLeft(): Promise<void> {
    if (this.leftUnseen.size === 0) return;
    const users = [...this.leftUnseen];
    const elsewhere = await this.ask((store) => store.elsewhere(users), undefined);
    if (!elsewhere) return;
    users.forEach((userId, at) => {
      // Who has come back here meanwhile was told of.
      if (this.leftUnseen.delete(userId) && (elsewhere[at] ?? -1) >= 0) this.tellFound(userId);
    });
  }

  private async bury(): Promise<void> {
    const buried = await this.ask((store) => store.bury(), []);
    for (const { nodeId, silentMs, userIds } of buried) {
      this.logger.warn({ node: nodeId, users: userIds.length }, 'A server has ended; so has its lease');
      for (const userId of userIds) for (const listener of this.lost) listener(userId, silentMs);
    }
  }

  private tellFound(userId: string): void {
    for (const listener of this.found) listener(userId);
  }

  /** While Redis is away, or does not answer in time, the fallback holds. */
  private ask<T, F>(question: (store: PresenceStore) => Promise<T>, fallback: F): Promise<T | F> {
    return this.redis.commands.ask(
      () => question(this.store),
      () => fallback,
    );
  }
}
