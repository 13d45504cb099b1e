import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place for files that tests can look into and break. */
export interface Backend {
  env: Record<string, string>;
  /** What is stored and what is being received, whatever the driver calls it. */
  stored(): Promise<string[]>;
  incoming(): Promise<string[]>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

async function folder(name: string): Promise<string> {
  return mkdtemp(join(process.env.SWITCHBOARD_TEST_DIR ?? tmpdir(), `${name}-`));
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

export async function diskBackend(): Promise<Backend> {
  const dataDir = await folder('disk');
  const files = join(dataDir, 'files');
  return {
    env: { DATA_DIR: dataDir },
    stored: async () => (await filesBelow(files)).filter((path) => !path.startsWith(join(files, 'incoming'))),
    incoming: () => filesBelow(join(files, 'incoming')),
    goAway: () => Promise.reject(new Error('A disk does not go away')),
    comeBack: () => Promise.resolve(),
    stop: () => rm(dataDir, { recursive: true, force: true }),
  };
}

/** s3rver: speaks S3 over HTTP and keeps objects as files. Its signature check needs these very keys. */
export async function s3Backend(): Promise<Backend> {
  const dataDir = await folder('s3-data');
  const bucketDir = await folder('s3');
  let server = await startS3(bucketDir, 0);
  return {
    env: {
      DATA_DIR: dataDir,
      S3_ENDPOINT: `http://127.0.0.1:${server.port}`,
      S3_BUCKET: 'chat-files',
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
      S3_PREFIX: 'switchboard',
    },
    stored: async () => (await filesBelow(bucketDir)).filter((path) => path.endsWith('._S3rver_object')),
    incoming: () => filesBelow(join(dataDir, 'files', 'incoming')),
    goAway: () => end(server.process),
    comeBack: async () => {
      server = await startS3(bucketDir, server.port);
    },
    stop: async () => {
      await end(server.process);
      await rm(bucketDir, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startS3(directory: string, port: number): Promise<{ process: ChildProcess; port: number }> {
  const args = [
    'node_modules/s3rver/bin/s3rver.js',
    '-d',
    directory,
    '-p',
    String(port),
    '--configure-bucket',
    'chat-files',
  ];
  const child = spawn(process.execPath, ['--no-deprecation', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const listening = await new Promise<number>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const match = /listening on [^:]+:(\d+)/.exec(output);
      if (match) resolve(Number(match[1]));
    });
    child.once('exit', () => reject(new Error(`s3rver did not start: ${output}`)));
  });
  return { process: child, port: listening };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
