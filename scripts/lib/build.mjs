import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dist = join(root, 'dist');
const stamp = join(dist, '.stamp');
const INPUTS = [
  'apps',
  'libs',
  'bench',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'ormconfig.ts',
  'package-lock.json',
];

/** Newest modification time (ms) of the sources below a folder or of a file. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const times = readdirSync(path, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() || (entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts')),
    )
    .map((entry) => newest(join(path, entry.name)));
  return Math.max(0, ...times);
}

export function isStale() {
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return INPUTS.some((path) => newest(join(root, path)) > built);
}

/**
 * `nest build` into a folder of its own, which is then swapped in: two builds at once do not disturb each other or a
 * reader, and what was removed from the sources is not in `dist` any more.
 */
export function buildIfStale({ force = false } = {}) {
  if (!force && !isStale()) return;
  process.stderr.write('Building (about 20 seconds) …\n');
  const started = new Date();
  const fresh = join(root, `dist.${process.pid}.tmp`);
  const config = `${basename(fresh)}/tsconfig.json`;
  mkdirSync(fresh, { recursive: true });
  // `nest build` has no --outDir.
  writeFileSync(
    join(root, config),
    JSON.stringify({ extends: '../tsconfig.build.json', compilerOptions: { outDir: '.' } }),
  );
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const args = [nest, 'build', '--path', config];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    process.exit(status ?? 1);
  }
  rmSync(join(root, config));
  writeFileSync(join(fresh, '.stamp'), started.toISOString());
  const old = `${fresh}.old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}
