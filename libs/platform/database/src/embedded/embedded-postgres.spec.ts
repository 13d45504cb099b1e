import { jest } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { startEmbeddedPostgres, EmbeddedPostgresError, type EmbeddedPostgres } from './embedded-postgres.js';
import { postgresProcessesOf } from './process-info.js';
import { FAST, query, Sandbox } from './testing/sandbox.js';

jest.setTimeout(60_000);

describe('startEmbeddedPostgres', () => {
  const sandbox = new Sandbox();
  const dataDir = sandbox.path('data');
  const logs: string[] = [];

  afterAll(async () => sandbox.cleanUp());

  async function start(folder = dataDir, settings: Record<string, string> = FAST): Promise<EmbeddedPostgres> {
    return sandbox.track(
      await startEmbeddedPostgres({ dataDir: folder, settings, log: (line) => logs.push(line) }),
    );
  }

  async function failure(folder = dataDir, settings: Record<string, string> = FAST): Promise<Error> {
    return start(folder, settings).then(
      () => new Error('it started'),
      (error: Error) => error,
    );
  }

  const handlers = (): number[] =>
    ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'beforeExit', 'uncaughtException'].map((name) =>
      process.listenerCount(name),
    );

  it('makes a durable, private cluster with the database, without touching signal handlers', async () => {
    const before = handlers();
    const db = await start(dataDir, {});
    const settings = Object.fromEntries(
      (await query(db.url, 'SELECT name, setting FROM pg_settings')).map((row) => [row.name, row.setting]),
    );
    expect(settings).toMatchObject({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      password_encryption: 'scram-sha-256',
      server_encoding: 'UTF8',
      data_checksums: 'on',
      max_connections: '50',
      shared_buffers: String((128 * 1024) / 8),
    });
    expect(new URL(db.url)).toMatchObject({ hostname: '127.0.0.1', pathname: '/switchboard' });
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(statSync(db.clusterDir).mode & 0o777).toBe(0o700);
    expect(await query(db.url, `SELECT lower('ÀÉ') AS low, 'straße' ~ '^\\w+$' AS word`)).toEqual([
      { low: 'àé', word: true },
    ]);
    await query(db.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await db.stop();
    expect(handlers()).toEqual(before);
  });

  it('starts again, on another port or the same, with the data', async () => {
    const db = await start();
    expect(await query(db.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await db.stop();
  });

  it('refuses a wrong password and strangers', async () => {
    const db = await start();
    const bad = new URL(db.url);
    bad.password = '0'.repeat(48);
    await expect(query(bad.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await db.stop();
  });

  it('stops once however often it is asked, leaving no process and no lock', async () => {
    const db = await start();
    const unexpected = jest.fn();
    db.onUnexpectedExit(unexpected);
    await Promise.all([db.stop(), db.stop()]);
    await db.stop();
    expect(postgresProcessesOf(db.clusterDir)).toEqual([]);
    expect(readdirSync(dataDir).filter((name) => name.includes('lock'))).toEqual([]);
    expect(unexpected).not.toHaveBeenCalled();
  });

  it('stops within its bound when PostgreSQL hangs', async () => {
    const db = await start();
    const pid = Number(readFileSync(join(db.clusterDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGSTOP');
    const begin = performance.now();
    await db.stop();
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(postgresProcessesOf(db.clusterDir)).not.toContain(pid);
    expect(await query((await start()).url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await sandbox.stopAll();
  });

  it('tells when PostgreSQL ends by itself', async () => {
    const db = await start();
    const pid = Number(readFileSync(join(db.clusterDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    const told = new Promise<string>((resolve) => db.onUnexpectedExit(resolve));
    process.kill(pid, 'SIGKILL');
    expect(await told).toMatch(/^PostgreSQL stopped by itself \(ended by SIGKILL\)/);
    await db.stop();
  });

  it('quotes PostgreSQL when it does not start', async () => {
    const error = await failure(dataDir, { ...FAST, shared_buffers: 'plenty' });
    expect(error).toBeInstanceOf(EmbeddedPostgresError);
    expect(error.message).toMatch(/invalid value for parameter "shared_buffers": "plenty"/);
    await (await start()).stop(); // and the folder is free again
  });

  it('gives itself a new password when the old one is lost or wrong', async () => {
    rmSync(join(dataDir, 'postgres-password'));
    await (await start()).stop();
    writeFileSync(join(dataDir, 'postgres-password'), 'f'.repeat(48) + '\n');
    const db = await start();
    expect(await query(db.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await db.stop();
  });

  it('says what to do with a cluster of another major version', async () => {
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    const current = readFileSync(version);
    writeFileSync(version, '15\n');
    expect((await failure()).message).toMatch(/made by PostgreSQL 15, this release brings 18\. Dump it/);
    writeFileSync(version, current);
  });

  it('never removes a folder with unknown contents', async () => {
    const folder = sandbox.path('foreign');
    mkdirSync(join(folder, 'postgres'), { recursive: true });
    writeFileSync(join(folder, 'postgres', 'precious'), '1');
    expect(await failure(folder)).toBeInstanceOf(EmbeddedPostgresError);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['postgres']));
    expect(readFileSync(join(folder, 'postgres', 'precious'), 'utf8')).toBe('1');
    expect(readdirSync(folder).filter((name) => name.includes('init'))).toEqual([]);
  });

  it('says that a data folder is no folder', async () => {
    writeFileSync(sandbox.path('file'), '');
    const error = await failure(sandbox.path('file', 'data'));
    expect(error).toBeInstanceOf(EmbeddedPostgresError);
    expect(error.message).toMatch(/cannot be made or written \(ENOTDIR\).*DATA_DIR/);
  });

  it('works from a path with spaces, quotes and more than 107 characters', async () => {
    const db = await start(sandbox.path(`it's a "long" pa th ä ${'x'.repeat(120)}`, 'y'.repeat(60)));
    expect(await query(db.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await db.stop();
  });

  it('listens on the loopback alone', async () => {
    const db = await start();
    const port = Number(new URL(db.url).port);
    const listening = readFileSync('/proc/net/tcp', 'utf8') + readFileSync('/proc/net/tcp6', 'utf8');
    const address = port.toString(16).toUpperCase().padStart(4, '0');
    const sockets = listening
      .split('\n')
      .filter((line) => new RegExp(`^\\s*\\d+: \\w+:${address} \\w+:0000 0A`).test(line));
    expect(sockets.map((line) => line.trim().split(/\s+/)[1])).toEqual([`0100007F:${address}`]);
    const socket = createConnection({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    socket.destroy();
    await db.stop();
  });
});
