/**
 * `npm start`: builds when needed, then runs the server, passes signals on, and ends as it ended. (package.json runs it
 * by `exec`, since a shell in between would keep npm's signals; Windows has no `exec` and takes the second half.)
 * `--production` (`npm run start:prod`) takes what was built, for which no devDependencies are needed.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildIfStale, root } from './lib/build.mjs';

const production = process.argv.includes('--production');
if (!production) await buildIfStale();
// A larger young generation takes about a fifth of the CPU off the send path; an old one that grows less, more than
// half of the memory that a crowd of connections leaves behind (docs/benchmarks.md). The Dockerfile and
// the bench run with the same.
const flags = ['--enable-source-maps', '--max-semi-space-size=64', '--heap-growing-percent=70'];
const child = spawn(process.execPath, [...flags, join(root, 'dist', 'apps', 'api', 'src', 'main.js')], {
  // glibc keeps what each of its arenas ever held: two keep pictures from holding on to 100 MB (docs/storage.md).
  env: { MALLOC_ARENA_MAX: '2', ...process.env, ...(production && { NODE_ENV: 'production' }) },
  // By the channel the server notices when this process is killed, and stops.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
if (process.env.npm_lifecycle_event) {
  // npm passes signals on, but nobody can when npm itself is killed.
  const { ppid } = process;
  setInterval(() => process.ppid !== ppid && child.kill('SIGTERM'), 500).unref();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
