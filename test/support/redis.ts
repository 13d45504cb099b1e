import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';

export interface TestRedis {
  url: string;
  /** Ends the process as a crash would, and starts it again, empty, on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Where it is missing, tests that need it say so; in CI they may not be skipped. */
export function isRedisInstalled(): boolean {
  const found = spawnSync('redis-server', ['--version']).status === 0;
  if (!found && process.env.CI)
    throw new Error('redis-server is missing: CI must install it (apt-get install redis-server).');
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A redis-server of this test's own: free port, folder of its own, nothing kept on disk. */
export async function startTestRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(process.env.SWITCHBOARD_TEST_DIR ?? tmpdir(), 'redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const kill = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  };
  const killNow = (): void => void child?.kill('SIGKILL');
  const start = async (): Promise<void> => {
    const options = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      dir,
    ];
    child = spawn('redis-server', options, { stdio: 'ignore' });
    const client = createClient({ url, socket: { reconnectStrategy: () => 20 } });
    client.on('error', () => undefined);
    await client.connect();
    client.destroy();
  };
  process.once('exit', killNow);
  await start();
  return {
    url,
    kill,
    start,
    signal: (name) => void child?.kill(name),
    stop: async () => {
      process.off('exit', killNow);
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
