import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '#libs/platform/database';
import { schemaDifference } from '../../apps/api/src/cli/migration-generate.js';
import { migrations } from '../../apps/api/src/migrations/index.js';
import { schema } from '../../apps/api/src/schema.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { endProcesses, NodeProcess, removeFolders, scratchFolder } from '../support/process.js';

const CLI = join(fileURLToPath(import.meta.url), '..', '..', '..', 'dist', 'apps', 'api', 'src', 'cli');

/** Every object of the schema with its definition, so that two schemas can be compared. */
const OBJECTS = `
  SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS object
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT format('%s %s', relname, reloptions) FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT cfgname::text FROM pg_ts_config WHERE cfgnamespace = 'public'::regnamespace
  UNION ALL SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')
  ORDER BY 1`;

describe('migrations', () => {
  let database: TestDatabase;
  beforeEach(async () => (database = await createTestDatabase()));
  afterEach(async () => {
    await endProcesses();
    await database.drop();
  });
  afterAll(removeFolders);

  async function query<T>(...statements: string[]): Promise<T[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    let rows: T[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows as T[];
    await client.end();
    return rows;
  }

  it('say what the entities say', async () => {
    await query('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    expect(await schemaDifference(database.url)).toEqual({ up: [], down: [] });
  });

  it('show where entities and database differ', async () => {
    await query('ALTER TABLE rooms DROP COLUMN priority');
    const { up, down } = await schemaDifference(database.url);
    expect(up).toEqual([expect.stringMatching(/ALTER TABLE "rooms" ADD "priority" text NOT NULL/)]);
    expect(down).toEqual([expect.stringMatching(/ALTER TABLE "rooms" DROP COLUMN "priority"/)]);
  });

  it('can each be taken back and made again', async () => {
    const dataSource = await new DataSource(dataSourceOptions(database.url, schema)).initialize();
    try {
      // Downwards each step is tried both ways, so that no step relies on a later one having been taken back.
      const states: unknown[] = [await query(OBJECTS)];
      for (const _ of migrations) {
        await dataSource.undoLastMigration({ transaction: 'each' });
        states.push(await query(OBJECTS));
      }
      const tables = await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
      expect(tables).toEqual([{ tablename: 'migrations' }]);
      for (let step = migrations.length - 1; step >= 0; step -= 1) {
        await new Migrator(dataSource).upOne();
        expect(await query(OBJECTS)).toEqual(states[step]);
      }
    } finally {
      await dataSource.destroy();
    }
  });

  it('run by the script, once', async () => {
    await query('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    const folder = await scratchFolder();
    const run = () =>
      NodeProcess.spawn(join(CLI, 'migrate.js'), [], folder, {
        DATABASE_URL: database.url,
        DATA_DIR: join(folder, 'data'),
      }).exited;
    const names = migrations.map((migration) => migration.name);
    expect(await run()).toMatchObject({ code: 0, stdout: `Ran: ${names.join(', ')}\n`, stderr: '' });
    expect(await run()).toMatchObject({ code: 0, stdout: 'The database is up to date.\n', stderr: '' });
  }, 60_000);

  it('need no new one: the script that makes them finds nothing to do', async () => {
    const folder = await scratchFolder();
    const exit = await NodeProcess.spawn(join(CLI, 'migration-generate.js'), ['Probe'], folder, {}).exited;
    expect(exit).toMatchObject({
      code: 0,
      stdout: 'Entities and migrations agree; there is nothing to generate.\n',
      stderr: '',
    });
  }, 60_000);
});

/** TypeORM runs all that is missing; one at a time is to run a list that ends there. */
class Migrator {
  constructor(private readonly dataSource: DataSource) {}

  async upOne(): Promise<void> {
    const done = await this.dataSource.query<{ n: number }[]>('SELECT count(*)::int AS n FROM migrations');
    const all = [...this.dataSource.migrations];
    const pending = all.slice(0, (done[0]?.n ?? 0) + 1);
    Object.assign(this.dataSource, { migrations: pending });
    try {
      await this.dataSource.runMigrations({ transaction: 'each' });
    } finally {
      Object.assign(this.dataSource, { migrations: all });
    }
  }
}
