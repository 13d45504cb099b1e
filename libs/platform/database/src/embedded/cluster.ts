import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { program } from './binaries.js';
import { codeOf, EmbeddedPostgresError } from './errors.js';
import { run, type Account } from './run.js';

export const ROLE = 'switchboard';

/** A cluster's folder with the programs and the account that work on it. */
export interface ClusterContext {
  /** Real path of the data folder, which keeps the password. */
  dataDir: string;
  /** Folder that holds the cluster. */
  home: string;
  bin: string;
  account: Account | undefined;
  settings: Record<string, string>;
}

export function clusterDirOf(home: string): string {
  return join(home, 'postgres');
}

/**
 * Makes the cluster if there is none, and answers the role's password. The cluster gets its name only when it
 * is complete, so a start that was killed half-way leaves nothing but a folder that the next one removes.
 * @throws EmbeddedPostgresError quoting initdb, or when the cluster is of another major version.
 */
export async function ensureCluster(context: ClusterContext, log: (line: string) => void): Promise<string> {
  const clusterDir = clusterDirOf(context.home);
  await removeLeftovers(context.home);
  const kept = await readPassword(context);
  const version = (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (version) {
    await checkVersion(version, context, clusterDir);
    return kept ?? (await resetPassword(context));
  }
  const password = kept ?? (await newPassword(context));
  log(`Making a new PostgreSQL database in ${clusterDir} (only the first time).`);
  await initialise(context, password, clusterDir);
  return password;
}

/** Gives the role a new password without knowing the old one, by PostgreSQL's single-user mode. */
export async function resetPassword(context: ClusterContext): Promise<string> {
  const password = await newPassword(context);
  const clusterDir = clusterDirOf(context.home);
  const input = `ALTER ROLE ${ROLE} PASSWORD '${password}'\n`;
  const done = await run(program(context.bin, 'postgres'), ['--single', '-D', clusterDir, 'postgres'], {
    account: context.account,
    input,
    timeoutMs: 300_000,
  });
  if (done.code === 0 && !/\b(ERROR|FATAL)\b/.test(done.output)) return password;
  throw new EmbeddedPostgresError(`PostgreSQL could not be given a new password: ${done.output}`);
}

async function initialise(context: ClusterContext, password: string, clusterDir: string): Promise<void> {
  const { home, account } = context;
  const id = randomBytes(6).toString('hex');
  const temp = join(home, `postgres.init-${id}`);
  const passwordFile = join(home, `postgres.init-${id}.password`);
  const args = [
    `--pgdata=${temp}`,
    `--username=${ROLE}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Knows all of Unicode and sorts alike on every machine, whatever locales the system has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...(context.settings.fsync === 'off' ? ['--no-sync'] : []),
  ];
  try {
    await mkdir(temp, { mode: 0o700 });
    await writeFile(passwordFile, password + '\n', { mode: 0o600, flag: 'wx' });
    if (account) await Promise.all([temp, passwordFile].map((path) => chown(path, account.uid, account.gid)));
    const done = await run(program(context.bin, 'initdb'), args, { account, timeoutMs: 300_000 });
    if (done.code !== 0) throw new EmbeddedPostgresError(initFailure(clusterDir, done.output));
    await rm(passwordFile);
    // An empty folder may stand there, such as a mount's; one with unknown contents is not ours to remove.
    await rmdir(clusterDir).catch(() => undefined);
    await rename(temp, clusterDir);
    await syncFolder(home);
  } catch (error) {
    await Promise.all([temp, passwordFile].map((path) => rm(path, { recursive: true, force: true })));
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(initFailure(clusterDir, codeOf(error) ?? String(error)));
  }
}

function initFailure(clusterDir: string, why: string): string {
  return (
    `PostgreSQL could not make its database in ${clusterDir}: ${why.split('\n').slice(-4).join(' | ')}. ` +
    'Check the free space and rights there, set DATA_DIR to another folder, or set DATABASE_URL.'
  );
}

async function removeLeftovers(home: string): Promise<void> {
  for (const entry of await readdir(home)) {
    if (!entry.startsWith('postgres.init-')) continue;
    // An initdb that outlived its server may still be writing there.
    await rm(join(home, entry), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

async function checkVersion(version: string, context: ClusterContext, clusterDir: string): Promise<void> {
  const { output } = await run(program(context.bin, 'postgres'), ['--version'], { account: context.account });
  const major = /(\d+)/.exec(output)?.[1];
  if (major === undefined || major === version) return;
  throw new EmbeddedPostgresError(
    `The database in ${clusterDir} was made by PostgreSQL ${version}, this release brings ${major}. Dump it with ` +
      `the earlier release (pg_dump) and restore it into a new DATA_DIR, or set DATABASE_URL to a PostgreSQL ${version}.`,
  );
}

function passwordPath(context: ClusterContext): string {
  return join(context.dataDir, 'postgres-password');
}

async function readPassword(context: ClusterContext): Promise<string | undefined> {
  try {
    const text = (await readFile(passwordPath(context), 'utf8')).trim();
    return /^[0-9a-f]{32,}$/.test(text) ? text : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new EmbeddedPostgresError(
      `The database password in ${passwordPath(context)} cannot be read (${codeOf(error)}). Give the file to this user.`,
    );
  }
}

async function newPassword(context: ClusterContext): Promise<string> {
  const password = randomBytes(24).toString('hex');
  const temp = `${passwordPath(context)}.new`;
  await rm(temp, { force: true });
  const file = await open(temp, 'wx', 0o600);
  await file.writeFile(password + '\n');
  await file.sync();
  await file.close();
  await rename(temp, passwordPath(context));
  return password;
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
