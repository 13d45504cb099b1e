import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

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
 * caches, then what tells the news.
 */
export class CatchUp {
  private readonly logger = new Logger(CatchUp.name);
  private readonly firsts: CatchUpWork[] = [];
  private readonly thens: CatchUpWork[] = [];
  /** When the doubt began that no run has covered yet. */
  private since: number | undefined;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** Before anything is told: caches and the rights of those who were removed. Tried again until it succeeds. */
  first(work: CatchUpWork): void {
    this.firsts.push(work);
  }

  then(work: CatchUpWork): void {
    this.thens.push(work);
  }

  /**
   * @param since as `performance.now()` said it when the doubt began
   * @returns settles when all of that is caught up with; never rejects
   */
  async run(since: number): Promise<void> {
    this.since = Math.min(this.since ?? since, since);
    while (this.since !== undefined && !this.stopped) {
      this.running ??= this.once(this.since).finally(() => (this.running = undefined));
      await this.running;
    }
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

  private async once(since: number): Promise<void> {
    this.since = undefined;
    await this.untilDone(since);
    for (const work of this.thens) {
      try {
        await work(performance.now() - since + SLACK_MS);
      } catch (error) {
        this.logger.error({ err: error }, 'Catching up failed');
      }
    }
  }

  private async untilDone(since: number): Promise<void> {
    while (!this.stopped) {
      try {
        for (const work of this.firsts) await work(performance.now() - since + SLACK_MS);
        return;
      } catch (error) {
        this.logger.warn({ err: error }, 'Catching up with removals failed; trying again');
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }
}
