import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The test file that every scanner knows; put together here so that no scanner on the way takes this source for it. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join(
  '',
);

export const hasClamd = spawnSync('clamd', ['--version']).status === 0;

export interface Clamd {
  socket: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** Debian's clamd with one signature of our own, which needs no network. */
export async function makeClamd(): Promise<Clamd> {
  // A socket's path has little room, and clamd's own user must enter: not the run's folder.
  const dir = await mkdtemp(join(tmpdir(), 'clamd-'));
  await chmod(dir, 0o755);
  const socket = join(dir, 'socket');
  const config = join(dir, 'clamd.conf');
  await writeFile(
    join(dir, 'test.ndb'),
    `Switchboard.Test.EICAR:0:*:${Buffer.from(EICAR).toString('hex')}\n`,
  );
  const settings = [
    `DatabaseDirectory ${dir}`,
    `LocalSocket ${socket}`,
    'Foreground yes',
    'User root',
    'StreamMaxLength 25M',
    'MaxFileSize 100M',
    'MaxScanSize 100M',
    'LogFile /dev/null',
  ];
  await writeFile(
    config,
    `${settings.filter((line) => process.getuid?.() === 0 || !line.startsWith('User')).join('\n')}\n`,
  );
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await rm(socket, { force: true });
  };
  return {
    socket,
    stop,
    start: async () => {
      child = spawn('clamd', ['--config-file', config], { stdio: 'ignore' });
      await answers(socket, child);
    },
    remove: async () => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function answers(socket: string, child: ChildProcess): Promise<void> {
  const { connect } = await import('node:net');
  const end = Date.now() + 20_000;
  for (;;) {
    const reached = await new Promise<boolean>((resolve) => {
      const attempt = connect(socket, () => {
        attempt.destroy();
        resolve(true);
      });
      attempt.once('error', () => resolve(false));
    });
    if (reached) return;
    if (child.exitCode !== null) throw new Error(`clamd ended with ${child.exitCode}`);
    if (Date.now() > end) throw new Error('clamd does not listen');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Something in clamd's place that answers as told, once it has the whole stream; undefined: it just closes. */
export async function fakeClamd(
  answer: (stream: Buffer) => string | undefined,
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.subarray(-4).equals(Buffer.alloc(4))) socket.end(answer(received) ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
