import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';
import { LostAnswers } from './lost-answers.js';
import { TcpProxy } from './tcp-proxy.js';

describe('a bad network', () => {
  let echo: Server;
  let proxy: TcpProxy;
  let client: Socket;
  let heard = '';

  beforeEach(async () => {
    heard = '';
    echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await TcpProxy.start((echo.address() as AddressInfo).port);
    client = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    client.on('data', (chunk) => (heard += chunk.toString()));
    await says('up');
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    await new Promise((resolve) => echo.close(resolve));
  });

  /** @returns the milliseconds until it came back */
  async function says(text: string): Promise<number> {
    const since = performance.now();
    client.write(text);
    while (!heard.endsWith(text)) await new Promise((resolve) => client.once('data', resolve));
    return performance.now() - since;
  }

  it('is slow in both directions, and keeps the order when it is fast again', async () => {
    proxy.delay(60);
    expect(await says('a')).toBeGreaterThan(110);
    client.write('b');
    proxy.delay(0);
    expect(await says('c')).toBeGreaterThan(0);
    expect(heard).toBe('upabc');
  });

  it('freezes, and delivers everything later', async () => {
    proxy.freeze();
    client.write('frozen');
    const other = connect(proxy.port, '127.0.0.1');
    await new Promise((resolve) => other.once('connect', resolve));
    other.write('sentinel');
    const answered = new Promise<string>((resolve) => other.once('data', (chunk) => resolve(String(chunk))));
    expect(heard).toBe('up');
    proxy.thaw();
    expect(await answered).toBe('sentinel');
    await says('after');
    expect(heard).toBe('upfrozenafter');
    other.destroy();
  });
});

describe('an answer of PostgreSQL that is lost', () => {
  const lost = new LostAnswers();
  let database: TestDatabase;
  let proxy: TcpProxy;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    ({ proxy, url } = await TcpProxy.before(database.url, lost.tapping));
    const client = await connected(database.url);
    await client.query('CREATE TABLE marks (n int)');
    await client.end();
  });
  afterAll(async () => {
    await proxy.close();
    await database.drop();
  });

  async function connected(to: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: to });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async function marks(): Promise<number[]> {
    const client = await connected(database.url);
    const { rows } = await client.query<{ n: number }>('SELECT n FROM marks ORDER BY n');
    await client.end();
    return rows.map(({ n }) => n);
  }

  it('is that to COMMIT: it is committed, and the client does not know', async () => {
    const client = await connected(url);
    await client.query('BEGIN');
    await client.query('INSERT INTO marks VALUES (1)');
    lost.lose('commit');
    await expect(client.query('COMMIT')).rejects.toThrow();
    expect(await marks()).toEqual([1]);
    expect(lost.cuts).toBe(1);
    const next = await connected(url);
    await next.query('BEGIN; INSERT INTO marks VALUES (2); COMMIT');
    await next.end();
    expect(await marks()).toEqual([1, 2]);
  });

  it('is that to the statement that stores messages, prepared or not', async () => {
    const store = {
      name: 'store',
      text: 'WITH m AS (SELECT $1::int AS n) INSERT INTO messages (n) SELECT n FROM m',
    };
    const setUp = await connected(database.url);
    await setUp.query('DROP TABLE messages CASCADE; CREATE TABLE messages (n int)');
    const client = await connected(url);
    await client.query({ ...store, values: [1] });
    lost.lose('insert');
    await expect(client.query({ ...store, values: [2] })).rejects.toThrow();
    const { rows } = await setUp.query('SELECT n FROM messages ORDER BY n');
    expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
    await setUp.end();
  });
});
