import { existsSync } from 'node:fs';
import { LostAnswers } from '../../support/lost-answers.js';
import { ServerProcess, type Exit } from '../../support/process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/local/lib'].map(
  (folder) => `${folder}/faketime/libfaketime.so.1`,
);
/** What shifts the clock of a process, where it is installed (Debian: faketime). */
export const libfaketime = LIBRARIES.find(existsSync);

const MOST_STARTS = 5;

const FREE_OF_LIMITS = {
  CHAT_MESSAGE_LIMIT: '10000000',
  SOCKET_EVENTS_PER_SECOND: '100000',
  USER_EVENTS_PER_SECOND: '100000',
  HTTP_REQUESTS_PER_MINUTE: '1000000',
};

/** One server of the chat, with a network of its own to the database and to Redis. */
export class ChatNode {
  readonly lost: LostAnswers;
  state: 'up' | 'paused' | 'down' = 'down';
  private server: ServerProcess | undefined;
  private port = 0;

  private constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly env: Record<string, string>,
    readonly database: TcpProxy,
    readonly redis: TcpProxy | undefined,
    lost: LostAnswers,
    private readonly endedByItself: (what: string) => void,
    private readonly ending: AbortSignal,
  ) {
    this.lost = lost;
  }

  static async create(
    name: string,
    folder: string,
    { databaseUrl, redisUrl }: { databaseUrl: string; redisUrl: string | undefined },
    endedByItself: (what: string) => void,
    ending: AbortSignal,
  ): Promise<ChatNode> {
    const lost = new LostAnswers();
    const database = await TcpProxy.before(databaseUrl, lost.tapping);
    const redis = redisUrl === undefined ? undefined : await TcpProxy.before(redisUrl);
    const env = {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      PRESENCE_GRACE_MS: '2000',
      DATABASE_URL: database.url,
      ...(redis ? { REDIS_URL: redis.url } : {}),
      ...FREE_OF_LIMITS,
    };
    return new ChatNode(name, folder, env, database.proxy, redis?.proxy, lost, endedByItself, ending);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @param shift of its clock, such as `+90s` */
  async start(shift?: string): Promise<void> {
    const clock: Record<string, string> =
      shift === undefined || !libfaketime
        ? {}
        : { LD_PRELOAD: libfaketime, FAKETIME: shift, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    const server = await this.launched({ ...this.env, PORT: String(this.port), ...clock });
    this.port = server.port;
    this.server = server;
    this.state = 'up';
    void server.exited.then(({ code, signal, stderr }) => {
      if (this.server === server && this.state !== 'down')
        this.endedByItself(`${this.name} ended by itself (${signal ?? code}): ${stderr.slice(-2_000)}`);
    });
  }

  /** As a supervisor does it: one that could not start, since another fault is on, starts again. */
  private async launched(env: Record<string, string>): Promise<ServerProcess> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ServerProcess.start(this.folder, env);
      } catch (error) {
        if (attempt === MOST_STARTS || this.ending.aborted) throw error;
      }
    }
  }

  /** As the kernel does it when memory is short. */
  async kill(): Promise<void> {
    this.state = 'down';
    await this.server?.kill();
  }

  /** As an operator or a balancer's deployment does it. */
  async terminate(): Promise<Exit | undefined> {
    this.state = 'down';
    return this.server?.stop();
  }

  pause(): void {
    this.state = 'paused';
    this.server?.child.kill('SIGSTOP');
  }

  goOn(): void {
    this.server?.child.kill('SIGCONT');
    if (this.state === 'paused') this.state = 'up';
  }

  /** What it complained about since the last time: an error that nobody handles prints a stack. */
  takeStderr(): string[] {
    const { server } = this;
    const said = server?.stderr.trim() ?? '';
    if (!server || said === '') return [];
    server.stderr = '';
    return [`${this.name} said: ${said.slice(-2_000)}`];
  }

  /** Errors that it logged since the last time, in words. */
  takeErrors(): string[] {
    const { server } = this;
    if (!server) return [];
    const lines = server.stdout.split('\n');
    server.stdout = '';
    return lines
      .flatMap((line) => (line.startsWith('{') ? errorIn(line) : []))
      .map((what) => `${this.name}: ${what}`);
  }

  async close(): Promise<void> {
    await this.kill();
    await this.database.close();
    await this.redis?.close();
  }
}

interface LogLine {
  level: string | number;
  msg?: string;
  err?: { message?: string; code?: string };
}

function errorIn(line: string): string[] {
  try {
    const { level, msg, err } = JSON.parse(line) as LogLine;
    if (level !== 'error' && level !== 50) return [];
    return [[msg, err?.code, err?.message].filter(Boolean).join(', ')];
  } catch {
    return [];
  }
}
