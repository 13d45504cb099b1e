import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, EmbeddedPostgresError, type EmbeddedPostgres } from './embedded-postgres.js';
import { isAlive, postgresProcessesOf, processIdentity, processNamespace } from './process-info.js';
import { FAST, query, Sandbox } from './testing/sandbox.js';

jest.setTimeout(60_000);

const here = `${hostname()} ${processNamespace()}`.trim();

describe('a killed or second server on the same data folder', () => {
  const sandbox = new Sandbox();
  const app = sandbox.compile();
  const dataDir = sandbox.path('data');
  const lockFile = join(dataDir, 'server.lock');
  const cluster = join(dataDir, 'postgres');

  afterEach(async () => sandbox.stopAll());
  afterAll(async () => sandbox.cleanUp());

  async function start(logs: string[] = []): Promise<EmbeddedPostgres> {
    return sandbox.track(
      await startEmbeddedPostgres({ dataDir, settings: FAST, log: (line) => logs.push(line) }),
    );
  }

  it('is unharmed by an initdb that was killed half-way', async () => {
    const server = sandbox.server(app, dataDir);
    const begun = (): boolean => {
      const entry =
        existsSync(dataDir) && readdirSync(dataDir).find((name) => /^postgres\.init-\w+$/.test(name));
      return Boolean(entry && existsSync(join(dataDir, entry, 'base')));
    };
    while (!begun()) await sleep(5);
    await server.kill();
    expect(existsSync(cluster)).toBe(false);
    const db = await start();
    expect(await query(db.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(dataDir).filter((name) => name.includes('init'))).toEqual([]);
    await query(db.url, 'CREATE TABLE rows (n int)');
  });

  it('stops the orphan of a server killed with -9 and keeps every committed row', async () => {
    const server = sandbox.server(app, dataDir, { settings: {} });
    const { url } = await server.started;
    await query(url, 'INSERT INTO rows SELECT generate_series(1, 1000)');
    await server.kill();
    const [orphan] = postgresProcessesOf(cluster);
    expect(orphan).toBeDefined();
    const logs: string[] = [];
    const db = await start(logs);
    expect(logs.join()).toMatch(/Stopping the PostgreSQL \(pid \d+\) that an earlier server left running/);
    expect(await query(db.url, 'SELECT count(*)::int AS n FROM rows')).toEqual([{ n: 1000 }]);
    expect(postgresProcessesOf(cluster)).not.toContain(orphan);
  });

  it('recovers when PostgreSQL was killed with the server', async () => {
    const server = sandbox.server(app, dataDir, { settings: {} });
    const { url } = await server.started;
    await query(url, 'INSERT INTO rows SELECT generate_series(1, 1000)');
    await server.kill();
    for (const pid of postgresProcessesOf(cluster)) process.kill(pid, 'SIGKILL');
    expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(true);
    const db = await start();
    expect(await query(db.url, 'SELECT count(*)::int AS n FROM rows')).toEqual([{ n: 2000 }]);
  });

  it('leaves a stranger alone that has the pid of the killed PostgreSQL by now', async () => {
    const stranger = spawn('sleep', ['60']);
    try {
      const lines = [stranger.pid, cluster, 1, 5432, '', '127.0.0.1', '0 0', 'ready'];
      writeFileSync(join(cluster, 'postmaster.pid'), lines.join('\n') + '\n');
      const db = await start();
      expect(await query(db.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(isAlive(Number(stranger.pid))).toBe(true);
    } finally {
      stranger.kill();
      await once(stranger, 'exit');
    }
  });

  it('does not take the PostgreSQL of another cluster for an orphan', async () => {
    const other = sandbox.track(
      await startEmbeddedPostgres({ dataDir: sandbox.path('other'), settings: FAST, log: () => undefined }),
    );
    const pidFile = readFileSync(join(other.clusterDir, 'postmaster.pid'), 'utf8');
    writeFileSync(join(cluster, 'postmaster.pid'), pidFile.replace(other.clusterDir, cluster));
    await start();
    expect(await query(other.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses a second server, in this process or another, and harms nothing', async () => {
    const server = sandbox.server(app, dataDir);
    const { url } = await server.started;
    await expect(start()).rejects.toBeInstanceOf(EmbeddedPostgresError);
    await expect(start()).rejects.toThrow(
      `Another server (pid ${server.process.pid}) is already using the data folder ${dataDir}. ` +
        'Stop it, or set DATA_DIR to another folder for this one.',
    );
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await server.stop()).toBe(0);
    expect(existsSync(lockFile)).toBe(false);
    await start();
    await expect(start()).rejects.toThrow(`This very process (pid ${process.pid})`);
  });

  it('lets exactly one of several simultaneous servers win, over a stale lock too', async () => {
    writeFileSync(lockFile, JSON.stringify({ pid: 1, started: 'long ago', where: here }));
    const servers = [1, 2, 3, 4].map(() => sandbox.server(app, dataDir));
    const results = await Promise.all(servers.map(async (server) => server.started));
    expect(results.filter((result) => result.url !== '')).toHaveLength(1);
    for (const lost of results.filter((result) => !result.url)) expect(lost.error).toContain('already using');
    await Promise.all(servers.map(async (server) => server.stop()));
    expect(readdirSync(dataDir).filter((name) => name.includes('lock'))).toEqual([]);
  });

  it.each([
    ['of a dead process', { pid: 2 ** 22 + 1, started: 'x', where: here }],
    ['whose pid another process has now', { pid: process.pid, started: 'another start', where: here }],
    ['cut short', undefined],
  ])('takes over a lock %s', async (_what, owner) => {
    writeFileSync(lockFile, owner ? JSON.stringify(owner) : '{"pid": 12');
    await start();
    expect(JSON.parse(readFileSync(lockFile, 'utf8'))).toMatchObject({
      pid: process.pid,
      started: processIdentity(process.pid),
    });
  });

  it('judges an owner in another container by its heartbeat', async () => {
    const owner = {
      pid: process.pid,
      started: processIdentity(process.pid),
      where: 'elsewhere pid:[1]',
      id: 'x',
    };
    writeFileSync(lockFile, JSON.stringify(owner));
    const beat = setInterval(() => writeFileSync(lockFile, JSON.stringify(owner)), 200);
    try {
      await expect(start()).rejects.toThrow(/A server on another host or in another container \(elsewhere/);
    } finally {
      clearInterval(beat);
    }
    await start();
  });
});
