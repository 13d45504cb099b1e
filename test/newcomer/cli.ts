import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

const LIMIT_MS = 60_000;

/** Runs a program in the project's folder with this environment only, and waits for its end. */
export function run(command: string, args: string[], env: Record<string, string> = {}): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

/** One of the built command-line tools: `token` or `demo`. */
export function cli(name: string, args: string[], env: Record<string, string> = {}): Promise<CliRun> {
  return run(process.execPath, [join('dist', 'apps', 'api', 'src', 'cli', `${name}.js`), ...args], env);
}
