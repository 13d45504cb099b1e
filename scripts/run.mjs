/** Builds when needed and runs one of the compiled command-line tools: node scripts/run.mjs apps/api/src/cli/x.js …args */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildIfStale, root } from './lib/build.mjs';

const [entry, ...args] = process.argv.slice(2);
await buildIfStale();
const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist', entry), ...args], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
