import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { SharedRuns } from './shared-runs.js';

/** How far back to look: longer than any transaction lasts, and than it takes to notice a loss. */
const SLACK_MS = 10_000;
const RETRY_MS = 1_000;

/**
 * Work that compares what is known or was told here with the database. Told how far back (ms) something may be missing,
 * by whatever clock: nodes and database need not agree about the time of day.
 */
export type CatchUpWork = (sinceMs: number) => Promise<void> | void;

/**
 * The one answer to every doubt whether this server heard, and told, all that was stored: a lost Redis, a server that
 * died, a COMMIT without an answer, a database that was away, a machine that stood still. First comes what ends rights and
 * caches, then what tells the news. Ending rights never waits for telling, which may be much.
 */
export class CatchUp {
  private readonly logger = new Logger(CatchUp.name);
  private readonly firsts: CatchUpWork[] = [];
  private readonly thens: CatchUpWork[] = [];
  private readonly ending = new SharedRuns((since) => this.endRights(since));
  private readonly telling = new SharedRuns((since) => this.tell(since));
  /** News that could not be told, and since when: to be tried again. */
  private readonly owed = new Map<CatchUpWork, number>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** Before anything is told: caches and the rights of those who were removed. Tried again until it succeeds. */
  first(work: CatchUpWork): void {
    this.firsts.push(work);
  }

  /** Tried again until it succeeds, for which nothing else waits. */
  then(work: CatchUpWork): void {
    this.thens.push(work);
  }

  /**
   * @param since as `performance.now()` said it when the doubt began
   * @returns settles when all of that is caught up with; never rejects
   */
  async run(since: number): Promise<void> {
    if (this.stopped) return;
    await this.ending.ask(since);
    await this.telling.ask(since);
  }

  /** In a moment: what is to be told failed for want of something that is away. */
  soon(): void {
    const since = performance.now();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.run(since);
    }, RETRY_MS).unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async endRights(since: number): Promise<void> {
    while (!this.stopped) {
      try {
        for (const work of this.firsts) await work(howFarBack(since));
        return;
      } catch (error) {
        this.logger.warn({ err: error }, 'Catching up with removals failed; trying again');
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private async tell(since: number): Promise<void> {
    for (const work of this.thens) {
      if (this.stopped) return;
      const from = Math.min(since, this.owed.get(work) ?? since);
      this.owed.delete(work);
      try {
        await work(howFarBack(from));
      } catch (error) {
        this.logger.warn({ err: error }, 'Catching up failed; trying again');
        this.owed.set(work, from);
        this.soon();
      }
    }
  }
}

const howFarBack = (since: number): number => performance.now() - since + SLACK_MS;
