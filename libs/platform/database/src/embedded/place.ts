import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, lchown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { accountOf, chooseAccount } from './account.js';
import { EmbeddedPostgresError } from './errors.js';
import { run, type Account } from './run.js';

/** Where the cluster is kept and who runs it. */
export interface Place {
  /** Holds the cluster (`postgres`) and, where needed, a copy of the programs (`postgres-bin`). */
  home: string;
  /** Set when the server is root, which PostgreSQL refuses to run as. */
  account?: Account;
}

/** Where root keeps the cluster when the data folder cannot be entered by another user; the first that works. */
const REFUGES = [
  '/var/lib/switchboard',
  '/usr/local/var/switchboard',
  '/srv/switchboard',
  '/opt/switchboard',
];
/** In the data folder: the path of the home outside it. In such a home: the data folder it belongs to. */
const POINTER = 'postgres-location';
const BACK_POINTER = 'data-dir';

/**
 * Decides where the cluster of a data folder is or goes. An ordinary user keeps it in the folder. Root keeps it
 * there too if the account that runs PostgreSQL can really work there, otherwise in a refuge that a pointer in
 * the data folder (or, if that is lost, a hash of the folder's path) leads back to.
 * @param dataDir its real path
 * @throws EmbeddedPostgresError when the cluster belongs to someone else, is gone, or finds no place.
 */
export async function findPlace(dataDir: string, log: (line: string) => void): Promise<Place> {
  const cluster = join(dataDir, 'postgres');
  const owner = await clusterOwner(cluster);
  const pointer = (await readText(join(dataDir, POINTER))).trim();
  const me = process.getuid?.();
  if (me !== 0) {
    if (pointer) throw new EmbeddedPostgresError(rootsOwn(dataDir, pointer));
    if (owner && me !== undefined && owner.uid !== me)
      throw new EmbeddedPostgresError(notYours(cluster, owner.uid));
    return { home: dataDir };
  }
  if (pointer && !owner) {
    await checkPointer(dataDir, pointer);
    const account = await clusterAccount(join(pointer, 'postgres'), log);
    announce(dataDir, pointer, account, log);
    return { home: pointer, account };
  }
  const account = await clusterAccount(cluster, log);
  if (await canHost(dataDir, account)) return { home: dataDir, account };
  if (owner) throw new EmbeddedPostgresError(closedIn(cluster, account));
  const home = await findRefuge(dataDir, account);
  await writeFile(join(home, BACK_POINTER), dataDir + '\n');
  await writeFile(join(dataDir, POINTER), home + '\n');
  announce(dataDir, home, account, log);
  return { home, account: await clusterAccount(join(home, 'postgres'), log, account) };
}

function announce(dataDir: string, home: string, account: Account, log: (line: string) => void): void {
  log(
    `The database is kept in ${join(home, 'postgres')}: PostgreSQL must not run as root, ` +
      `and the user "${account.name}" cannot work in ${dataDir}.`,
  );
}

/** The owner of an initialised cluster, so that it keeps working for who made it; else the default account. */
async function clusterAccount(
  cluster: string,
  log: (line: string) => void,
  preset?: Account,
): Promise<Account> {
  const owner = await clusterOwner(cluster);
  if (owner && owner.uid !== 0) return accountOf(owner.uid, owner.gid);
  const account = preset ?? (await chooseAccount(log));
  // A copy or a restored backup that root made: PostgreSQL wants to own its files.
  if (owner) await giveTree(cluster, account);
  return account;
}

async function clusterOwner(cluster: string): Promise<{ uid: number; gid: number } | undefined> {
  if (!(await readText(join(cluster, 'PG_VERSION')))) {
    // A cluster that another ordinary user closed to us shows its folder only.
    const folder = await stat(cluster).catch(() => undefined);
    return folder && process.getuid?.() !== 0 ? folder : undefined;
  }
  return stat(cluster);
}

/** Whether the account can enter the folder and own a private folder in it: tried, not guessed from modes. */
async function canHost(folder: string, account: Account): Promise<boolean> {
  const probe = join(folder, `.probe-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(probe);
    await chown(probe, account.uid, account.gid);
    await chmod(probe, 0o700);
    const made = await stat(probe);
    if (made.uid !== account.uid || (made.mode & 0o777) !== 0o700) return false;
    const script = 'cd "$1" && : > probe && rm probe';
    return (await run('/bin/sh', ['-c', script, 'sh', probe], { account, timeoutMs: 10_000 })).code === 0;
  } catch {
    return false;
  } finally {
    await rm(probe, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function findRefuge(dataDir: string, account: Account): Promise<string> {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  for (const base of REFUGES) {
    // After `mv a b`, b still points to a's home: a new a then needs another one.
    for (const home of ['', '-2', '-3', '-4'].map((suffix) => join(base, name + suffix))) {
      const belongsTo = (await readText(join(home, BACK_POINTER))).trim();
      if (belongsTo && belongsTo !== dataDir) continue;
      if ((await makeFolders(home)) && (await canHost(home, account))) return home;
      break;
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL must not run as root, and the user "${account.name}" can work neither in ${dataDir} nor in ` +
      `${REFUGES.join(', ')}. Set DATA_DIR to a folder it can enter, start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** Makes the folder so that others may pass through it, whatever the umask is. */
async function makeFolders(folder: string): Promise<boolean> {
  try {
    const made = await mkdir(folder, { recursive: true });
    for (let path = folder; made && path.length >= made.length; path = dirname(path))
      await chmod(path, 0o755);
    return true;
  } catch {
    return false;
  }
}

/** A pointer must lead to a home that knows of this folder; a moved data folder takes its home along. */
async function checkPointer(dataDir: string, home: string): Promise<void> {
  const pointer = join(dataDir, POINTER);
  if (!(await readText(join(home, 'postgres', 'PG_VERSION')))) {
    throw new EmbeddedPostgresError(
      `The database of ${dataDir} was kept in ${home}, which is gone. Restore that folder, ` +
        `or delete ${pointer} to start with an empty database.`,
    );
  }
  const other = (await readText(join(home, BACK_POINTER))).trim();
  if (other === dataDir) return;
  if (other && (await readText(join(other, POINTER))).trim() === home) {
    throw new EmbeddedPostgresError(
      `${dataDir} is a copy of ${other}: the database in ${home} belongs to that folder. ` +
        `Delete ${pointer} to start with an empty database here.`,
    );
  }
  await writeFile(join(home, BACK_POINTER), dataDir + '\n');
}

async function giveTree(path: string, account: Account): Promise<void> {
  await lchown(path, account.uid, account.gid);
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await giveTree(child, account);
    else await lchown(child, account.uid, account.gid);
  }
}

const rootsOwn = (dataDir: string, home: string): string =>
  `The database of ${dataDir} was made by root and is kept in ${home}. ` +
  'Start as root again, or set DATA_DIR to another folder.';

const closedIn = (cluster: string, account: Account): string =>
  `The database in ${cluster} belongs to the user "${account.name}", who cannot get there any more. Let others ` +
  'pass through the folders above it (chmod o+x), or move the data folder to where they can and set DATA_DIR.';

const notYours = (cluster: string, uid: number): string =>
  `The database in ${cluster} belongs to another user (uid ${uid}). ` +
  'Start as that user, give it to yourself with chown -R, or set DATA_DIR to another folder.';

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
