import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';

describe('createTestDatabase', () => {
  const made: TestDatabase[] = [];
  const clients: pg.Client[] = [];

  afterEach(async () => {
    await Promise.all(clients.splice(0).map(async (client) => client.end()));
    await Promise.all(made.splice(0).map(async (database) => database.drop()));
  });

  async function create(): Promise<TestDatabase> {
    const database = await createTestDatabase();
    made.push(database);
    return database;
  }

  async function connect(database: TestDatabase): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  }

  it('keeps two databases apart', async () => {
    const [one, two] = await Promise.all([connect(await create()), connect(await create())]);
    await one.query('CREATE TABLE mine AS SELECT 1 AS n');
    const seen = async (client: pg.Client) => (await client.query(`SELECT to_regclass('mine') AS mine`)).rows;
    expect(await seen(one)).toEqual([{ mine: 'mine' }]);
    expect(await seen(two)).toEqual([{ mine: null }]);
    const third = await connect(await create());
    expect(await seen(third)).toEqual([{ mine: null }]);
  });

  it('clones the template many times at once, with everything in it', async () => {
    const clones = await Promise.all(Array.from({ length: 8 }, create));
    expect(new Set(clones.map((clone) => clone.url)).size).toBe(8);
  });

  it('drops a database that is still in use', async () => {
    const database = await create();
    const client = await connect(database);
    await database.drop();
    await expect(client.query('SELECT 1')).rejects.toThrow();
    await expect(connect(database)).rejects.toMatchObject({ code: '3D000' });
  });

  it('does not touch the PostgreSQL of the machine', async () => {
    const database = await create();
    expect(new URL(database.url)).toMatchObject({ hostname: '127.0.0.1' });
    expect(new URL(database.url).port).not.toBe('5432');
    const { rows } = await (await connect(database)).query('SHOW data_directory');
    expect(rows).toEqual([{ data_directory: expect.stringContaining('/switchboard-test-') }]);
  });
});
