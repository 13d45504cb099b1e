/** Where the run's PostgreSQL lives, and how everything of a run is removed, also of one that was killed. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PREFIX = 'switchboard-test-';
/** Where root's embedded PostgreSQL goes from folders that others cannot enter (embedded/place.ts). */
const REFUGE = '/var/lib/switchboard';

/** Builds when needed. While others' code does not compile, what was compiled before has to do. */
export function ensureBuilt() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  if (status === 0) return;
  if (!existsSync(databaseModule('embedded/embedded-postgres.js'))) throw new Error('The build failed.');
  process.stderr.write('The build failed: testing with what it left.\n');
}

export function databaseModule(file) {
  return join(root, 'dist', 'libs', 'platform', 'database', 'src', file);
}

export function schemaModule() {
  return join(root, 'dist', 'apps', 'api', 'src', 'schema.js');
}

/**
 * The run's database folder: in memory where there is plenty, since a clone makes 300 files, which takes 6 ms
 * there and up to 300 ms on ext4. Else inside the run's folder.
 */
export function makeDataDir(dir) {
  const inMemory = memoryFolder(dir);
  try {
    const { bavail, bsize } = statfsSync(dirname(inMemory));
    if (Math.min(bavail * bsize, freemem()) > 3e9) {
      mkdirSync(inMemory, { mode: 0o755 });
      return inMemory;
    }
  } catch {
    // No such folder on this system, or not for this user.
  }
  return join(dir, 'data');
}

function memoryFolder(dir) {
  return join('/dev/shm', basename(dir));
}

/** A folder for this process's run; what works in it ends with this process, however that ends. Of earlier runs nothing stays. */
export async function openRun() {
  const { processIdentity } = await import(pathToFileURL(databaseModule('embedded/process-info.js')).href);
  await sweep(processIdentity);
  const dir = realpathSync(mkdtempSync(join(tmpdir(), PREFIX)));
  chmodSync(dir, 0o755); // specs run servers of other users in it
  writeFileSync(
    join(dir, 'owner.json'),
    JSON.stringify({ pid: process.pid, started: processIdentity(process.pid) }),
  );
  startGuard(dir);
  return dir;
}

/** Its end of the pipe closes with this process. */
function startGuard(dir) {
  const guard = spawn(process.execPath, [join(root, 'test', 'support', 'guard.mjs'), dir], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  guard.stdin.unref();
}

/** Ends the processes and removes the files of runs that are over but could not clean up. */
async function sweep(processIdentity) {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const dir = join(tmpdir(), name);
    try {
      const owner = JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8'));
      if (processIdentity(owner.pid) !== owner.started) await removeRun(dir);
    } catch {
      // A run that is just starting, or another user's.
    }
  }
}

/** Ends PostgreSQL and the servers that work in the run's folder (nothing else can: its name is random), and removes it. */
export async function removeRun(dir) {
  const folders = [dir, memoryFolder(dir), ...refugesOf(dir)];
  for (let round = 0; round < 100; round++) {
    const left = folders.flatMap(processesIn);
    for (const pid of left) kill(pid, round < 50 ? 'SIGQUIT' : 'SIGKILL');
    if (left.length === 0) break;
    await sleep(100);
  }
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function refugesOf(dir) {
  try {
    return readdirSync(REFUGE)
      .map((name) => join(REFUGE, name))
      .filter((home) => readFileSync(join(home, 'data-dir'), 'utf8').startsWith(dir + '/'));
  } catch {
    return [];
  }
}

function processesIn(folder) {
  if (!existsSync('/proc/self')) return postmaster(folder);
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid && Number(entry) !== process.ppid)
    .filter((pid) => {
      try {
        if (
          !['postgres', 'initdb', 'node', 'redis-server', 'redis-check-rdb'].includes(
            basename(readlinkSync(`/proc/${pid}/exe`)),
          )
        )
          return false;
        const cwd = readlinkSync(`/proc/${pid}/cwd`);
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return cwd.startsWith(folder + '/') || args.some((arg) => arg.includes(folder + '/'));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Without /proc: the run's own PostgreSQL only. */
function postmaster(folder) {
  try {
    const pid = Number(
      readFileSync(join(folder, 'data', 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(pid, 0);
    return [pid];
  } catch {
    return [];
  }
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}
