import { Inbox, type Span } from './inbox.js';

const ASK_AGAIN_MS = 250;
/** Messages that are said again at once. */
export const RESENT_AT_ONCE = 1_000;
/** A gap that nobody fills for so long is caught up with from the database. */
const GIVE_UP_MS = 3_000;
/** A server that was not heard of for so long has ended, or goes on storing what it cannot tell. */
const LOST_MS = 2_000;
/** For so long, and so often, the database is asked what a lost server stores. */
const WATCHED_MS = 60_000;
const WATCH_EVERY_MS = 1_000;

/** Another server, as it is heard here. Times are those of `performance.now()`. */
export class BusPeer {
  readonly inbox = new Inbox();
  heardAt = 0;
  /** Since when something that it said is missing. */
  gapSince: number | undefined;
  private askedAt = -Infinity;
  /** What it was asked for ends before this number. */
  private askedUpTo = 0;
  /** When the database was asked last since this one is silent; undefined while it is heard of. */
  private watchedAt: number | undefined;

  heard(now: number): void {
    this.heardAt = now;
    this.watchedAt = undefined;
  }

  /** What it is to be asked for now; what it was asked for before is on its way. */
  toAskFor(now: number): Span | undefined {
    const { missing } = this.inbox;
    if (!missing) {
      this.gapSince = undefined;
      return undefined;
    }
    this.gapSince ??= now;
    if (now - this.askedAt < ASK_AGAIN_MS && missing.from < this.askedUpTo) return undefined;
    this.askedAt = now;
    this.askedUpTo = Math.min(missing.to + 1, missing.from + RESENT_AT_ONCE);
    return missing;
  }

  /** @returns since when something is missing that will not come any more; it is not waited for from here on */
  givenUp(now: number): number | undefined {
    const { gapSince } = this;
    if (gapSince === undefined || now - gapSince <= GIVE_UP_MS) return undefined;
    this.gapSince = undefined;
    this.inbox.skipTo((this.inbox.missing?.to ?? 0) + 1);
    return gapSince;
  }

  isLost(now: number): boolean {
    return now - this.heardAt > LOST_MS;
  }

  /** Of a lost one: whether the database is to be asked now, for the first time or again. */
  toWatch(now: number): 'first' | 'again' | undefined {
    const { watchedAt, heardAt } = this;
    if (watchedAt !== undefined && (now - watchedAt < WATCH_EVERY_MS || now - heardAt > WATCHED_MS))
      return undefined;
    this.watchedAt = now;
    return watchedAt === undefined ? 'first' : 'again';
  }
}
