import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RequestPlan, RequestResult } from './load/caller.js';
import type { CrowdPlan, CrowdResult } from './load/crowd.js';
import type { FloodPlan, FloodResult } from './load/flooder.js';
import type {
  ConnectPlan,
  ConnectResult,
  EmitPlan,
  EmitResult,
  JoinPlan,
  SendPlan,
  SendResult,
} from './load/generator.js';

const here = dirname(fileURLToPath(import.meta.url));
/** This checkout; the bench runs in its dist/bench. */
export const ROOT = join(here, '..', '..');
export const SECRET = 'a-secret-of-the-benchmark';
const NODE_FLAGS = ['--max-semi-space-size=64', '--heap-growing-percent=70'];

export interface ServerProcess {
  url: string;
  pid: number;
  stop(): Promise<void>;
  /** Ends it without a word, as a crash does. */
  kill(): Promise<void>;
}

async function listening(child: ChildProcess, name: string): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const match = /listens on (http:\/\/[^\s]+)/.exec(output);
      if (match) resolve((match[1] as string).replace('localhost', '127.0.0.1'));
    });
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('exit', (code) => reject(new Error(`${name} ended (${code}): ${output}`)));
  });
}

async function startServer(name: string, file: string, env: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...NODE_FLAGS, file], {
    // MALLOC_ARENA_MAX as scripts/start.mjs sets it.
    env: { MALLOC_ARENA_MAX: '2', ...process.env, PORT: '0', JWT_SECRET: SECRET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await listening(child, name);
  child.stdout?.resume();
  return {
    url,
    pid: child.pid as number,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.removeAllListeners('exit');
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

type Env = Record<string, string>;

export const startFloor = (
  databaseUrl: string,
  mode: 'grouped' | 'single',
  env: Env = {},
): Promise<ServerProcess> =>
  startServer(`floor (${mode})`, join(here, 'floor', 'server.js'), {
    DATABASE_URL: databaseUrl,
    FLOOR_MODE: mode,
    ...env,
  });

/** Limits so high that the load does not meet them. */
const NO_LIMITS: Env = {
  CHAT_MESSAGE_LIMIT: '10000000',
  SOCKET_EVENTS_PER_SECOND: '100000',
  USER_EVENTS_PER_SECOND: '100000',
  HTTP_REQUESTS_PER_MINUTE: '1000000',
};

/** The server that a checkout has built, where `npm run build` puts it. */
export const mainOf = (checkout: string): string => join(checkout, 'dist', 'apps', 'api', 'src', 'main.js');

/** The real server, without limits unless told, and of this checkout. */
export const startSwitchboard = (
  databaseUrl: string,
  dataDir: string,
  env: Env = NO_LIMITS,
  checkout = ROOT,
): Promise<ServerProcess> =>
  startServer('switchboard', mainOf(checkout), {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    ...env,
  });

/** A process that is asked over IPC, one answer for each call. */
class Asked {
  private readonly child: ChildProcess;
  private readonly calls = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private next = 0;

  constructor(file: string) {
    this.child = fork(join(here, 'load', file), { stdio: 'inherit' });
    this.child.on('message', ({ id, result, error }: { id: number; result: never; error?: string }) => {
      const call = this.calls.get(id);
      this.calls.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(error));
    });
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }

  protected call<T>(command: string, argument?: unknown): Promise<T> {
    const id = (this.next += 1);
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve, reject });
      this.child.send({ id, command, argument });
    });
  }
}

/** The load generator's process. */
export class Generator extends Asked {
  constructor() {
    super('generator.js');
  }

  connect(plan: ConnectPlan): Promise<ConnectResult> {
    return this.call('connect', plan);
  }
  join(plan: JoinPlan = {}): Promise<void> {
    return this.call('join', plan);
  }
  send(plan: SendPlan): Promise<SendResult> {
    return this.call('send', plan);
  }
  emit(plan: EmitPlan): Promise<EmitResult> {
    return this.call('emit', plan);
  }
  /** Ends all connections. */
  close(): Promise<void> {
    return this.call('close');
  }
}

/** The process that calls over HTTP. */
export class Caller extends Asked {
  constructor() {
    super('caller.js');
  }

  request(plan: RequestPlan): Promise<RequestResult> {
    return this.call('request', plan);
  }
}

/** The process of one who floods. */
export class Flooder extends Asked {
  constructor() {
    super('flooder.js');
  }

  start(plan: FloodPlan): Promise<void> {
    return this.call('start', plan);
  }
  end(): Promise<FloodResult> {
    return this.call('end');
  }
}

/** The process of a crowd of clients that reconnect. */
export class Crowd extends Asked {
  constructor() {
    super('crowd.js');
  }

  gather(plan: CrowdPlan): Promise<void> {
    return this.call('gather', plan);
  }
  /** Settles when all are connected again that a killed server has lost. */
  back(): Promise<CrowdResult> {
    return this.call('back');
  }
}
