import { readFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#libs/platform/database';
import { eventually, isAlive } from '../../support/process.js';

/** Servers of the chat have pools of ten, and each job of the harness one more. */
const SETTINGS = { max_connections: '100' };

/** A PostgreSQL of the run's own that keeps its word: it flushes what it commits, whatever then happens to it. */
export class DurablePostgres {
  private constructor(
    private readonly dataDir: string,
    private running: EmbeddedPostgres,
  ) {}

  static async start(dataDir: string): Promise<DurablePostgres> {
    return new DurablePostgres(dataDir, await launch(dataDir));
  }

  /** Of the running one: its port differs after each start. */
  get url(): string {
    return this.running.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** All its processes at once, as when the machine fails. */
  async kill(): Promise<void> {
    const pids = await this.pids();
    for (const pid of pids) signal(pid, 'SIGKILL');
    await eventually('PostgreSQL is gone', () => !pids.some(isAlive));
    await this.running.stop();
  }

  /** After `kill`: recovers from its log. */
  async restart(): Promise<void> {
    this.running = await launch(this.dataDir);
  }

  /** Nothing of it moves until `goOn`. */
  async pause(): Promise<void> {
    for (const pid of await this.pids()) signal(pid, 'SIGSTOP');
  }

  async goOn(): Promise<void> {
    for (const pid of await this.pids()) signal(pid, 'SIGCONT');
  }

  /** Ends the sessions of all clients, as an administrator does. */
  async terminateBackends(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => undefined);
    await client.connect();
    await client
      .query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      )
      .finally(() => client.end());
  }

  async stop(): Promise<void> {
    await this.goOn();
    await this.running.stop();
  }

  private async pids(): Promise<number[]> {
    const text = await readFile(join(this.running.clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
    const postmaster = Number(text.split('\n')[0]);
    if (!(postmaster > 0) || !isAlive(postmaster)) return [];
    const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    const children = stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === postmaster)
      .map(([pid]) => pid as number);
    return [postmaster, ...children];
  }
}

const launch = (dataDir: string): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir, settings: SETTINGS, log: () => undefined });

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
