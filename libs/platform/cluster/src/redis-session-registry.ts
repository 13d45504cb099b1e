import { Logger } from '@nestjs/common';
import type { Cluster } from './cluster.js';
import type { RedisConnections } from './redis-connections.js';
import { LocalSessionRegistry, SessionRegistry, type Opened } from './session-registry.js';

const HEARTBEAT_MS = 2_000;
/** A server that was silent for so long is dead: its users' leases end. */
const LEASE_MS = 8_000;
const NODES = 'switchboard:nodes';
const usersOf = (nodeId: string): string => `switchboard:node:${nodeId}:users`;
/** Left for a server that was only silent, and is told so by its next heartbeat. */
const buriedKey = (nodeId: string): string => `switchboard:node:${nodeId}:buried`;
const BURIED_S = 86_400;
const userKey = (userId: string): string => `switchboard:user:${userId}`;

/**
 * KEYS user, node's users; ARGV node, user, change. A hash of connections by server. Answers 1 for the first of all,
 * and the connections on all servers.
 */
const CHANGE = `
local known = redis.call('EXISTS', KEYS[1])
local count = redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[3])
if count < 0 then redis.call('HSET', KEYS[1], ARGV[1], 0) end
redis.call('SADD', KEYS[2], ARGV[2])
local all = 0
for _, there in ipairs(redis.call('HVALS', KEYS[1])) do all = all + there end
return {1 - known, all}`;

/** KEYS user, node's users; ARGV node, user. Answers 1 when the user is nowhere any more. */
const LEAVE = `
local removed = redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('SREM', KEYS[2], ARGV[2])
return (removed == 1 and redis.call('EXISTS', KEYS[1]) == 0) and 1 or 0`;

/** KEYS user, node's users; ARGV node, user, connections. Answers 1 when the user was nowhere. */
const RESTORE = `
local known = redis.call('EXISTS', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('SADD', KEYS[2], ARGV[2])
return 1 - known`;

/**
 * Shared by all servers, in Redis. Each server has a lease, renewed by a heartbeat; when one dies, another ends its
 * users' presence, and one that was only paused says that they are there after all. While Redis is away each server answers for its own users, and registers them again afterwards.
 */
export class RedisSessionRegistry extends SessionRegistry {
  private readonly logger = new Logger(RedisSessionRegistry.name);
  private readonly local = new LocalSessionRegistry();
  private readonly lost: ((userId: string) => void)[] = [];
  private readonly found: ((userId: string) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisConnections,
    private readonly cluster: Cluster,
  ) {
    super();
  }

  async start(): Promise<void> {
    await this.beat();
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS);
    this.timer.unref();
    this.redis.commands.onReady(() => void this.registerAgain());
  }

  /** Ends the lease at once: the others need not wait for it. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    const { nodeId } = this.cluster;
    await this.ask(async (redis) => {
      const pipeline = redis.multi().zRem(NODES, nodeId).del(usersOf(nodeId));
      for (const [userId] of this.local.entries()) pipeline.hDel(userKey(userId), nodeId);
      await pipeline.exec();
    }, undefined);
  }

  async opened(userId: string): Promise<Opened> {
    const here = await this.local.opened(userId);
    return this.ask(async () => {
      const [first, connections] = await this.change(userId, 1);
      return { first: first === 1, connections };
    }, here);
  }

  async closed(userId: string): Promise<void> {
    await this.local.closed(userId);
    await this.ask(() => this.change(userId, -1), undefined);
  }

  async left(userId: string): Promise<boolean> {
    const known = await this.local.left(userId);
    const { nodeId } = this.cluster;
    return this.ask(
      async (redis) =>
        (await redis.eval(LEAVE, {
          keys: [userKey(userId), usersOf(nodeId)],
          arguments: [nodeId, userId],
        })) === 1,
      known,
    );
  }

  async count(userId: string): Promise<number> {
    const here = await this.local.count(userId);
    return this.ask(
      async (redis) => (await redis.hVals(userKey(userId))).reduce((sum, value) => sum + Number(value), 0),
      here,
    );
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    const here = await this.local.online(userIds);
    const elsewhere = userIds.filter((id) => !here.has(id));
    if (elsewhere.length === 0) return here;
    const known = await this.ask(
      async (redis) => Promise.all(elsewhere.map((id) => redis.exists(userKey(id)))),
      elsewhere.map(() => 0),
    );
    elsewhere.forEach((id, index) => known[index] && here.add(id));
    return here;
  }

  onLost(listener: (userId: string) => void): void {
    this.lost.push(listener);
  }

  onFound(listener: (userId: string) => void): void {
    this.found.push(listener);
  }

  private async change(userId: string, by: number): Promise<[first: number, connections: number]> {
    const { nodeId } = this.cluster;
    const answer = await this.redis.commands.client.eval(CHANGE, {
      keys: [userKey(userId), usersOf(nodeId)],
      arguments: [nodeId, userId, String(by)],
    });
    return answer as [number, number];
  }

  /** Redis may have restarted empty. */
  private async registerAgain(): Promise<void> {
    await this.ask(() => this.restore(), undefined);
    await this.beat();
  }

  /** @returns users of this server who were registered nowhere. */
  private async restore(): Promise<string[]> {
    const { nodeId } = this.cluster;
    const entries = this.local.entries();
    const restored = await Promise.all(
      entries.map(([userId, count]) =>
        this.redis.commands.client.eval(RESTORE, {
          keys: [userKey(userId), usersOf(nodeId)],
          arguments: [nodeId, userId, String(count)],
        }),
      ),
    );
    return entries.flatMap(([userId], index) => (restored[index] === 1 ? [userId] : []));
  }

  private async beat(): Promise<void> {
    await this.ask(async (redis) => {
      const now = Date.now();
      const { nodeId } = this.cluster;
      const [, buried] = await redis
        .multi()
        .zAdd(NODES, { score: now, value: nodeId })
        .del(buriedKey(nodeId))
        .execTyped();
      if (buried === 1) await this.rise();
      for (const silent of await redis.zRangeByScore(NODES, '-inf', now - LEASE_MS)) await this.bury(silent);
    }, undefined);
  }

  /** This server was silent for longer than its lease: a paused machine. Its users are there all the same. */
  private async rise(): Promise<void> {
    const users = await this.restore();
    this.logger.warn({ users: users.length }, 'This server was taken for dead; its users are online again');
    for (const userId of users) for (const listener of this.found) listener(userId);
  }

  /** Of all servers that notice only the one that removes the entry goes on. */
  private async bury(nodeId: string): Promise<void> {
    const redis = this.redis.commands.client;
    if ((await redis.zRem(NODES, nodeId)) !== 1) return;
    const users = await redis.sMembers(usersOf(nodeId));
    this.logger.warn(
      { node: nodeId, users: users.length },
      'A server is gone without a word; ending its leases',
    );
    for (const userId of users) {
      const last = await redis.eval(LEAVE, {
        keys: [userKey(userId), usersOf(nodeId)],
        arguments: [nodeId, userId],
      });
      if (last === 1) for (const listener of this.lost) listener(userId);
    }
    await redis.multi().del(usersOf(nodeId)).set(buriedKey(nodeId), '', { EX: BURIED_S }).exec();
  }

  /** While Redis is away, or does not answer in time, the fallback holds. */
  private ask<T, F>(
    question: (redis: RedisConnections['commands']['client']) => Promise<T>,
    fallback: F,
  ): Promise<T | F> {
    return this.redis.commands.ask(question, () => fallback);
  }
}
