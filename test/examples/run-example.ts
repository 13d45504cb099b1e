import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ExampleRun {
  code: number;
  out: string;
  problem: string;
}

/** Runs the client of a contract as a stranger would, and waits for its end. */
export const runExample = (name: string, env: Record<string, string>): Promise<ExampleRun> =>
  new Promise((resolve) => {
    const client = fileURLToPath(new URL(`../../examples/${name}/client.mjs`, import.meta.url));
    const child = execFile(
      process.execPath,
      [client],
      { env: { PATH: process.env.PATH, ...env }, timeout: 15_000 },
      (_error, out, problem) => resolve({ code: child.exitCode ?? -1, out, problem }),
    );
  });
