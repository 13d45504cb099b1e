import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import {
  commonErrors,
  databaseErrorCode,
  isDatabaseConflict,
  isDatabaseUnavailable,
  type DomainError,
} from '#libs/platform/errors';
import { EventBus, type DomainEvent } from '#libs/platform/events';
import { Availability, isDatabaseAway } from './availability.js';
import { ConnectionPool, connectionName, ReadPool } from './pool.js';
import { ReadLanes, type ReadKind } from './read-lanes.js';
import {
  begin,
  UnconfirmedCommitError,
  UnconfirmedCommits,
  UnconfirmedStatementError,
  type CommitOutcome,
} from './unconfirmed-commit.js';

/** What a statement gets that had to wait for its connection nearly as long as it may take in all. */
const SHORTEST_MS = 250;
/** PostgreSQL ended a statement that took longer than its time limit. */
const CANCELLED = '57014';
/** Deadlocks and serialization failures are tried again so often, while the time for the call lasts. */
const MAX_ATTEMPTS = 10;
const RETRY_MS = 20;

/** A unit of work: its events are published after the commit and dropped on rollback. */
export interface Transaction {
  query<T>(sql: string, params?: unknown[]): Promise<T[]>;
  publish(event: DomainEvent): void;
}

export interface PoolFigures {
  /** Open connections. */
  total: number;
  idle: number;
  /** Calls that wait for a connection. */
  waiting: number;
}

/** Called when something that is stored may not have been told to anyone. @param since by `performance.now()` */
export type DoubtListener = (since: number) => void;

