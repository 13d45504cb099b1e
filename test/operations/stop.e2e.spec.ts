import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  endProcesses,
  eventually,
  postmasterOf,
  removeFolders,
  scratchFolder,
  ServerProcess,
} from '../support/process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { closeClients, converse, history, ready, send } from './people.js';

/** The promise to whoever stops it. */
const STOPS_WITHIN_MS = 8_000;

/** SIGTERM: not ready, transports closed, writes finished, exit 0. */
describe('stopping', () => {
  let folder: string;
  let database: TestDatabase;
  let env: Record<string, string>;
  const raw: Socket[] = [];

  beforeAll(async () => (folder = await scratchFolder()));
  beforeEach(async () => {
    database = await createTestDatabase();
    env = {
      DATABASE_URL: database.url,
      DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
      CHAT_MESSAGE_LIMIT: '1000000',
    };
  });
  afterEach(async () => {
    closeClients();
    for (const socket of raw.splice(0)) socket.destroy();
    await endProcesses();
    await database.drop();
  });
  afterAll(removeFolders);

  /** A TCP connection that sends this and then neither sends nor reads. */
  async function stubborn(server: ServerProcess, text: string): Promise<Socket> {
    const socket = connect(server.port, '127.0.0.1');
    raw.push(socket);
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
    return socket;
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s sends clients away so that they come back by themselves',
    async (signal) => {
      const server = await ServerProcess.start(folder, env);
      const { room, customer, staff } = await converse(server);
      const quick = { reconnection: true, reconnectionDelay: 50, reconnectionDelayMax: 200 };
      const clients = await Promise.all([
        customer.connect(quick),
        staff.connect({ ...quick, transports: ['polling'] }),
      ]);
      for (const client of clients) client.forget();
      expect(await server.stop(signal)).toMatchObject({ code: 0, signal: null, stderr: '' });
      expect(await clients[0].waitFor('disconnect')).toEqual({ reason: 'transport close' });
      // Between two polls it learns of it by the next one, which fails.
      expect(await clients[1].waitFor('disconnect')).toEqual({
        reason: expect.stringMatching(/^transport (close|error)$/),
      });
      await ServerProcess.start(folder, { ...env, PORT: String(server.port) });
      for (const client of clients) {
        await client.waitFor('connect');
        expect(await send(client, room, client.socket.id as string)).toMatchObject({ success: true });
        client.close();
      }
    },
    60_000,
  );

  it('keeps when its people were seen last, those who had just gone and those who were there', async () => {
    const server = await ServerProcess.start(folder, { ...env, PRESENCE_GRACE_MS: '60000' });
    const { customer, staff } = await converse(server);
    const before = Date.now();
    const [leaving] = await Promise.all([customer.connect(), staff.connect()]);
    leaving.close();
    await server.stop('SIGTERM');
    await ServerProcess.start(folder, { ...env, PORT: String(server.port) });
    for (const [viewer, other] of [
      [staff, customer],
      [customer, staff],
    ] as const) {
      const { body } = await viewer.rest.get<{ users: { online: boolean; last_seen: string | null }[] }>(
        `/api/v1/chat/presence?user_ids=${other.id}`,
      );
      expect(body.data.users).toMatchObject([{ online: false, last_seen: expect.any(String) }]);
      expect(Date.parse(body.data.users[0]!.last_seen!)).toBeGreaterThanOrEqual(before);
    }
  }, 60_000);

  it('is in order although nobody reads the output any more', async () => {
    const server = await ServerProcess.start(folder, env);
    const { customer } = await converse(server);
    const client = await customer.connect();
    server.child.stdout?.destroy();
    server.child.stderr?.destroy();
    expect(await server.stop()).toMatchObject({ code: 0, signal: null });
    expect(await client.waitFor('disconnect')).toEqual({ reason: 'transport close' });
  }, 60_000);

  it('by npm: the signal reaches the server, and its exit comes back', async () => {
    const server = await ServerProcess.npmStart(folder, env);
    expect(await ready(server)).toBe(200);
    expect(await server.stop()).toMatchObject({ code: 0 });
    expect(server.stdout).toContain('SIGTERM: stopping');
    expect(await ready(server)).toBe(0);
  }, 100_000);

  it.each(['npmStart', 'scriptStart'] as const)(
    'happens by itself when the process of %s is killed',
    async (how) => {
      const server = await ServerProcess[how](folder, env);
      await server.kill();
      await eventually('the server has stopped', async () => (await ready(server)) === 0);
      expect(server.stdout).toMatch(/(SIGTERM|The starting process is gone): stopping/);
    },
    100_000,
  );

  it('finishes writes under way: each is acknowledged and stored, or neither', async () => {
    const server = await ServerProcess.start(folder, env);
    const { room, customer, staff } = await converse(server);
    const sockets = await Promise.all([customer.connect(), staff.connect()]);
    const acknowledged = new Map<string, number>();
    const failed: string[] = [];
    let answered = 0;
    let exit: Promise<unknown> | undefined;
    await Promise.all(
      sockets.flatMap((socket, s) =>
        Array.from({ length: 100 }, async (_, n) => {
          const id = `${s}-${n}`;
          const answer = await send(socket, room, id, 2_000).catch(() => undefined);
          if (answer?.success) acknowledged.set(id, answer.data.seq);
          else failed.push(id);
          if ((answered += 1) === 50) exit = server.stop();
        }),
      ),
    );
    expect(await exit).toMatchObject({ code: 0, stderr: '' });

    const next = await ServerProcess.start(folder, env);
    const again = await converse(next);
    const socket = await again.customer.connect();
    const mine = failed.filter((id) => id.startsWith('0-'));
    await Promise.all(mine.map(async (id) => acknowledged.set(id, (await send(socket, room, id)).data.seq)));
    const stored = await history(again.customer, room);
    expect(stored.map((message) => message.seq)).toEqual(stored.map((_, n) => n + 1));
    const seqOf = new Map(stored.map((message) => [message.client_id, message.seq]));
    expect(seqOf.size).toBe(stored.length);
    for (const [id, seq] of acknowledged) expect({ id, seq: seqOf.get(id) }).toEqual({ id, seq });
  }, 60_000);

  it('is not ready at once, refuses what is new, and leaves in time though nothing helps', async () => {
    const { proxy, url } = await TcpProxy.before(database.url);
    const server = await ServerProcess.start(folder, { ...env, DATABASE_URL: url });
    const { room, customer, staff } = await converse(server);
    const socket = await customer.connect();
    const other = await staff.connect();
    await stubborn(
      server,
      'POST /api/v1/chat/rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    );
    const unread = await stubborn(
      server,
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    unread.pause();
    proxy.silence();
    const hung = send(socket, room, 'hung', 7_000).catch((error: Error) => error);
    await eventually('the statement is under way', async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return (
        /switchboard_database_pool_idle 0/.test(metrics) ||
        /pool_connections (\d+)/.exec(metrics)?.[1] !== /pool_idle (\d+)/.exec(metrics)?.[1]
      );
    });

    const stopped = server.stop();
    await server.says(/SIGTERM: stopping/);
    expect(await ready(server)).toBe(503);
    const refused = await customer.rest.get('/api/v1/chat/rooms');
    expect(refused).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await send(other, room, 'too late')).toMatchObject({
      success: false,
      code: 'SERVICE_UNAVAILABLE',
    });
    server.child.kill('SIGTERM');

    const exit = await stopped;
    expect(exit).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(exit.ms).toBeLessThan(STOPS_WITHIN_MS);
    await hung;
    await proxy.close();
  }, 60_000);

  it('leaves in time when the embedded database hangs, and takes it along', async () => {
    const own = await scratchFolder();
    const server = await ServerProcess.start(own);
    const { room, customer } = await converse(server);
    const socket = await customer.connect();
    const sent = await send(socket, room, 'before');
    const postmaster = (await postmasterOf(join(own, 'data'))) as number;
    process.kill(postmaster, 'SIGSTOP');
    const exit = await server.stop();
    expect(exit).toMatchObject({ code: 0 });
    expect(exit.ms).toBeLessThan(STOPS_WITHIN_MS);
    expect(await postmasterOf(join(own, 'data'))).toBeUndefined();
    const next = await ServerProcess.start(own);
    const again = await converse(next);
    expect(await history(again.customer, room)).toEqual([expect.objectContaining({ id: sent.data.id })]);
  }, 60_000);
});
