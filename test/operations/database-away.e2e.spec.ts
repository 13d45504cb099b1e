import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { endProcesses, eventually, removeFolders, scratchFolder, ServerProcess } from '../support/process.js';
import type { Answer, SocketClient } from '../support/socket-client.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import {
  ANSWER_WITHIN_MS,
  ask,
  converse,
  history,
  ready,
  send,
  Visitor,
  type Conversation,
} from './people.js';

/** The promise: an answer, with an error, within this time. */
const WITHIN_MS = 5_000;
const POOL_SIZE = 5;

/** A database behind a network that fails in three ways, and a server that lives through it. */
describe('a database that goes away', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let server: ServerProcess;
  let talk: Conversation;
  let socket: SocketClient;
  let stored = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const behind = await TcpProxy.before(database.url);
    proxy = behind.proxy;
    server = await ServerProcess.start(await scratchFolder(), {
      DATABASE_URL: behind.url,
      DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      CHAT_MESSAGE_LIMIT: '1000000',
      SOCKET_EVENTS_PER_SECOND: '10000',
      USER_EVENTS_PER_SECOND: '10000',
    });
    talk = await converse(server);
    socket = await talk.customer.connect();
  }, 60_000);
  afterAll(async () => {
    socket.close();
    expect(server.stderr).toBe('');
    expect(await server.stop()).toMatchObject({ code: 0 });
    await endProcesses();
    await proxy.close();
    await database.drop();
    await removeFolders();
  }, 60_000);

  async function timed<T>(call: () => Promise<T>): Promise<{ answer: T; ms: number }> {
    const since = performance.now();
    return { answer: await call(), ms: performance.now() - since };
  }

  async function expectUnavailable(): Promise<void> {
    const { room, host, customer, staff } = talk;
    const messages = `/api/v1/chat/rooms/${room}/messages`;
    const rest = {
      rooms: () => customer.rest.get('/api/v1/chat/rooms'),
      history: () => customer.rest.get(messages),
      message: () => staff.rest.post(messages, { message: 'Lost?' }),
      user: () => host.rest.put('/api/v1/chat/directory/users/9001', { name: 'Nobody' }),
      context: () =>
        host.rest.put('/api/v1/chat/directory/contexts/service_request/9001', { participants: [] }),
      unknown: () => new Visitor(server.url, '9002', 'customer').rest.get('/api/v1/chat/rooms'),
      ready: () => customer.rest.get('/health/ready'),
    };
    // One after the other on one socket: those that queue behind the first must be answered in time, too.
    const events = {
      send: () => send(socket, room, `lost ${Math.random()}`),
      join: () => ask(socket, 'join_room', { room_id: room }),
      read: () => ask(socket, 'mark_read', { room_id: room }),
      more: () => send(socket, room, `lost ${Math.random()}`),
    };
    const calls = [
      ...Object.entries(rest).map(async ([name, call]) => {
        const { answer, ms } = await timed(call);
        return {
          name,
          ms,
          code: answer.body.code,
          status: answer.status,
          wait: answer.headers.get('retry-after'),
        };
      }),
      ...Object.entries<() => Promise<Pick<Answer, 'success' | 'code'>>>(events).map(async ([name, call]) => {
        const { answer, ms } = await timed(call);
        return { name, ms, code: answer.code, status: answer.success ? 200 : 503, wait: '1' };
      }),
      timed(refusedConnection).then(({ answer, ms }) => {
        return { name: 'connect', ms, code: answer.code, status: 503, wait: '1' };
      }),
    ];
    for (const { name, ms, code, status, wait } of await Promise.all(calls)) {
      expect({ name, code, status }).toEqual({ name, code: 'SERVICE_UNAVAILABLE', status: 503 });
      expect({ name, inTime: ms < WITHIN_MS }).toEqual({ name, inTime: true });
      expect(Number(wait)).toBeGreaterThan(0);
    }
    expect((await talk.customer.rest.get('/health/live')).status).toBe(200);
    expect(socket.of('disconnect')).toEqual([]);
  }

  async function refusedConnection(): Promise<{ code: string }> {
    const client = new Visitor(server.url, '9003', 'customer').open();
    return client
      .waitFor<{ code: string }>('connect_error', () => true, ANSWER_WITHIN_MS)
      .finally(() => client.close());
  }

  async function expectService(): Promise<void> {
    await eventually('the server is ready again', async () => (await ready(server)) === 200);
    // Many at once: not one of them may meet a connection of before.
    const answers = await Promise.all(
      Array.from({ length: 3 * POOL_SIZE }, () => talk.customer.rest.get('/api/v1/chat/rooms')),
    );
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    const sent = await Promise.all(
      Array.from({ length: 10 }, (_, n) => send(socket, talk.room, `${stored + n}`)),
    );
    for (const answer of sent) expect(answer).toMatchObject({ success: true });
    stored += sent.length;
    const all = await history(talk.customer, talk.room);
    expect(all.map((message) => message.seq)).toEqual(all.map((_, n) => n + 1));
    expect(all.filter((message) => /^\d+$/.test(message.client_id))).toHaveLength(stored);
    await eventually('the pool has come to rest', async () => {
      const figures = await poolFigures();
      return (
        figures.waiting === 0 && figures.idle === figures.connections && figures.connections <= POOL_SIZE
      );
    });
  }

  async function poolFigures(): Promise<Record<'connections' | 'idle' | 'waiting', number>> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const figure = (name: string): number =>
      Number(new RegExp(`^switchboard_database_pool_${name} (\\d+)`, 'm').exec(text)?.[1]);
    return { connections: figure('connections'), idle: figure('idle'), waiting: figure('waiting') };
  }

  it('is there to begin with', expectService);

  it('and cuts its connections: the next calls have new ones', async () => {
    for (let round = 0; round < 3; round += 1) {
      proxy.cut();
      await expectService();
    }
  }, 60_000);

  it('and refuses connections', async () => {
    await proxy.refuse();
    await expectUnavailable();
    await proxy.resume();
    await expectService();
  }, 60_000);

  it('and says nothing any more', async () => {
    proxy.silence();
    await expectUnavailable();
    await expectUnavailable(); // those who come later do not wait
    await proxy.resume();
    await expectService();
  }, 60_000);

  it('and says nothing while many write', async () => {
    const under = Array.from({ length: 200 }, (_, n) => n);
    const writers = under.map(async (n) => {
      if (n === 100) proxy.silence();
      return timed(() => send(socket, talk.room, `storm ${n}`));
    });
    for (const { answer, ms } of await Promise.all(writers)) {
      if (!answer.success) expect(answer.code).toBe('SERVICE_UNAVAILABLE');
      expect(ms).toBeLessThan(WITHIN_MS);
    }
    await proxy.resume();
    await expectService();
  }, 60_000);

  it('and ends sessions itself, as at a restart', async () => {
    const admin = await createAdmin();
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await admin.end();
    await expectService();
  }, 60_000);

  async function createAdmin() {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return client;
  }
});
