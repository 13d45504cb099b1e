/** Outlives the test run it is connected to by a pipe, and removes what the run could not: node guard.mjs FOLDER */
import { existsSync } from 'node:fs';
import { removeRun } from './test-cluster.mjs';

const [dir] = process.argv.slice(2);
// Its own session keeps it out of the terminal's Ctrl-C; a signal to it alone is no reason to leave early.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.on('error', () => undefined);
process.stdin.on('close', async () => {
  if (existsSync(dir)) await removeRun(dir);
});
