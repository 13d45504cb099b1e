import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A database of a test's own. */
export interface TestDatabase {
  url: string;
  /** Removes it, ending connections that are still open. */
  drop(): Promise<void>;
}

/** A fresh clone of the migrated template, in some 20 ms (in memory; slow disks take 300). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  const template = setting('SWITCHBOARD_TEST_TEMPLATE');
  await cloned(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  return {
    url: Object.assign(new URL(setting('SWITCHBOARD_TEST_PG_URL')), { pathname: `/${name}` }).href,
    drop: async () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function cloned(sql: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await asAdmin(sql);
    } catch (error) {
      // 55006: source database is being accessed by other users, such as another clone's end.
      if (!(error instanceof pg.DatabaseError && error.code === '55006') || attempt === 20) throw error;
      await sleep(25);
    }
  }
}

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: setting('SWITCHBOARD_TEST_PG_URL') });
  await client.connect();
  await client.query(sql).finally(async () => client.end());
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: Jest's global setup (test/support/global-setup.mjs) sets it.`);
  return value;
}
