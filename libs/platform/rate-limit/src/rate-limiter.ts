import { Inject, Injectable } from '@nestjs/common';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { REDIS, type RedisConnections } from '#libs/platform/cluster';
import { commonErrors } from '#libs/platform/errors';

export interface RateRule {
  /** Name of the rule; with the key it names a counter. */
  name: string;
  /** How many within the window. */
  points: number;
  /** Length of the window in seconds. */
  seconds: number;
  /** What is counted, for the error's sentence: "messages". */
  what: string;
}

interface Counters {
  /** For all servers together. */
  shared: RateLimiterAbstract | undefined;
  /** Of this server, for when Redis does not answer. */
  own: RateLimiterAbstract;
}

/** Counts by rule and key (a user, an address); for all servers together where there are several. */
@Injectable()
export class RateLimiter {
  private readonly counters = new Map<string, Counters>();

  constructor(@Inject(REDIS) private readonly redis: RedisConnections | null) {}

  /** @throws RATE_LIMITED with the seconds to wait. */
  async consume(rule: RateRule, key: string, points = 1): Promise<void> {
    const outcome = await this.count(rule, (limiter) => limiter.consume(key, points).catch(refusal));
    if (outcome.remainingPoints < 0) throw commonErrors.rateLimited(outcome.msBeforeNext / 1000, rule.what);
  }

  /** Gives back what turned out not to count (a repeat of a stored message). */
  async refund(rule: RateRule, key: string, points = 1): Promise<void> {
    await this.count(rule, (limiter) => limiter.reward(key, points));
  }

  private count<T>(rule: RateRule, counting: (limiter: RateLimiterAbstract) => Promise<T>): Promise<T> {
    const { shared, own } = this.countersOf(rule);
    if (!shared || !this.redis) return counting(own);
    return this.redis.commands.ask(
      () => counting(shared),
      () => counting(own),
    );
  }

  private countersOf(rule: RateRule): Counters {
    let counters = this.counters.get(rule.name);
    if (!counters) {
      counters = this.make(rule);
      this.counters.set(rule.name, counters);
    }
    return counters;
  }

  private make({ name, points, seconds }: RateRule): Counters {
    const own = new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });
    if (!this.redis) return { shared: undefined, own };
    const shared = new RateLimiterRedis({
      storeClient: this.redis.commands.client,
      useRedisPackage: true,
      keyPrefix: `switchboard:rate:${name}`,
      points,
      duration: seconds,
      rejectIfRedisNotReady: true,
    });
    return { shared, own };
  }
}

/** A refusal is an answer; anything else is none. */
function refusal(rejection: unknown): RateLimiterRes {
  if (rejection instanceof RateLimiterRes) return Object.assign(rejection, { remainingPoints: -1 });
  throw rejection;
}
