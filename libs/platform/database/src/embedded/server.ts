import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from './binaries.js';
import { clusterDirOf, type ClusterContext } from './cluster.js';
import { EmbeddedPostgresError } from './errors.js';
import type { LogFile } from './log-file.js';
import { run, spawnOptions } from './run.js';

/** Crash recovery after much writing takes its time; a start that takes longer is hung. */
const START_LIMIT_MS = 300_000;

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // a socket's path may have 107 characters, a folder's more
  shared_buffers: '128MB',
  max_connections: '50',
  max_wal_size: '512MB',
  // Containers have little /dev/shm, which parallel workers would need.
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_checkpoints: 'off',
  // No statements and values in the log: they hold people's messages.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** A running PostgreSQL. */
export interface RunningServer {
  port: number;
  /** Settles with how it ended. */
  exited: Promise<string>;
  /** Fast shutdown, at most `patienceMs`, then immediate, then killed. */
  stop(patienceMs: number): Promise<void>;
}

/**
 * Starts PostgreSQL on a free port of 127.0.0.1 and waits until it accepts connections.
 * @throws EmbeddedPostgresError quoting PostgreSQL.
 */
export async function launch(
  context: ClusterContext,
  logFile: LogFile,
  log: (line: string) => void,
): Promise<RunningServer> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (let attempt = 1; ; attempt++) {
    logFile.forget();
    const server = spawnServer(context, await freePort(), logFile);
    const failure = await ready(server, clusterDirOf(context.home), deadline, log);
    if (failure === undefined) {
      server.child.unref(); // its life does not keep this process alive
      return server;
    }
    await server.stop(1000);
    // The port went to someone else, or processes of a killed PostgreSQL are still leaving.
    const passing = logFile.includes('Address already in use') || logFile.includes('shared memory block');
    if (passing && attempt < 20) {
      await sleep(100);
      continue;
    }
    throw new EmbeddedPostgresError(
      `PostgreSQL did not start on ${clusterDirOf(context.home)} (${failure}): ${logFile.tail() || 'it said nothing'}. ` +
        'Mend what it names, set DATA_DIR to another folder, or set DATABASE_URL.',
    );
  }
}

interface SpawnedServer extends RunningServer {
  child: ChildProcess;
  /** How it ended, once it did. */
  outcome(): string | undefined;
}

function spawnServer(context: ClusterContext, port: number, logFile: LogFile): SpawnedServer {
  const clusterDir = clusterDirOf(context.home);
  const settings = { ...SETTINGS, ...context.settings, port: String(port) };
  const child = spawn(
    program(context.bin, 'postgres'),
    ['-D', clusterDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // In a session of its own: Ctrl-C in the terminal is for the server, which stops PostgreSQL last.
    { ...spawnOptions(context.account), detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  child.stderr.on('data', (chunk: Buffer) => logFile.write(chunk));
  let outcome: string | undefined;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      outcome ??= how;
      resolve(outcome);
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => {
      const how = signal ? `ended by ${signal}` : `exit status ${code}`;
      // Its last words may still be in the pipe, which straggling children can hold open.
      child.on('close', () => end(how));
      setTimeout(end, 200, how);
    });
  });
  // A process that leaves without stopping it (a fault, an impatient exit) leaves none behind; SIGKILL does.
  const leave = (): void => void child.kill('SIGINT');
  process.on('exit', leave);
  void exited.then(() => process.off('exit', leave));
  return { child, port, exited, outcome: () => outcome, stop };

  async function stop(patienceMs: number): Promise<void> {
    if (outcome !== undefined) return;
    child.ref();
    if (process.platform === 'win32') {
      const seconds = String(Math.ceil(patienceMs / 1000));
      await run(program(context.bin, 'pg_ctl'), [
        'stop',
        '-D',
        clusterDir,
        '-m',
        'fast',
        '-w',
        '-t',
        seconds,
      ]);
    }
    for (const [signal, patience] of [
      ['SIGINT', patienceMs],
      ['SIGQUIT', 500],
      ['SIGKILL', 500],
    ] as const) {
      child.kill(signal);
      const timer = new AbortController();
      await Promise.race([
        exited,
        sleep(patience, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
      if (outcome !== undefined) return;
    }
  }
}

/** Waits for what PostgreSQL itself writes into postmaster.pid; answers why it will not come up. */
async function ready(
  server: SpawnedServer,
  clusterDir: string,
  deadline: number,
  log: (line: string) => void,
): Promise<string | undefined> {
  const patience = Date.now() + 5000;
  let told = false;
  while (server.outcome() === undefined) {
    const lines = (await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === server.child.pid && lines[7]?.trim() === 'ready') return undefined;
    if (Date.now() > deadline) return `not ready after ${START_LIMIT_MS / 1000} s`;
    if (!told && Date.now() > patience) {
      told = true;
      log('PostgreSQL is recovering from an unclean stop; this may take a while.');
    }
    await sleep(10);
  }
  return server.outcome();
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address) resolve(address.port);
        else reject(new EmbeddedPostgresError('No free TCP port on 127.0.0.1 for PostgreSQL.'));
      });
    });
  });
}
