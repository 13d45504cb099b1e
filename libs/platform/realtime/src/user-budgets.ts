import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Cluster } from '#libs/platform/cluster';
import { AppConfig } from '#libs/platform/config';
import { TokenBucket } from '#libs/platform/rate-limit';

const TOPIC = 'user-events';
const REMEMBERED_USERS = 50_000;
/** Saved up at most, by a connection as by a user. */
export const BURST_SECONDS = 2;
/** What a user may spend within a second before the other servers are told: a tenth keeps the news few. */
const TOLD_SHARE = 0.1;
const SECOND_MS = 1_000;

export interface UserBudget {
  readonly userId: string;
  readonly bucket: TokenBucket;
  /** Spent here and not told yet, since `since`. */
  spent: number;
  since: number;
}

interface Spent {
  userId: string;
  events: number;
}

/**
 * Events a second for all connections of a user, on all servers together. Each server counts for itself, without asking
 * anyone, and tells the others what is spent here, who take it off their own count.
 */
@Injectable()
export class UserBudgets {
  private readonly budgets = new LRUCache<string, UserBudget>({ max: REMEMBERED_USERS });
  private readonly rate: number;
  private readonly toldAt: number;

  constructor(
    config: AppConfig,
    private readonly cluster: Cluster,
  ) {
    this.rate = config.sockets.userEventsPerSecond;
    this.toldAt = Math.max(1, Math.ceil(this.rate * TOLD_SHARE));
    cluster.on(TOPIC, (data) => {
      const { userId, events } = data as Spent;
      this.of(userId).bucket.spend(events);
    });
  }

  /** Shared by all of the user's connections to this server. */
  of(userId: string): UserBudget {
    let budget = this.budgets.get(userId);
    if (!budget) {
      const bucket = new TokenBucket(this.rate, this.rate * BURST_SECONDS);
      budget = { userId, bucket, spent: 0, since: 0 };
      this.budgets.set(userId, budget);
    }
    return budget;
  }

  /** Takes one event and answers 0, or the seconds to wait. */
  take(budget: UserBudget): number {
    const wait = budget.bucket.take();
    if (wait === 0 && this.cluster.shared) this.note(budget, performance.now());
    return wait;
  }

  private note(budget: UserBudget, now: number): void {
    if (now - budget.since > SECOND_MS) {
      budget.since = now;
      budget.spent = 0;
    }
    budget.spent += 1;
    if (budget.spent < this.toldAt) return;
    const news: Spent = { userId: budget.userId, events: budget.spent };
    budget.spent = 0;
    // What would arrive late concerns nobody any more.
    if (this.cluster.connected) void this.cluster.publish(TOPIC, news);
  }
}
