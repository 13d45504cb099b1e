/** Builds when needed and tries what the built server promises under faults; arguments are passed on (`npm run test:faults -- --help`). */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildIfStale, root } from './lib/build.mjs';

await buildIfStale();
const child = spawn(
  process.execPath,
  ['--import', 'tsx', join(root, 'test', 'faults', 'run.ts'), ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
