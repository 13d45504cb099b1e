import { spawn } from 'node:child_process';
import { messageOf } from './errors.js';

/** The system user that PostgreSQL runs as when the server itself is root. */
export interface Account {
  uid: number;
  gid: number;
  name: string;
}

export interface RunResult {
  /** Exit status; null when it could not be started, was killed or took too long. */
  code: number | null;
  /** What it wrote, both streams in order, at most the last 8,000 characters. */
  output: string;
}

export interface RunOptions {
  account?: Account | undefined;
  /** Text for its standard input. */
  input?: string;
  timeoutMs?: number;
}

const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'SystemRoot', 'TEMP', 'TMP'];

/** Environment of PostgreSQL's programs: no secrets of ours, no PG* settings of the operator, English messages. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C' };
  for (const name of PASSED_ON) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}

/** Options common to all child processes; `/` is a folder that any account can enter. */
export function spawnOptions(account: Account | undefined) {
  return {
    cwd: '/',
    env: childEnvironment(),
    windowsHide: true,
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  };
}

/** Runs a program to its end; never rejects. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-8000);
    };
    try {
      const child = spawn(command, args, {
        ...spawnOptions(options.account),
        stdio: ['pipe', 'pipe', 'pipe'],
        timeout: options.timeoutMs ?? 60_000,
        killSignal: 'SIGKILL',
      });
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      child.stdin.on('error', () => undefined);
      child.stdin.end(options.input ?? '');
      child.on('error', (error) => resolve({ code: null, output: output || error.message }));
      child.on('close', (code) => resolve({ code, output: output.trim() }));
    } catch (error) {
      resolve({ code: null, output: messageOf(error) });
    }
  });
}
