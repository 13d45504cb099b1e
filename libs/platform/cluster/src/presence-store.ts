import type { RedisClient } from './redis-client.js';

/** A server that did not renew its lease for so long has ended. */
export const LEASE_MS = 8_000;
/** Lists of servers that nobody is left to bury. */
const KEPT_MS = 86_400_000;
const NODES = 'switchboard:presence:nodes';
const LIST = 'switchboard:presence:node:';
/** Left for a server that was only silent, and is told so by its next renewal. */
const BURIED = 'switchboard:presence:buried:';
const buriedKey = (nodeId: string): string => BURIED + nodeId;
const listKey = (nodeId: string): string => LIST + nodeId;
/** Beside people a list has its version, and when its server was last heard of. */
const field = (userId: string): string => `user:${userId}`;

/** Only Redis' own clock is asked: those of servers may differ. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Answers for a field the connections that servers other than \`self\` have, or -1 where none knows the user. */
const ELSEWHERE = `
local nodes = redis.call('ZRANGE', '${NODES}', 0, -1)
local function elsewhere(self, field)
  local sum = -1
  for _, node in ipairs(nodes) do
    local count = node ~= self and redis.call('HGET', '${LIST}' .. node, field)
    if count then sum = math.max(sum, 0) + count end
  end
  return sum
end`;

/** ARGV node, fields. */
const ASK = `${ELSEWHERE}
local answer = {}
for n = 2, #ARGV do answer[n - 1] = elsewhere(ARGV[1], ARGV[n]) end
return answer`;

/**
 * ARGV node, version, field, connections ('' where the user has left). Only what follows on the version that is there is
 * taken: a change may come late, by a connection that was given up, or not at all.
 */
const CHANGE = `${ELSEWHERE}
local list = '${LIST}' .. ARGV[1]
local version = tonumber(redis.call('HGET', list, 'version') or 0)
local follows = version + 1 == tonumber(ARGV[2])
if follows then
  if ARGV[4] == '' then redis.call('HDEL', list, ARGV[3]) else redis.call('HSET', list, ARGV[3], ARGV[4]) end
  redis.call('HSET', list, 'version', ARGV[2])
end
return {elsewhere(ARGV[1], ARGV[3]), follows and 1 or 0}`;

/** ARGV node, version, then fields and connections in turn. */
const REPLACE = `${NOW}
local list = '${LIST}' .. ARGV[1]
if tonumber(redis.call('HGET', list, 'version') or 0) > tonumber(ARGV[2]) then return end
redis.call('DEL', list)
redis.call('HSET', list, 'version', ARGV[2], 'at', now)
for n = 3, #ARGV, 2 do redis.call('HSET', list, ARGV[n], ARGV[n + 1]) end
redis.call('PEXPIRE', list, ${KEPT_MS})`;

/** ARGV node, version. Answers whether the lease had not ended, whether it was buried, and whether the list is right. */
const RENEW = `${NOW}
local list = '${LIST}' .. ARGV[1]
local lease = redis.call('ZSCORE', '${NODES}', ARGV[1])
local valid = (lease and tonumber(lease) >= now) and 1 or 0
local right = (redis.call('HGET', list, 'version') == ARGV[2]) and 1 or 0
redis.call('ZADD', '${NODES}', now + ${LEASE_MS}, ARGV[1])
if right == 1 then
  redis.call('HSET', list, 'at', now)
  redis.call('PEXPIRE', list, ${KEPT_MS})
end
return {valid, redis.call('DEL', '${BURIED}' .. ARGV[1]), right}`;

/** Answers for each server whose lease has ended: its id, how long it was silent (ms), who is nowhere any more. */
const BURY = `${NOW}
local dead = redis.call('ZRANGEBYSCORE', '${NODES}', '-inf', '(' .. now)
for _, node in ipairs(dead) do redis.call('ZREM', '${NODES}', node) end
${ELSEWHERE}
local told, answer = {}, {}
for n, node in ipairs(dead) do
  local list = '${LIST}' .. node
  local at = redis.call('HGET', list, 'at') or now
  answer[n] = {node, now - at}
  for _, field in ipairs(redis.call('HKEYS', list)) do
    if string.sub(field, 1, 5) == 'user:' and not told[field] and elsewhere('', field) < 0 then
      told[field] = true
      table.insert(answer[n], string.sub(field, 6))
    end
  end
  redis.call('DEL', list)
  redis.call('SET', '${BURIED}' .. node, '', 'PX', ${KEPT_MS})
end
return answer`;

/** ARGV node, ms until its people are offline. They have no connections any more, but may come back elsewhere. */
const END = `${NOW}
local list = '${LIST}' .. ARGV[1]
redis.call('ZADD', '${NODES}', now + ARGV[2], ARGV[1])
redis.call('HSET', list, 'at', now)
for _, field in ipairs(redis.call('HKEYS', list)) do
  if string.sub(field, 1, 5) == 'user:' then redis.call('HSET', list, field, 0) end
end`;

export interface Changed {
  /** Connections on other servers, or -1 where no other one knows the user. */
  elsewhere: number;
  /** If not, the list is to be replaced. */
  taken: boolean;
}

export interface Renewed {
  /** Whether the lease had gone on until now; if not, nothing can be said of those of others either. */
  valid: boolean;
  /** Whether others took this server for ended, and said so of its users. */
  buried: boolean;
  /** Whether Redis has this server's list as it is. */
  right: boolean;
}

export interface Buried {
  nodeId: string;
  /** Since it was last heard of. */
  silentMs: number;
  /** Who is on no other server. */
  userIds: string[];
}

/**
 * What Redis knows of who is where: a list of people for each server, replaced or changed by that server alone, and when
 * its lease ends, by Redis' clock. Lists have versions, so that changes that got lost, or come late, do no harm.
 */
export class PresenceStore {
  constructor(
    private readonly client: RedisClient,
    private readonly nodeId: string,
  ) {}

  async change(version: number, userId: string, connections: number | undefined): Promise<Changed> {
    const args = [String(version), field(userId), String(connections ?? '')];
    const [elsewhere = -1, follows] = (await this.run(CHANGE, args)) as number[];
    return { elsewhere, taken: follows === 1 };
  }

  /** @returns for each of them the connections on other servers, or -1 where no other one knows the user */
  async elsewhere(userIds: readonly string[]): Promise<number[]> {
    return (await this.run(ASK, userIds.map(field))) as number[];
  }

  async replace(version: number, people: readonly [userId: string, connections: number][]): Promise<void> {
    const flat = people.flatMap(([userId, connections]) => [field(userId), String(connections)]);
    await this.run(REPLACE, [String(version), ...flat]);
  }

  async renew(version: number): Promise<Renewed> {
    const [valid, buried, right] = (await this.run(RENEW, [String(version)])) as number[];
    return { valid: valid === 1, buried: buried === 1, right: right === 1 };
  }

  /** Of all servers that notice only one is answered. */
  async bury(): Promise<Buried[]> {
    const answer = (await this.run(BURY)) as [string, number, ...string[]][];
    return answer.map(([nodeId, silentMs, ...userIds]) => ({ nodeId, silentMs, userIds }));
  }

  /** This server ends; its people have so long to come back by another one. */
  async end(graceMs: number): Promise<void> {
    await this.run(END, [String(graceMs)]);
  }

  private run(script: string, args: string[] = []): Promise<unknown> {
    return this.client.eval(script, {
      keys: [NODES, listKey(this.nodeId), buriedKey(this.nodeId)],
      arguments: [this.nodeId, ...args],
    });
  }
}
