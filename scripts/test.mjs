/** Builds when needed (the end-to-end tests run the built server) and runs Jest on native ES modules; arguments are passed on (`npm test -- rooms`). */
import { spawn } from 'node:child_process';
import { buildIfStale, root } from './lib/build.mjs';

await buildIfStale();
const child = spawn(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'test' } },
);
// Jest does not tear down when it is ended; test/support/guard.mjs then stops PostgreSQL in its place.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
