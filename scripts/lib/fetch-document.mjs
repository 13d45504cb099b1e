/** Starts the built server on a free port with data of its own, fetches documents that it gives out, and stops it. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale, root } from './build.mjs';

const START_MS = 60_000;

/** Resolves with the address that the server says it listens on. */
function addressOf(server) {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(
      () => reject(new Error(`The server did not start in ${START_MS} ms.`)),
      START_MS,
    );
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const url = /listens on (http:\S+)/.exec(said)?.[1];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    });
    server.on('exit', (code) => reject(new Error(`The server ended with ${code} before it listened.`)));
  });
}

/**
 * @param paths of documents that a server gives out
 * @param env settings of that server besides its address; nothing else of this process's environment is passed on
 * @returns the texts, in the same order
 */
export async function fetchDocuments(paths, env) {
  const server = spawn(process.execPath, [join(root, 'dist', 'apps', 'api', 'src', 'main.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, NODE_ENV: 'development', PORT: '0', HOST: '127.0.0.1', ...env },
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const url = await addressOf(server);
    return await Promise.all(
      paths.map(async (path) => {
        const answer = await fetch(url + path);
        if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
        return answer.text();
      }),
    );
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

/**
 * Hands the document at `path` to `lint(document, folder)`, whose answer becomes the exit code. The folder is for
 * files of its own and is removed afterwards.
 */
export async function lintDocument(path, lint) {
  await buildIfStale();
  const dataDir = mkdtempSync(join(tmpdir(), 'switchboard-lint-'));
  chmodSync(dataDir, 0o755); // root's PostgreSQL runs as another user, who must be able to enter
  try {
    const [text] = await fetchDocuments([path], { DATA_DIR: dataDir });
    process.exitCode = await lint(JSON.parse(text), dataDir);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