/**
 * The one door to PostgreSQL: plain statements, and transactions that hold back their events. While the database is
 * away every call fails within a few seconds, as a rule at once, and the first call after its return succeeds. What the
 * database took back for the sake of another transaction (a deadlock) is tried again here, and nowhere else. What may be
 * slow goes by `read`, on connections of its own: nothing that is sent ever waits for it.
 */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly availability: Availability;
  private readonly unconfirmed: UnconfirmedCommits;
  private readonly doubtListeners: DoubtListener[] = [];
  private readonly lanes: ReadLanes;

  constructor(
    private readonly pool: ConnectionPool,
    private readonly reads: ReadPool,
    private readonly events: EventBus,
  ) {
    this.lanes = new ReadLanes(reads.lanes);
    this.availability = new Availability({
      probe: () => pool.probe(),
      reconnectMs: pool.reconnectMs,
      lost: () => [pool, reads].forEach((one) => one.destroyAll()),
      found: (awaySince) => this.doubt(awaySince),
    });
    this.unconfirmed = new UnconfirmedCommits((text, values) => this.query(text, values));
  }

  /** One statement on a pooled connection. */
  async query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
    return this.connected((client, limit) => rowsOf(client, { text: sql, values: params, ...limit }));
  }

  /**
   * As `query`, for searches and lists: in turns by user, with a time limit of its own.
   * @throws QUERY_TOO_SLOW when that passes, RATE_LIMITED and SERVICE_UNAVAILABLE as `ReadLanes.turn`
   */
  async read<T>(kind: ReadKind, userId: string, sql: string, params: unknown[] = []): Promise<T[]> {
    const ask = async (client: pg.PoolClient, limit: TimeLimit): Promise<T[]> => {
      try {
        return await rowsOf<T>(client, { text: sql, values: params, ...limit });
      } catch (error) {
        throw databaseErrorCode(error) === CANCELLED ? commonErrors.tooSlow(this.reads.limitMs) : error;
      }
    };
    return this.lanes.turn(kind, userId, () => this.connected(ask, this.reads));
  }

  /** As `query`, planned once for each connection; for the few statements of the hot path. */
  async prepared<T>(name: string, text: string, values: unknown[]): Promise<T[]> {
    return this.connected((client, limit) => rowsOf(client, { name, text, values, ...limit }));
  }

  /**
   * As `prepared`, for a statement that stores something.
   * @throws UnconfirmedStatementError where it was sent and not answered; `settled` then helps to find out.
   */
  async write<T>(name: string, text: string, values: unknown[]): Promise<T[]> {
    return this.connected((client, limit) =>
      rowsOf<T>(client, { name, text, values, ...limit }).catch((error: unknown) => {
        throw isDatabaseUnavailable(error)
          ? new UnconfirmedStatementError(connectionName(client), error)
          : error;
      }),
    );
  }

  /** Once it resolves, that statement has taken effect or never will. Rejects while the database is away. */
  settled({ connection }: UnconfirmedStatementError): Promise<void> {
    return this.unconfirmed.endConnection(connection);
  }

  /** While the database is away: what a call is refused with, for those who would wait for others' calls. */
  get refusal(): DomainError | undefined {
    return this.availability.refusal;
  }

  /** Time (ms) that a call may take in all. */
  get timeLimitMs(): number {
    return this.pool.timeLimitMs;
  }

  /** Statements that may bring their own BEGIN and COMMIT; a failure leaves no transaction open on the connection. */
  async script<T>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.connected(async (client, limit) => {
      try {
        return (await rowsOf<T>(client, { text, values, ...limit })) ?? [];
      } catch (error) {
        if (!isDatabaseUnavailable(error)) await client.query('ROLLBACK');
        throw error;
      }
    });
  }

  /**
   * Runs the work in a transaction. Its events are published, and their listeners awaited, after the commit. The work
   * may run more than once (a deadlock), so all it does is done by `tx`. Where the answer to the COMMIT is lost, the
   * outcome is found out; what was committed is published in any case, if need be after the caller was told
   * SERVICE_UNAVAILABLE.
   * Cost: one pooled connection for the whole time, so the work must not wait for anything but the database.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const until = performance.now() + this.pool.timeLimitMs;
    for (;;) {
      const unit: Unit<T> = { events: [], result: undefined };
      try {
        await this.connected((client) => this.attempt(client, work, unit));
      } catch (error) {
        if (!(error instanceof UnconfirmedCommitError)) throw error;
        // Nothing of it was stored: the same again.
        if ((await this.outcomeBy(until, unit, error)) === 'rolled back') continue;
      }
      for (const event of unit.events) await this.events.publish(event);
      return unit.result as T;
    }
  }

  /** Whoever keeps or tells what is stored hears of it here when some of it may not have been told. */
  onDoubt(listener: DoubtListener): void {
    this.doubtListeners.push(listener);
  }

  figures(pool: 'main' | 'reads' = 'main'): PoolFigures {
    return (pool === 'main' ? this.pool : this.reads).figures;
  }

  /** Searches and lists that wait for their turn. */
  get waitingReads(): Map<string, number> {
    return this.lanes.waiting;
  }

  /** The connections are about to be closed: that they end is no failure any more. */
  stopProbing(): void {
    this.availability.stop();
    this.unconfirmed.stop();
  }

  private async attempt<T>(
    client: pg.PoolClient,
    work: (tx: Transaction) => Promise<T>,
    unit: Unit<T>,
  ): Promise<void> {
    const id = await begin(client, connectionName(client));
    unit.events = [];
    try {
      unit.result = await work({
        query: (sql, params = []) => rowsOf(client, { text: sql, values: params }),
        publish: (event) => unit.events.push(event),
      });
    } catch (error) {
      if (!isDatabaseUnavailable(error)) await client.query('ROLLBACK');
      throw error;
    }
    const { command } = await client.query('COMMIT').catch((error: unknown) => {
      throw isDatabaseUnavailable(error) ? new UnconfirmedCommitError(id, error) : error;
    });
    // PostgreSQL answers so, without an error, when the work swallowed the failure of a statement.
    if (command !== 'COMMIT')
      throw new Error('The transaction was rolled back: a statement in it had failed.');
  }

  /**
   * @returns the outcome where it is found out in time
   * @throws SERVICE_UNAVAILABLE otherwise; then the events are published once it is known that they happened.
   */
  private async outcomeBy<T>(
    until: number,
    unit: Unit<T>,
    error: UnconfirmedCommitError,
  ): Promise<CommitOutcome> {
    const left = Math.max(SHORTEST_MS, until - performance.now());
    const patience = new AbortController();
    const late = sleep(left, undefined, { signal: patience.signal }).catch(() => undefined);
    const outcome = this.unconfirmed.outcomeOf(error.transaction, (failure) => {
      // Nobody waits for an answer while the database is away.
      if (isDatabaseAway(failure)) patience.abort();
    });
    const known = await Promise.race([outcome, late]);
    patience.abort();
    if (known === 'committed' || (known === 'rolled back' && performance.now() < until)) return known;
    const since = performance.now();
    void outcome.then((late) => this.afterwards(late, unit.events, since));
    throw error;
  }

  private async afterwards(
    outcome: CommitOutcome,
    events: readonly DomainEvent[],
    since: number,
  ): Promise<void> {
    if (outcome === 'rolled back') return;
    if (outcome === 'unknown') return this.doubt(since);
    this.logger.warn('A transaction was committed, though its caller heard that the database is away');
    for (const event of events) await this.events.publish(event);
  }

  private doubt(since: number): void {
    for (const listener of this.doubtListeners) listener(since);
  }

  /** A connection that did not answer may still get the answer to the wrong question: it is never used again. */
  private connected<T>(
    work: (client: pg.PoolClient, limit: TimeLimit) => Promise<T>,
    pool: ConnectionPool = this.pool,
  ): Promise<T> {
    const since = performance.now();
    return this.availability.during(async () => {
      const { client, release } = await pool.acquire();
      let broken = false;
      try {
        for (let attempt = 1; ; attempt += 1) {
          const left = pool.timeLimitMs - (performance.now() - since);
          try {
            return await work(client, { query_timeout: Math.max(SHORTEST_MS, Math.round(left)) });
          } catch (error) {
            if (attempt === MAX_ATTEMPTS || left < SHORTEST_MS || !isDatabaseConflict(error)) throw error;
            // Those who met in the deadlock must not meet again at once.
            await sleep(Math.random() * RETRY_MS * attempt);
          }
        }
      } catch (error) {
        broken = isDatabaseUnavailable(error);
        throw error;
      } finally {
        release(broken);
      }
    });
  }
}

/** What a transaction has come to so far. */
interface Unit<T> {
  events: DomainEvent[];
  result: T | undefined;
}

/** pg's time limit for one statement, which its types leave out. */
interface TimeLimit {
  query_timeout: number;
}

async function rowsOf<T>(client: pg.PoolClient, query: pg.QueryConfig & Partial<TimeLimit>): Promise<T[]> {
  const { rows } = await client.query<T & pg.QueryResultRow>(query);
  return rows;
}
