import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(fileURLToPath(import.meta.url), '..', '..', '..');
const MAIN = join(ROOT, 'dist', 'apps', 'api', 'src', 'main.js');
/** Far more than it takes, for machines that have much else to do. */
const READY_WITHIN_MS = 60_000;
const BUILT_WITHIN_MS = 90_000;
const LISTENS = /listens on http:\/\/\S+?:(\d+)/;

export const PROCESS_SECRET = 'a-secret-of-the-process-tests';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** From the start, or from the signal that `stop` sent. */
  ms: number;
  stdout: string;
  stderr: string;
}

const started = new Set<NodeProcess>();
const folders = new Set<string>();

/** A folder of the test's own inside the run's; processes that work in it end with the run, whatever happens. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(process.env.SWITCHBOARD_TEST_DIR ?? tmpdir(), 'process-'));
  await chmod(folder, 0o755); // PostgreSQL runs as another user when the tests run as root
  folders.add(folder);
  return folder;
}

/** For `afterEach`: ends what the test started, orphaned databases too. */
export async function endProcesses(): Promise<void> {
  await Promise.all([...started].map((one) => one.kill()));
  started.clear();
  for (const folder of folders) {
    const orphan = await postmasterOf(join(folder, 'data'));
    if (orphan !== undefined) await endOrphan(orphan);
  }
}

/** For `afterAll`. */
export async function removeFolders(): Promise<void> {
  for (const folder of folders)
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  folders.clear();
}

/** The living PostgreSQL of a data folder. */
export async function postmasterOf(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Looks again and again until the condition holds; for what no event tells. */
export async function eventually(what: string, holds: () => unknown, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Waited ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function endOrphan(pid: number): Promise<void> {
  for (const signal of ['SIGCONT', 'SIGQUIT'] as const) if (isAlive(pid)) process.kill(pid, signal);
  await eventually(`PostgreSQL ${pid} ends`, () => !isAlive(pid));
}

/** A program of the project in a process of its own. */
export class NodeProcess {
  stdout = '';
  stderr = '';
  readonly exited: Promise<Exit>;
  private readonly since = performance.now();
  private readonly lookers = new Set<() => void>();

  protected constructor(readonly child: ChildProcess) {
    started.add(this);
    child.stdout?.on('data', (chunk: Buffer) => this.hear('stdout', chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.hear('stderr', chunk));
    this.exited = new Promise((resolve) =>
      child.on('close', (code, signal) => {
        resolve({
          code,
          signal,
          ms: performance.now() - this.since,
          stdout: this.stdout,
          stderr: this.stderr,
        });
        for (const look of this.lookers) look();
      }),
    );
  }

  /** Runs a compiled file of `dist` in a folder with exactly this environment. */
  static spawn(file: string, args: string[], cwd: string, env: Record<string, string>): NodeProcess {
    return new NodeProcess(spawnNode(file, args, cwd, env));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Waits until the output has this; rejects when the process ends without it. */
  async says(pattern: RegExp, timeoutMs = READY_WITHIN_MS): Promise<RegExpExecArray> {
    const find = (): RegExpExecArray | null => pattern.exec(this.stdout + this.stderr);
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.lookers.delete(look);
        settle();
      };
      const look = (): void => {
        const found = find();
        if (found) finish(() => resolve(found));
        else if (this.child.exitCode !== null || this.child.signalCode !== null)
          finish(() => reject(new Error(`It ended without ${pattern}:\n${this.stdout}${this.stderr}`)));
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`No ${pattern} in:\n${this.stdout}${this.stderr}`))),
        timeoutMs,
      );
      this.lookers.add(look);
      look();
    });
  }

  /** @returns how it ended, `ms` counted from the signal. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    const sent = performance.now();
    this.child.kill(signal);
    return { ...(await this.exited), ms: performance.now() - sent };
  }

  /** As the kernel or an impatient operator does it; what it started lives on. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }

  private hear(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this[stream] += chunk.toString('utf8');
    for (const look of [...this.lookers]) look();
  }
}

/** The built server in a process of its own, on a free port unless told. */
export class ServerProcess extends NodeProcess {
  port = 0;

  /** Starts it and waits until it listens; without DATABASE_URL it makes an embedded database in `{folder}/data`. */
  static async start(folder: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    const server = ServerProcess.launch(folder, env);
    const [, port] = await server.says(LISTENS);
    server.port = Number(port);
    return server;
  }

  /** Starts it and waits for nothing. */
  static launch(folder: string, env: Record<string, string> = {}): ServerProcess {
    return new ServerProcess(spawnNode(MAIN, [], folder, serverEnvironment(folder, env)));
  }

  /** As a newcomer does it: `npm start` in the project's folder, building first when something changed. */
  static async npmStart(folder: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    return ServerProcess.startBy(['npm', 'start'], folder, env);
  }

  /** As `npm start` runs it. */
  static async scriptStart(folder: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    return ServerProcess.startBy([process.execPath, join(ROOT, 'scripts', 'start.mjs')], folder, env);
  }

  private static async startBy(
    [command, ...args]: [string, ...string[]],
    folder: string,
    env: Record<string, string>,
  ): Promise<ServerProcess> {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: childEnvironment(serverEnvironment(folder, env)),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child);
    const [, port] = await server.says(LISTENS, BUILT_WITHIN_MS);
    server.port = Number(port);
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
}

function serverEnvironment(folder: string, env: Record<string, string>): Record<string, string> {
  return {
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    JWT_SECRET: PROCESS_SECRET,
    LOG_FORMAT: 'json',
    PRESENCE_GRACE_MS: '100',
    ...env,
  };
}

/** Nothing of the test run's own settings. */
function childEnvironment(env: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...env };
}

function spawnNode(file: string, args: string[], cwd: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['--enable-source-maps', file, ...args], {
    cwd,
    env: childEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
