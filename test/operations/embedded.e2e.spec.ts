import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  endProcesses,
  eventually,
  postmasterOf,
  removeFolders,
  scratchFolder,
  ServerProcess,
} from '../support/process.js';
import { closeClients, converse, history, ready, send, type Sent } from './people.js';

/** The server as a newcomer starts it: no settings, an embedded database. */
describe('the server on its embedded database', () => {
  let folder: string;
  // One cluster for all, since making one takes most of a test's time; each test has a room of its own.
  beforeAll(async () => (folder = await scratchFolder()));
  afterEach(async () => {
    closeClients();
    await endProcesses();
  });
  afterAll(removeFolders);

  it('is ready, keeps everything in DATA_DIR, and has the messages after a restart', async () => {
    const first = await ServerProcess.start(folder, { JWT_SECRET: '' });
    expect(await ready(first)).toBe(200);
    expect(await readdir(join(folder, 'data'))).toEqual(
      expect.arrayContaining(['jwt-secret', 'postgres', 'postgres-password', 'server.lock']),
    );
    expect(await first.stop()).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'data'))).not.toContain('server.lock');

    const second = await ServerProcess.start(folder);
    const { room, customer } = await converse(second, 1);
    const sent = await send(await customer.connect(), room, 'kept');
    await second.stop();
    const third = await ServerProcess.start(folder);
    const again = await converse(third, 1);
    expect(await history(again.customer, room)).toEqual([
      expect.objectContaining({ id: sent.data.id, message: 'Message kept' }),
    ]);
  }, 60_000);

  it('is what a small installation has in production, when it says so', async () => {
    const production = { NODE_ENV: 'production', EMBEDDED_DATABASE: 'true', HOST: '127.0.0.1' };
    const server = await ServerProcess.start(folder, production);
    expect(await ready(server)).toBe(200);
    expect(server.stdout).not.toContain('/dev/tokens');
    expect((await fetch(`${server.url}/dev/tokens`, { method: 'POST' })).status).toBe(404);
    expect(await server.stop()).toMatchObject({ code: 0 });
  }, 60_000);

  it('says in development that it gives tokens away', async () => {
    const server = await ServerProcess.start(folder);
    await server.says(/^Development: POST \/dev\/tokens .*NODE_ENV=production closes it\.$/m);
    await server.stop();
  }, 60_000);

  it('loses no acknowledged message and stores none twice when it is killed in the middle of a stream', async () => {
    const acknowledged = new Map<string, Sent>();
    const attempted = new Set<string>();
    let unanswered: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const server = await ServerProcess.start(folder, { CHAT_MESSAGE_LIMIT: '1000000' });
      const { room, customer } = await converse(server);
      const socket = await customer.connect();
      // What was not answered goes again with its id, as a client does it.
      for (const id of unanswered) acknowledged.set(id, (await send(socket, room, id)).data);
      unanswered = [];
      const killAt = 40 + Math.floor(Math.random() * 60);
      let answered = 0;
      const stream = Array.from({ length: 150 }, (_, n) => `${round}-${n}`).map(async (id) => {
        attempted.add(id);
        const answer = await send(socket, room, id, 2_000).catch(() => undefined);
        if (answer?.success) acknowledged.set(id, answer.data);
        else unanswered.push(id);
        answered += 1;
        if (answered === killAt) await server.kill();
      });
      await Promise.all(stream);
      socket.close();
      expect(await postmasterOf(join(folder, 'data'))).toBeDefined();
    }
    const server = await ServerProcess.start(folder);
    expect(server.stdout).toContain('that an earlier server left running');
    const { room, customer } = await converse(server);
    const stored = await history(customer, room);
    expect(stored.map((message) => message.seq)).toEqual(stored.map((_, n) => n + 1));
    const ids = stored.map((message) => message.client_id);
    expect(new Set(ids).size).toBe(ids.length);
    const bySeq = new Map(stored.map((message) => [message.client_id, message.seq]));
    for (const [id, { seq }] of acknowledged) expect({ id, seq: bySeq.get(id) }).toEqual({ id, seq });
    for (const id of ids) expect(attempted).toContain(id);
    expect(acknowledged.size).toBeGreaterThan(100);
  }, 120_000);

  it('refuses a data folder that another server uses', async () => {
    const first = await ServerProcess.start(folder);
    const exit = await ServerProcess.launch(folder).exited;
    expect(exit).toMatchObject({ code: 1 });
    expect(exit.stderr).toMatch(
      new RegExp(`^Another server \\(pid ${first.pid}\\) is already using the data folder .*DATA_DIR.*\\n$`),
    );
    expect(await ready(first)).toBe(200);
  }, 60_000);

  it('says which port is taken, and leaves no database behind', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const exit = await ServerProcess.launch(folder, { PORT: String(port) }).exited;
      expect(exit).toMatchObject({ code: 1 });
      expect(exit.stderr).toMatch(
        /^listen EADDRINUSE.*another program uses this port\. Stop it, or set PORT.*\n$/,
      );
      expect(await readdir(join(folder, 'data', 'postgres'))).not.toContain('postmaster.pid');
    } finally {
      other.close();
    }
  }, 60_000);

  it('leaves no database behind when it fails in the middle of its start', async () => {
    await mkdir(join(folder, 'data', 'jwt-secret.d'), { recursive: true });
    await rename(join(folder, 'data', 'jwt-secret'), join(folder, 'data', 'jwt-secret.kept'));
    await rename(join(folder, 'data', 'jwt-secret.d'), join(folder, 'data', 'jwt-secret'));
    try {
      const exit = await ServerProcess.launch(folder, { JWT_SECRET: '' }).exited;
      expect(exit).toMatchObject({ code: 1, stderr: expect.stringContaining('EISDIR') });
      await eventually('no database is left', async () => !(await postmasterOf(join(folder, 'data'))));
    } finally {
      await rm(join(folder, 'data', 'jwt-secret'), { recursive: true });
      await rename(join(folder, 'data', 'jwt-secret.kept'), join(folder, 'data', 'jwt-secret'));
    }
  }, 60_000);

  it('stops with a clear message when its database is killed, and starts again', async () => {
    const server = await ServerProcess.start(folder);
    const { room, customer } = await converse(server, 2);
    const socket = await customer.connect();
    const sent = await send(socket, room, 'before');
    const postmaster = (await postmasterOf(join(folder, 'data'))) as number;
    process.kill(postmaster, 'SIGKILL');
    const exit = await server.exited;
    expect(exit).toMatchObject({ code: 1 });
    expect(exit.stderr).toContain(
      'The database is gone; start again. PostgreSQL stopped by itself (ended by SIGKILL)',
    );
    expect(await socket.waitFor('disconnect')).toEqual({ reason: 'transport close' });
    const next = await ServerProcess.start(folder);
    const again = await converse(next, 2);
    expect(await history(again.customer, room)).toEqual([expect.objectContaining({ id: sent.data.id })]);
  }, 60_000);

  it('stops the database when it is told to stop while it starts', async () => {
    const fresh = await scratchFolder();
    const server = ServerProcess.launch(fresh);
    await server.says(/Making a new PostgreSQL/);
    expect(await server.stop()).toMatchObject({ code: 0 });
    // A start that outlasts the server's patience is told to end as the server leaves.
    await eventually('no database is left', async () => !(await postmasterOf(join(fresh, 'data'))));
  }, 60_000);
});
