import pg from 'pg';
import type { World } from '../support/world.js';
import { sql } from './helpers.js';
import { eventually } from '../support/process.js';

/** Holds what the statement locks until the answer is called. */
export async function hold(
  world: World,
  statement: string,
  values: unknown[] = [],
): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: world.server.database.url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement, values);
  return () => client.end();
}

/** Until so many connections wait for locks of others. */
export async function waiting(world: World, count: number): Promise<void> {
  await eventually(
    'the lock is waited for',
    async () => {
      const [row] = await sql<{ n: number }>(
        world,
        `SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return (row?.n ?? 0) >= count;
    },
    15_000,
  );
}
