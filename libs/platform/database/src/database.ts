import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { isDatabaseUnavailable } from '#libs/platform/errors';
import { EventBus, type DomainEvent } from '#libs/platform/events';
import { Availability } from './availability.js';
import { ConnectionPool } from './pool.js';

/** What a statement gets that had to wait for its connection nearly as long as it may take in all. */
const SHORTEST_MS = 250;

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

/**
 * The one door to PostgreSQL: plain statements, and transactions that hold back their events. While the database is
 * away every call fails within a few seconds, as a rule at once, and the first call after its return succeeds.
 */
@Injectable()
export class Database {
  private readonly availability: Availability;

  constructor(
    private readonly pool: ConnectionPool,
    private readonly events: EventBus,
  ) {
    this.availability = new Availability({
      probe: () => pool.probe(),
      reconnectMs: pool.reconnectMs,
      lost: () => pool.destroyAll(),
    });
  }

  /** One statement on a pooled connection. */
  async query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
    return this.connected((client, limit) => rowsOf(client, { text: sql, values: params, ...limit }));
  }

  /** As `query`, planned once for each connection; for the few statements of the hot path. */
  async prepared<T>(name: string, text: string, values: unknown[]): Promise<T[]> {
    return this.connected((client, limit) => rowsOf(client, { name, text, values, ...limit }));
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
   * Runs the work in a transaction. Its events are published, and their listeners awaited, after the commit.
   * Cost: one pooled connection for the whole time, so the work must not wait for anything but the database.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const held: DomainEvent[] = [];
    const result = await this.connected(async (client) => {
      await client.query('BEGIN');
      try {
        const done = await work({
          query: (sql, params = []) => rowsOf(client, { text: sql, values: params }),
          publish: (event) => held.push(event),
        });
        const { command } = await client.query('COMMIT');
        // PostgreSQL answers so, without an error, when the work swallowed the failure of a statement.
        if (command !== 'COMMIT')
          throw new Error('The transaction was rolled back: a statement in it had failed.');
        return done;
      } catch (error) {
        if (!isDatabaseUnavailable(error)) await client.query('ROLLBACK');
        throw error;
      }
    });
    for (const event of held) await this.events.publish(event);
    return result;
  }

  figures(): PoolFigures {
    return this.pool.figures;
  }

  /** The connections are about to be closed: that they end is no failure any more. */
  stopProbing(): void {
    this.availability.stop();
  }

  /** A connection that did not answer may still get the answer to the wrong question: it is never used again. */
  private connected<T>(work: (client: pg.PoolClient, limit: TimeLimit) => Promise<T>): Promise<T> {
    const since = performance.now();
    return this.availability.during(async () => {
      const { client, release } = await this.pool.acquire();
      const left = this.pool.timeLimitMs - (performance.now() - since);
      let broken = false;
      try {
        return await work(client, { query_timeout: Math.max(SHORTEST_MS, Math.round(left)) });
      } catch (error) {
        broken = isDatabaseUnavailable(error);
        throw error;
      } finally {
        release(broken);
      }
    });
  }
}

/** pg's time limit for one statement, which its types leave out. */
interface TimeLimit {
  query_timeout: number;
}

async function rowsOf<T>(client: pg.PoolClient, query: pg.QueryConfig & Partial<TimeLimit>): Promise<T[]> {
  const { rows } = await client.query<T & pg.QueryResultRow>(query);
  return rows;
}
