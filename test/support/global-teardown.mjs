/** Stops the run's PostgreSQL and removes its folder. */
import { removeRun } from './test-cluster.mjs';

export default async function globalTeardown() {
  const run = globalThis.switchboardTestRun;
  if (!run) return;
  await run.db.stop();
  await removeRun(run.dir);
}
