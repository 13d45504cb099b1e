/**
 * Starts one PostgreSQL for the run, with speed for durability, and makes the migrated template that each
 * test's database is cloned from. Plain JavaScript: Jest does not transform a global setup in ESM.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { fetchDocuments } from '../../scripts/lib/fetch-document.mjs';
import { databaseModule, ensureBuilt, makeDataDir, openRun, schemaModule } from './test-cluster.mjs';

const TEMPLATE = 'switchboard_template';
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off', // it would connect to the template at times
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
};

export default async function globalSetup() {
  ensureBuilt();
  const { startEmbeddedPostgres } = await load('embedded/embedded-postgres.js');
  const dir = await openRun();
  const db = await startEmbeddedPostgres({
    dataDir: makeDataDir(dir),
    settings: SETTINGS,
    log: () => undefined,
  });
  const admin = databaseUrl(db.url, 'postgres');
  await run(admin, `CREATE DATABASE ${TEMPLATE}`);
  await migrateTemplate(databaseUrl(db.url, TEMPLATE));
  // No one can connect any more, so a clone never finds it in use.
  await run(admin, `ALTER DATABASE ${TEMPLATE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  if (process.env.CHECK_DOCUMENTS === 'true') await keepDocuments(dir, admin);
  globalThis.switchboardTestRun = { dir, db };
  Object.assign(process.env, {
    SWITCHBOARD_TEST_PG_URL: admin,
    SWITCHBOARD_TEST_TEMPLATE: TEMPLATE,
    SWITCHBOARD_TEST_DIR: dir,
  });
}

async function load(file) {
  return import(pathToFileURL(databaseModule(file)).href);
}

async function migrateTemplate(url) {
  const { migrate } = await import(pathToFileURL(schemaModule()).href);
  await migrate(url);
}

/** What answers and events of the run are held against (test/docs/judge), as a server gives it out. */
async function keepDocuments(dir, admin) {
  const names = ['openapi.json', 'asyncapi.json'];
  await run(admin, `CREATE DATABASE documents TEMPLATE ${TEMPLATE}`);
  const texts = await fetchDocuments(
    names.map((name) => `/${name}`),
    {
      DATABASE_URL: databaseUrl(admin, 'documents'),
      DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
      DATA_DIR: join(dir, 'documents'),
    },
  );
  names.forEach((name, index) => writeFileSync(join(dir, name), texts[index]));
  await run(admin, 'DROP DATABASE documents WITH (FORCE)');
}

function databaseUrl(url, database) {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

async function run(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
