import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const FIXTURE = join(fileURLToPath(import.meta.url), '..', 'fixtures', 'release-before.json');
/** Parts that the search of an earlier release consisted of; servers of it may still run. */
const FORMER_SEARCH = `SELECT m.id, ts_headline('chat', m.content, (to_tsquery('chat', $2)), 'HighlightAll=true') AS marked
  FROM messages m WHERE m.room_id = ANY($1::uuid[]) AND to_tsvector('chat', m.content) @@ (to_tsquery('chat', $2))
  AND m.deleted_at IS NULL ORDER BY m.id DESC LIMIT 50`;
const REQUIRED = `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1
  AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'`;
const INSERT = /INSERT INTO (\w+)(?: AS \w+)? \(([^)]*)\)/g;

/** During an upgrade servers of the release before work on the schema of this one (docs/upgrades.md). */
describe('the schema, for servers of the release before', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let before: string[];
  beforeAll(async () => {
    before = JSON.parse(await readFile(FIXTURE, 'utf8')) as string[];
  });
  beforeEach(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  /** What PostgreSQL says against these statements, by table, column, function and type. */
  async function refused(statements: readonly string[]): Promise<string[]> {
    const faults: string[] = [];
    for (const [index, statement] of statements.entries()) {
      const fault = await client.query(`PREPARE s${index} AS ${statement}`).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (fault !== undefined) faults.push(`${fault}: ${statement}`);
    }
    return faults;
  }

  /** Columns that a row must have and that these statements, which make one, do not give. */
  async function missing(statements: readonly string[]): Promise<string[]> {
    const faults: string[] = [];
    for (const [, table, columns] of statements.flatMap((text) => [...text.matchAll(INSERT)])) {
      const given = (columns as string).split(',').map((column) => column.trim());
      const { rows } = await client.query<{ column_name: string }>(REQUIRED, [table]);
      for (const { column_name: name } of rows) if (!given.includes(name)) faults.push(`${table}.${name}`);
    }
    return faults;
  }

  it('still takes their statements', async () => {
    expect(before.length).toBeGreaterThan(50);
    expect(await refused(before)).toEqual([]);
    expect(await missing(before)).toEqual([]);
  });

  it('still answers the search of an earlier release', async () => {
    expect((await client.query(FORMER_SEARCH, [[], "'word':*"])).rows).toEqual([]);
  });

  it('is found out where it would not', async () => {
    await client.query('ALTER TABLE rooms RENAME COLUMN last_seq TO newest_seq');
    expect(await refused(before)).not.toEqual([]);
    await client.query('ALTER TABLE messages ADD COLUMN mood text NOT NULL');
    expect(await missing(before)).toContain('messages.mood');
  });
});
