import { DataSource } from 'typeorm';
import { dataSourceOptions, type SchemaParts } from './data-source-options.js';

/** Any constant will do; it must only be the same in every server of one database. */
export const MIGRATION_LOCK = 5_172_934_001;

/**
 * Runs what is missing, each migration in its own transaction, under an advisory lock: of several servers that
 * start at once one migrates and the others wait.
 * @returns the names of the migrations that ran.
 */
export async function runMigrations(url: string, parts: SchemaParts): Promise<string[]> {
  const dataSource = await new DataSource(dataSourceOptions(url, parts)).initialize();
  try {
    const lock = dataSource.createQueryRunner();
    try {
      await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      const ran = await dataSource.runMigrations({ transaction: 'each' });
      return ran.map((migration) => migration.name);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}
