import { Logger } from '@nestjs/common';
import { commonErrors, isDatabaseUnavailable, type DomainError } from '#libs/platform/errors';

/** How often the oldest call under way is looked at, and how long it may last before the database is asked. */
const WATCH_MS = 500;
const SLOW_AFTER_MS = 1_500;
/** This process itself stood still for so long: time limits that ran out meanwhile say nothing about the database. */
const STALL_MS = 500;

export interface AvailabilityParts {
  /** Asks the database on a connection of its own; rejects, within its own time limit, when it does not answer. */
  probe(): Promise<void>;
  /** Time between two probes while the database is away. */
  readonly reconnectMs: number;
  /** The database is away: calls that wait for it may end now. */
  lost(): void;
  /** It answers again, after it was away since then (by `performance.now()`). */
  found(awaySince: number): void;
}

/**
 * Whether the database answers. One that is silent would cost each call, and each event queued behind it, the whole
 * time limit; so a call that fails or lasts makes one probe ask, and while the database is away calls are refused at
 * once. Probing goes on until it is back.
 */
export class Availability {
  private readonly logger = new Logger('Database');
  private readonly underWay = new Set<{ readonly since: number }>();
  private readonly watch = setInterval(() => this.tick(), WATCH_MS);
  private ticked = performance.now();
  private stalled = -Infinity;
  private probing: Promise<void> | undefined;
  private again: NodeJS.Timeout | undefined;
  private suspected = false;
  private away = false;
  private awaySince = 0;
  private stopped = false;

  constructor(private readonly parts: AvailabilityParts) {
    this.watch.unref();
  }

  /**
   * Runs a call on the database.
   * @throws SERVICE_UNAVAILABLE without calling while the database is away; what the call throws otherwise.
   */
  async during<T>(call: () => Promise<T>): Promise<T> {
    // After a failure the probe tells, in milliseconds, whether it was the one connection or the database.
    if (this.suspected) await this.probing;
    if (this.away) throw unavailable();
    const entry = { since: performance.now() };
    this.underWay.add(entry);
    try {
      return await call();
    } catch (error) {
      if (isDatabaseUnavailable(error)) this.suspect();
      throw error;
    } finally {
      this.underWay.delete(entry);
    }
  }

  /** What a call would be refused with right now. */
  get refusal(): DomainError | undefined {
    return this.away ? unavailable() : undefined;
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.watch);
    clearTimeout(this.again);
  }

  private suspect(): void {
    this.suspected = true;
    this.ask();
  }

  private tick(): void {
    this.noteStall();
    this.lookAtOldest();
  }

  /** A late tick: a paused machine, a busy core, a long computation. */
  private noteStall(): void {
    const now = performance.now();
    if (now - this.ticked > WATCH_MS + STALL_MS) this.stalled = now;
    this.ticked = now;
  }

  /** The set keeps the order of insertion: the first is the oldest. */
  private lookAtOldest(): void {
    const [oldest] = this.underWay;
    if (oldest && performance.now() - oldest.since > SLOW_AFTER_MS) this.ask();
  }

  private ask(): void {
    if (this.stopped || this.probing || this.away) return;
    this.probe();
  }

  private probe(): void {
    const since = performance.now();
    this.probing = this.parts.probe().then(
      () => this.found(),
      (error: unknown) => this.missed(error, since),
    );
  }

  private found(): void {
    const wasAway = this.away;
    this.probing = undefined;
    this.suspected = false;
    this.away = false;
    if (!wasAway) return;
    this.logger.log('The database answers again.');
    this.parts.found(this.awaySince);
  }

  private missed(error: unknown, since: number): void {
    this.probing = undefined;
    if (this.stopped) return;
    this.noteStall();
    if (!this.away && ranOutOfTime(error) && this.stalled > since) {
      this.probe();
      return;
    }
    this.suspected = false;
    if (!this.away) {
      this.away = true;
      this.awaySince = since;
      this.logger.error(`The database does not answer (${reason(error)}); asking until it does.`);
      this.parts.lost();
    }
    this.again = setTimeout(() => this.probe(), this.parts.reconnectMs);
    this.again.unref();
  }
}

/** A call was refused without being made. */
class DatabaseAwayError extends Error {}

const unavailable = (): DomainError =>
  commonErrors.unavailable(
    'The database is not available right now; try again shortly.',
    new DatabaseAwayError('The database did not answer the last probe.'),
  );

/** Whether a call was not even made, since the database is away. */
export const isDatabaseAway = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof DatabaseAwayError;

/** Refused and cut connections have a code; only pg's own time limits have none. */
const ranOutOfTime = (error: unknown): boolean => (error as { code?: unknown }).code === undefined;

function reason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(code ?? message);
}
