import { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppConfigShape } from '#libs/platform/config';
import { databaseErrorCode, isDatabaseUnavailable } from '#libs/platform/errors';
import { checkServer, UnsuitableDatabaseError } from './check-server.js';
import type { SchemaParts } from './data-source-options.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { runMigrations } from './migrate.js';
import { ConnectionPool, ReadPool } from './pool.js';

const RETRY_MS = 1_000;
/** For statements that are still under way when everything else has stopped. */
const CLOSE_PATIENCE_MS = 500;
/** For an embedded PostgreSQL that did not even end a connection. */
const HUNG_PATIENCE_MS = 500;
const logger = new Logger('Database');

export interface OpenDatabase {
  pool: ConnectionPool;
  reads: ReadPool;
  embedded: EmbeddedPostgres | undefined;
}

/**
 * Starts the embedded PostgreSQL where no DATABASE_URL is set, migrates, and opens the pools.
 * @throws UnsuitableDatabaseError, for the operator, when the database of DATABASE_URL cannot be used.
 */
export async function openDatabase(config: AppConfigShape, parts: SchemaParts): Promise<OpenDatabase> {
  const embedded = config.database.url
    ? undefined
    : await startEmbeddedPostgres({ dataDir: config.dataDir, log: (line) => logger.log(line) });
  try {
    const url = config.database.url ?? (embedded as EmbeddedPostgres).url;
    await whenReachable(config.database.startTimeoutMs, () =>
      checkServer(url, config.database.allowUnsafeDurability),
    );
    const ran = await runMigrations(url, parts);
    if (ran.length > 0) logger.log(`Migrations ran: ${ran.join(', ')}`);
    return {
      pool: new ConnectionPool(url, config.database),
      reads: new ReadPool(url, config.database),
      embedded,
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** Calls under way have a moment to finish; then an embedded PostgreSQL is stopped. */
export async function closeDatabase({ pool, reads, embedded }: OpenDatabase): Promise<void> {
  const orderly = await Promise.all([pool, reads].map((one) => one.close(CLOSE_PATIENCE_MS)));
  await embedded?.stop(orderly.every(Boolean) ? undefined : HUNG_PATIENCE_MS);
}

/**
 * A database that starts together with the server may need a moment.
 * @throws UnsuitableDatabaseError when it cannot be reached in time or refuses.
 */
async function whenReachable(timeoutMs: number, attempt: () => Promise<void>): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw refusal(error) ?? error;
      const left = end - Date.now();
      if (left <= 0) throw unreachable(error, timeoutMs);
      logger.warn(`The database cannot be reached yet (${nameOf(error)}); trying again.`);
      await delay(Math.min(RETRY_MS, left));
    }
  }
}

/** What PostgreSQL answers, by SQLSTATE, when the address is right and the rest is not. */
const REFUSALS: Record<string, string> = {
  '28P01': 'the database refuses the user or the password',
  '28000': 'the database refuses the user (see its pg_hba.conf)',
  '3D000': 'the server is there, but has no database of that name; create it',
};

function refusal(error: unknown): UnsuitableDatabaseError | undefined {
  const why = REFUSALS[databaseErrorCode(error) ?? ''];
  return why === undefined ? undefined : new UnsuitableDatabaseError(`DATABASE_URL: ${why}.`);
}

function unreachable(error: unknown, timeoutMs: number): UnsuitableDatabaseError {
  return new UnsuitableDatabaseError(
    `DATABASE_URL: the database could not be reached within ${timeoutMs / 1000} s (${nameOf(error)}). ` +
      'Start it, mend the address, or let the server wait longer (DATABASE_START_TIMEOUT_MS).',
  );
}

const nameOf = (error: unknown): string =>
  databaseErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
