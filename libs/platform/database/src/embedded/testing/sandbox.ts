import { transformSync } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { EmbeddedPostgres } from '../embedded-postgres.js';
import { postgresProcessesOf } from '../process-info.js';

const source = join(dirname(fileURLToPath(import.meta.url)), '..');
export const nodeModules = join(source, '../../../../../node_modules');

/** Fast settings for specs that are not about durability. */
export const FAST = { fsync: 'off' };

/** A child node process that runs the module as a server would. */
export interface ServerProcess {
  process: ChildProcess;
  /** Settles when it runs (`url`) or refused (`error`). */
  started: Promise<{ url: string; clusterDir: string; error?: string; name?: string }>;
  logs: string[];
  /** Kills node alone, as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, on which it stops PostgreSQL; the exit status. */
  stop(): Promise<number | null>;
}

const RUNNER = `
import { startEmbeddedPostgres } from './embedded/embedded-postgres.js';
const [dataDir, settings] = process.argv.slice(2);
const tell = (line) => process.stdout.write(JSON.stringify(line) + '\\n');
try {
  const db = await startEmbeddedPostgres({ dataDir, settings: JSON.parse(settings), log: (log) => tell({ log }) });
  process.on('SIGTERM', () => void db.stop().then(() => process.exit(0)));
  tell({ url: db.url, clusterDir: db.clusterDir });
  setInterval(() => undefined, 1000);
} catch (error) {
  tell({ error: error.message, name: error.name });
  process.exit(1);
}`;

/** A temporary folder whose processes and files, also those outside of it, are gone after `cleanUp`. Inside the
 * run's folder, so that the run's guard clears up if Jest is killed. */
export class Sandbox {
  readonly root = realpathSync(mkdtempSync(join(process.env.SWITCHBOARD_TEST_DIR ?? tmpdir(), 'spec-')));
  private readonly children: ChildProcess[] = [];
  private readonly databases: EmbeddedPostgres[] = [];
  private readonly clusters = new Set<string>();

  constructor() {
    chmodSync(this.root, 0o755);
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Remembers an in-process database for the clean-up. */
  track<T extends EmbeddedPostgres>(database: T): T {
    this.databases.push(database);
    this.clusters.add(database.clusterDir);
    return database;
  }

  /** Compiles the module into a folder of its own, so that plain node (of any user) runs it. */
  compile(folder = this.path('app'), modules = nodeModules): string {
    const target = join(folder, 'embedded');
    mkdirSync(target, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'runner.js'), RUNNER);
    if (!existsSync(join(folder, 'node_modules'))) symlinkSync(modules, join(folder, 'node_modules'));
    for (const file of readdirSync(source).filter((name) => /(?<!\.spec)\.ts$/.test(name))) {
      const { code } = transformSync(readFileSync(join(source, file), 'utf8'), {
        swcrc: false,
        configFile: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
      });
      writeFileSync(join(target, file.replace(/\.ts$/, '.js')), code);
    }
    return folder;
  }

  /** Runs the compiled module in a process of its own. */
  server(
    app: string,
    dataDir: string,
    options: { uid?: number; gid?: number; settings?: Record<string, string>; wrap?: string[] } = {},
  ): ServerProcess {
    const { settings = FAST, wrap = [], ...ids } = options;
    const command = [...wrap, process.execPath, join(app, 'runner.js'), dataDir, JSON.stringify(settings)];
    const child = spawn(command[0] as string, command.slice(1), {
      ...ids,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.push(child);
    const logs: string[] = [];
    const started = new Promise<{ url: string; clusterDir: string; error?: string; name?: string }>(
      (resolve, reject) => {
        let text = '';
        child.stdout?.on('data', (chunk: Buffer) => {
          const lines = (text + chunk.toString('utf8')).split('\n');
          text = lines.pop() ?? '';
          for (const line of lines.map((one) => JSON.parse(one) as Record<string, string>)) {
            if (line.log !== undefined) logs.push(line.log);
            else resolve({ url: '', clusterDir: '', ...line });
            if (line.clusterDir) this.clusters.add(line.clusterDir);
          }
        });
        child.on('error', reject);
        child.on('exit', (code, signal) => reject(new Error(`the server ended with ${code ?? signal}`)));
      },
    );
    started.catch(() => undefined);
    const end = async (signal: NodeJS.Signals): Promise<number | null> => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill(signal);
        await gone;
      }
      return child.exitCode;
    };
    return {
      process: child,
      started,
      logs,
      kill: async () => void (await end('SIGKILL')),
      stop: () => end('SIGTERM'),
    };
  }

  /** Stops the tracked databases. */
  async stopAll(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.stop()));
  }

  /** Ends whatever still runs and removes all files. */
  async cleanUp(): Promise<void> {
    await this.stopAll();
    for (const child of this.children) child.kill('SIGKILL');
    for (const cluster of [...this.clusters, this.path('data', 'postgres')]) {
      for (const pid of postgresProcessesOf(cluster)) process.kill(pid, 'SIGKILL');
      while (postgresProcessesOf(cluster).length > 0) await sleep(10);
      if (cluster.startsWith(this.root)) continue;
      rmSync(dirname(cluster), { recursive: true, force: true });
      try {
        rmdirSync(dirname(dirname(cluster))); // only if no one else's data is in it
      } catch {
        // Someone's is.
      }
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** One statement on a connection of its own; its rows. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** `it` where the condition holds; elsewhere a skipped spec whose name says why. */
export function itIf(condition: boolean, why: string): (name: string, body: () => Promise<void>) => void {
  return (name, body) => {
    if (condition) it(name, body);
    else it.skip(`${name} (skipped: ${why})`, body);
  };
}
