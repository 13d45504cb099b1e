import pg from 'pg';
import { MIGRATION_LOCK } from '#libs/platform/database';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { endProcesses, eventually, removeFolders, scratchFolder, ServerProcess } from '../support/process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { closeClients, converse, history, ready, send } from './people.js';

/** What DATABASE_START_TIMEOUT_MS is unless told: a server that waited on would take longer. */
const START_TIMEOUT_MS = 30_000;
const ACCEPT_TEST_DATABASE = { DATABASE_ALLOW_UNSAFE_DURABILITY: 'true' };

/** Starting on a database that the operator brought. */
describe('starting with DATABASE_URL', () => {
  let folder: string;
  let database: TestDatabase;
  const proxies: TcpProxy[] = [];
  beforeAll(async () => (folder = await scratchFolder()));
  beforeEach(async () => (database = await createTestDatabase()));
  afterEach(async () => {
    closeClients();
    await endProcesses();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    await database.drop();
  });
  afterAll(removeFolders);

  async function behindProxy(): Promise<{ proxy: TcpProxy; url: string }> {
    const made = await TcpProxy.before(database.url);
    proxies.push(made.proxy);
    return made;
  }

  const run = (env: Record<string, string>) => ServerProcess.launch(folder, env).exited;

  it('waits for a database that comes up a little later', async () => {
    const { proxy, url } = await behindProxy();
    await proxy.refuse();
    const server = ServerProcess.launch(folder, { ...ACCEPT_TEST_DATABASE, DATABASE_URL: url });
    await server.says(/cannot be reached yet \(ECONNREFUSED\)/);
    await proxy.resume();
    await server.says(/listens on/);
    expect(await server.stop()).toMatchObject({ code: 0 });
  }, 60_000);

  it('leaves at once when it is told to stop while it waits', async () => {
    const { proxy, url } = await behindProxy();
    await proxy.refuse();
    const server = ServerProcess.launch(folder, { ...ACCEPT_TEST_DATABASE, DATABASE_URL: url });
    await server.says(/cannot be reached yet/);
    const exit = await server.stop();
    expect(exit).toMatchObject({ code: 0 });
    expect(exit.ms).toBeLessThan(START_TIMEOUT_MS / 2);
  }, 60_000);

  it('gives up in time, in a sentence that names the variable and no password', async () => {
    const { proxy, url } = await behindProxy();
    await proxy.refuse();
    const exit = await run({ DATABASE_URL: url, DATABASE_START_TIMEOUT_MS: '500' });
    expect(exit).toMatchObject({ code: 1 });
    expect(exit.stderr).toMatch(
      /^DATABASE_URL: the database could not be reached within 0\.5 s \(ECONNREFUSED\)\..*DATABASE_START_TIMEOUT_MS\)\.\n$/,
    );
    expect(exit.stderr + exit.stdout).not.toContain(new URL(url).password);
  }, 60_000);

  it('says what the database refuses', async () => {
    const wrongPassword = Object.assign(new URL(database.url), { password: 'wrong-password' }).href;
    const wrongName = Object.assign(new URL(database.url), { pathname: '/no_such_database' }).href;
    const [password, name] = await Promise.all([
      run({ ...ACCEPT_TEST_DATABASE, DATABASE_URL: wrongPassword }),
      run({ ...ACCEPT_TEST_DATABASE, DATABASE_URL: wrongName }),
    ]);
    expect(password).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^DATABASE_URL: .*the password\.\n$/),
    });
    expect(password.stderr).not.toContain('wrong-password');
    expect(name).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^DATABASE_URL: .*no database of that name/),
    });
  }, 60_000);

  it('refuses one that would lose acknowledged messages, and changes nothing in it', async () => {
    await inDatabase('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    const exit = await run({ DATABASE_URL: database.url });
    expect(exit).toMatchObject({ code: 1 });
    expect(exit.stderr).toMatch(
      /^DATABASE_URL: the server runs with fsync, full_page_writes, synchronous_commit off .*DATABASE_ALLOW_UNSAFE_DURABILITY=true.*\n$/,
    );
    const [tables] = await inDatabase(`SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'`);
    expect(tables?.rows).toEqual([{ n: 0 }]);
  }, 60_000);

  it('on an empty one makes the schema once, though two servers start at the same moment', async () => {
    await inDatabase('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    const env = { ...ACCEPT_TEST_DATABASE, DATABASE_URL: database.url };
    // Whoever holds the lock of the migrations makes them wait: so both are known to be there at the same moment.
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const servers = [
      ServerProcess.start(folder, env),
      ServerProcess.start(await scratchFolder(), env),
    ] as const;
    await eventually(
      'both servers wait for the lock',
      async () => {
        const [waiting] = await inDatabase(
          `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        return waiting?.rows[0].n === servers.length;
      },
      30_000,
    );
    await holder.end();
    const [one, two] = await Promise.all(servers);
    expect(await Promise.all([one, two].map(ready))).toEqual([200, 200]);
    const migrated = [one, two].map((server) => /Migrations ran: ([^"]*)/.exec(server.stdout)?.[1]);
    expect(migrated.filter(Boolean)).toHaveLength(1);
    const [rows] = await inDatabase('SELECT name FROM migrations ORDER BY id');
    expect(rows?.rows.map((row: { name: string }) => row.name)).toEqual(migrated.find(Boolean)?.split(', '));
    const { room, customer } = await converse(one);
    const socket = await customer.connect();
    await send(socket, room, 'first');
    const other = await converse(two);
    expect(await history(other.customer, room)).toHaveLength(1);
  }, 60_000);

  async function inDatabase(...statements: string[]): Promise<pg.QueryResult[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const results: pg.QueryResult[] = [];
    for (const statement of statements) results.push(await client.query(statement));
    await client.end();
    return results;
  }
});
