import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { AppConfigShape } from '#libs/platform/config';
import type { ReadLaneSettings } from './read-lanes.js';

export type DatabaseSettings = Pick<
  AppConfigShape['database'],
  'poolSize' | 'connectTimeoutMs' | 'queryTimeoutMs' | 'reconnectMs'
>;
export type ReadSettings = DatabaseSettings &
  Pick<AppConfigShape['database'], 'readPoolSize' | 'readTimeoutMs' | 'readWaitMs'>;

const APPLICATION_NAME = 'switchboard';
/** Names of connections in `pg_stat_activity`: one cut off by the network is found there by its own. */
const RUN = randomBytes(4).toString('hex');
let connections = 0;

class NamedClient extends pg.Client {
  readonly connectionName: string;

  constructor(config: pg.ClientConfig) {
    const connectionName = `${APPLICATION_NAME} ${RUN} ${(connections += 1)}`;
    super({ ...config, application_name: connectionName });
    this.connectionName = connectionName;
  }
}

/** By which the database knows this connection. */
export const connectionName = (client: pg.ClientBase): string =>
  (client as unknown as NamedClient).connectionName;
const readTime = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ);

/** pg reads times with regular expressions: most of the garbage of reading a list of people (docs/benchmarks.md). */
const TYPES = new pg.TypeOverrides();
TYPES.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => {
  const time = new Date(text);
  // The first hundred years, years before Christ, infinity: JavaScript reads them otherwise, or not at all.
  return text.startsWith('00') || Number.isNaN(time.getTime()) ? readTime(text) : time;
});

/** Connections of the running server; each statement has a time limit on both sides. */
export class ConnectionPool {
  private readonly logger = new Logger('Database');
  private readonly clients = new Set<pg.PoolClient>();
  private readonly pool: pg.Pool;

  constructor(
    private readonly url: string,
    private readonly settings: DatabaseSettings,
    statementTimeoutMs = Math.max(50, settings.queryTimeoutMs - 500),
  ) {
    this.pool = new pg.Pool({
      types: TYPES,
      connectionString: url,
      Client: NamedClient as unknown as new () => pg.ClientBase,
      max: settings.poolSize,
      connectionTimeoutMillis: settings.connectTimeoutMs,
      keepAlive: true,
      // The server-side limit ends a slow statement; the client-side one a silent network.
      statement_timeout: statementTimeoutMs,
      query_timeout: settings.queryTimeoutMs,
      idle_in_transaction_session_timeout: 30_000,
    });
    this.pool.on('error', (error) => {
      if (!this.pool.ending) this.logger.warn(`An idle connection ended: ${error.message}`);
    });
    this.pool.on('connect', (client) => {
      this.clients.add(client);
      // Without a listener the end of a connection that is in use would end the process. It may come in the very chunk
      // that says that the connection is ready, so the listener cannot wait for whoever asked for the connection.
      client.on('error', () => undefined);
      client.once('end', () => this.clients.delete(client));
    });
  }

  /** Time (ms) that a call may take in all, with the wait for a connection. */
  get timeLimitMs(): number {
    return this.settings.queryTimeoutMs;
  }

  get reconnectMs(): number {
    return this.settings.reconnectMs;
  }

  get figures(): { total: number; idle: number; waiting: number } {
    return { total: this.pool.totalCount, idle: this.pool.idleCount, waiting: this.pool.waitingCount };
  }

  /** A connection of one's own until `release`; one that is broken is destroyed, never used again. */
  async acquire(): Promise<{ client: pg.PoolClient; release: (broken: boolean) => void }> {
    const client = await this.pool.connect();
    return {
      client,
      release: (broken) => {
        if (broken) destroy(client);
        client.release(broken);
      },
    };
  }

  /** Ends every connection at once, with the calls on them: the database is away and will not answer them. */
  destroyAll(): void {
    for (const client of this.clients) destroy(client);
  }

  /** Whether the database answers; on a connection of its own, since those of the pool may all be busy. */
  async probe(): Promise<void> {
    // Shorter than any other limit: a database that needs longer to say 1 is as good as away.
    const limit = this.settings.connectTimeoutMs / 2;
    const client = new pg.Client({
      connectionString: this.url,
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: limit,
      query_timeout: limit,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
    } finally {
      destroy(client);
    }
  }

  /** Orderly, and after the patience by force (false): a silent network never confirms the end. */
  async close(patienceMs: number): Promise<boolean> {
    const ended = this.pool.end();
    const patience = new AbortController();
    const inTime = await Promise.race([
      ended.then(() => true),
      sleep(patienceMs, false, { signal: patience.signal }).catch(() => true),
    ]);
    patience.abort();
    if (!inTime) this.destroyAll();
    return inTime;
  }
}

/** For the answer on its way back, and for a connection that has to be opened first. */
const READ_MARGIN_MS = 1_000;

/** Connections for searches and lists, on which PostgreSQL ends what takes too long. */
export class ReadPool extends ConnectionPool {
  readonly lanes: ReadLaneSettings;
  /** Time (ms) after which PostgreSQL ends a statement. */
  readonly limitMs: number;

  constructor(url: string, settings: ReadSettings) {
    const { readPoolSize: poolSize, readTimeoutMs, readWaitMs: waitMs } = settings;
    super(url, { ...settings, poolSize, queryTimeoutMs: readTimeoutMs + READ_MARGIN_MS }, readTimeoutMs);
    this.lanes = { poolSize, waitMs };
    this.limitMs = readTimeoutMs;
  }
}

/** pg has no public way to end a connection that waits for an answer which may never come. */
function destroy(client: pg.ClientBase): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
