import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.js';
import { isAlive, isPostgresOf, postgresProcessesOf } from './process-info.js';

/**
 * Stops what a killed server left running on a cluster, and clears a stale `postmaster.pid` whose pid another
 * program has by now (PostgreSQL would refuse to start). Only for the holder of the data folder's lock. A
 * process is touched only if it is PostgreSQL working in exactly this folder.
 * @throws EmbeddedPostgresError when the orphan cannot be ended.
 */
export async function stopOrphan(clusterDir: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(clusterDir, 'postmaster.pid');
  const [firstLine, folder] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  // A negative pid is a single-user server's.
  const pid = Math.abs(Number(firstLine));
  const ours = folder === clusterDir && isPostgresOf(pid, clusterDir);
  if (ours) {
    log(`Stopping the PostgreSQL (pid ${pid}) that an earlier server left running on ${clusterDir}.`);
    // Fast shutdown first: it writes everything out; the others are for one that hangs.
    await endAll(() => [pid], ['SIGINT', 5000], ['SIGQUIT', 3000], ['SIGKILL', 2000]);
  }
  // Processes of a dead PostgreSQL leave by themselves, but not in the middle of a long query.
  await endAll(
    () => postgresProcessesOf(clusterDir),
    [undefined, 1000],
    ['SIGQUIT', 3000],
    ['SIGKILL', 2000],
  );
  const left = postgresProcessesOf(clusterDir);
  if (left.length > 0 || (ours && isPostgresOf(pid, clusterDir))) {
    throw new EmbeddedPostgresError(
      `An earlier PostgreSQL (pid ${left[0] ?? pid}) still runs on ${clusterDir} and cannot be stopped. End it by hand.`,
    );
  }
  if (pid > 0 && isAlive(pid)) await rm(pidFile, { force: true });

  async function endAll(
    list: () => number[],
    ...steps: [NodeJS.Signals | undefined, number][]
  ): Promise<void> {
    for (const [signal, patience] of steps) {
      if (signal)
        for (const target of list().filter((one) => isPostgresOf(one, clusterDir))) send(target, signal);
      const deadline = Date.now() + patience;
      while (list().some((one) => isPostgresOf(one, clusterDir))) {
        if (Date.now() > deadline) break;
        await sleep(20);
      }
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile, or not ours to stop: the check that follows tells.
  }
}
