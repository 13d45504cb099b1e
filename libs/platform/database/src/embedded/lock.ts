import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, EmbeddedPostgresError } from './errors.js';
import { processIdentity, processNamespace } from './process-info.js';

export interface DataDirLock {
  /** Gives the folder free; idempotent. */
  release(): Promise<void>;
}

interface Owner {
  pid: number;
  /** See {@link processIdentity}. */
  started: string;
  /** Machine and process namespace that the pid belongs to. */
  where: string;
  /** Tells the locks of one process apart. */
  id: string;
}

const textOf = (owner: Owner): string => JSON.stringify(owner) + '\n';

const BEAT_MS = 2000;

/**
 * Makes this process the only server on a data folder. A lock that a dead process left is taken over; pid
 * reuse is told by the start time. For an owner in another container or machine, whose pids mean nothing
 * here, the file's time is a heartbeat.
 * @throws EmbeddedPostgresError while another server lives on the folder.
 */
export async function acquireLock(dataDir: string): Promise<DataDirLock> {
  const mine: Owner = {
    pid: process.pid,
    started: processIdentity(process.pid) ?? 'unknown',
    where: `${hostname()} ${processNamespace()}`.trim(),
    id: randomBytes(6).toString('hex'),
  };
  const path = join(dataDir, 'server.lock');
  const holder = await take(path, mine);
  if (holder !== 'mine') throw occupied(dataDir, holder, mine);
  return hold(path, textOf(mine));
}

/**
 * Takes the lock, or answers who holds it. A stale lock is replaced, in one step, only by who holds a lock of
 * its own for exactly that replacement: so nobody who judged the same stale lock can replace its successor.
 */
async function take(path: string, mine: Owner): Promise<Owner | 'mine'> {
  const text = textOf(mine);
  const temp = `${path}.${mine.id}`;
  for (;;) {
    await writeFile(temp, text, { mode: 0o644 });
    try {
      if (await linked(temp, path)) return 'mine';
      const stale = await settledContents(path);
      if (stale === undefined) continue;
      const owner = parse(stale);
      if (owner && (await lives(owner, path, temp, mine.where))) return owner;
      const right = `${path}-${createHash('sha256').update(stale).digest('hex').slice(0, 12)}`;
      const holder = await take(right, mine);
      if (holder !== 'mine') {
        await sleep(20);
        continue;
      }
      try {
        if ((await contents(path)) !== stale) continue;
        await rename(temp, path);
        return 'mine';
      } finally {
        await rm(right, { force: true });
      }
    } finally {
      await rm(temp, { force: true });
    }
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // File systems without hard links (FAT, some network mounts): an exclusive create is as good.
    return writeFile(to, await readFile(from), { flag: 'wx' }).then(
      () => true,
      (failure: unknown) => {
        if (codeOf(failure) === 'EEXIST') return false;
        throw failure;
      },
    );
  }
}

async function lives(owner: Owner, path: string, justWritten: string, here: string): Promise<boolean> {
  if (owner.where === here) {
    const identity = processIdentity(owner.pid);
    return (
      identity !== undefined && (identity === owner.started || [identity, owner.started].includes('unknown'))
    );
  }
  const beat = await stat(path).catch(() => undefined);
  const now = await stat(justWritten);
  if (!beat || now.mtimeMs - beat.mtimeMs > 10 * BEAT_MS) return false;
  await sleep(2 * BEAT_MS);
  const later = await stat(path).catch(() => undefined);
  return later !== undefined && later.mtimeMs !== beat.mtimeMs;
}

function hold(path: string, text: string): DataDirLock {
  const beat = setInterval(() => {
    const now = new Date();
    void utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      if ((await contents(path).catch(() => undefined)) === text) await rm(path, { force: true });
    },
  };
}

function occupied(dataDir: string, owner: Owner, mine: Owner): EmbeddedPostgresError {
  const who =
    owner.where !== mine.where
      ? `A server on another host or in another container (${owner.where}, pid ${owner.pid})`
      : owner.pid === mine.pid
        ? `This very process (pid ${owner.pid})`
        : `Another server (pid ${owner.pid})`;
  return new EmbeddedPostgresError(
    `${who} is already using the data folder ${dataDir}. Stop it, or set DATA_DIR to another folder for this one.`,
  );
}

async function contents(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where there are no hard links a new lock may be seen before its text is complete. */
async function settledContents(path: string): Promise<string | undefined> {
  const text = await contents(path);
  if (text === undefined || parse(text)) return text;
  await sleep(500);
  return contents(path);
}

/** Undefined for a file that is no lock of ours, such as one cut short by a full disk. */
function parse(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, started, where, id } = value as Partial<Record<keyof Owner, unknown>>;
    if (typeof pid !== 'number' || typeof started !== 'string' || typeof where !== 'string') return undefined;
    return { pid, started, where, id: String(id) };
  } catch {
    return undefined;
  }
}
