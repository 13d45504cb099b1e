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

/** Counts by rule and key (a user, an address); for all servers together where there are several. */
@Injectable()
export class RateLimiter {
  private readonly limiters = new Map<string, RateLimiterAbstract>();

  constructor(@Inject(REDIS) private readonly redis: RedisConnections | null) {}

  /** @throws RATE_LIMITED with the seconds to wait. */
  async consume(rule: RateRule, key: string, points = 1): Promise<void> {
    try {
      await this.limiter(rule).consume(key, points);
    } catch (rejection) {
      if (!(rejection instanceof RateLimiterRes)) throw rejection;
      throw commonErrors.rateLimited(rejection.msBeforeNext / 1000, rule.what);
    }
  }

  /** Gives back what turned out not to count (a repeat of a stored message). */
  async refund(rule: RateRule, key: string, points = 1): Promise<void> {
    await this.limiter(rule).reward(key, points);
  }

  private limiter(rule: RateRule): RateLimiterAbstract {
    let limiter = this.limiters.get(rule.name);
    if (!limiter) {
      limiter = this.make(rule);
      this.limiters.set(rule.name, limiter);
    }
    return limiter;
  }

  private make({ name, points, seconds }: RateRule): RateLimiterAbstract {
    const memory = new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });
    if (!this.redis) return memory;
    return new RateLimiterRedis({
      storeClient: this.redis.commands,
      useRedisPackage: true,
      keyPrefix: `switchboard:rate:${name}`,
      points,
      duration: seconds,
      // While Redis is away each server counts for itself.
      insuranceLimiter: memory,
      rejectIfRedisNotReady: true,
    });
  }
}
