import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { findPackage, prepareBinaries } from './binaries.js';
import { clusterDirOf, ensureCluster, resetPassword, ROLE, type ClusterContext } from './cluster.js';
import { codeOf, EmbeddedPostgresError, messageOf } from './errors.js';
import { acquireLock, type DataDirLock } from './lock.js';
import { LogFile } from './log-file.js';
import { stopOrphan } from './orphan.js';
import { findPlace } from './place.js';
import { launch, type RunningServer } from './server.js';

export { EmbeddedPostgresError } from './errors.js';

const DATABASE = 'switchboard';
/** With half a second each for SIGQUIT and SIGKILL this leaves half of the server's 8 s of stopping to the rest. */
const STOP_PATIENCE_MS = 3000;

export interface EmbeddedPostgresOptions {
  /** DATA_DIR. The cluster goes into its folder `postgres`, or as root to where {@link findPlace} says. */
  dataDir: string;
  /** Lines for the operator. */
  log: (line: string) => void;
  /** PostgreSQL settings (`postgres -c name=value`) over the embedded defaults. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** `postgresql://user:password@127.0.0.1:port/switchboard` of a superuser; the port differs at each start. */
  url: string;
  /** The cluster's folder, wherever it is kept. */
  clusterDir: string;
  /** Fast shutdown, after the patience (3 s) an immediate one; gives the data folder free. Idempotent. */
  stop(patienceMs?: number): Promise<void>;
  /** Calls back, once, when PostgreSQL ends without `stop`, with how and its last words. */
  onUnexpectedExit(callback: (detail: string) => void): void;
}

/**
 * Starts the PostgreSQL of the npm package on a data folder, making the cluster the first time. Cleans up after
 * a server that was killed: stale locks, an orphaned PostgreSQL, a half-made cluster. Installs no signal
 * handlers; the caller stops it.
 * @throws EmbeddedPostgresError for the operator: the folder is in use or not writable, PostgreSQL fails, …
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await openDataDir(options.dataDir);
  const lock = await lockDataDir(dataDir);
  let server: RunningServer | undefined;
  try {
    const place = await findPlace(dataDir, options.log);
    const bin = await prepareBinaries(place.home, place.account, await findPackage());
    const context: ClusterContext = {
      dataDir,
      ...place,
      account: place.account,
      bin,
      settings: options.settings ?? {},
    };
    await stopOrphan(clusterDirOf(place.home), options.log);
    let password = await ensureCluster(context, options.log);
    const logFile = new LogFile(join(dataDir, 'postgres.log'));
    server = await launch(context, logFile, options.log);
    if (!(await openDatabase(server.port, password))) {
      await server.stop(STOP_PATIENCE_MS);
      password = await resetPassword(context);
      server = await launch(context, logFile, options.log);
      if (!(await openDatabase(server.port, password)))
        throw new EmbeddedPostgresError('PostgreSQL refuses its password.');
    }
    return handle(server, lock, logFile, urlOf(server.port, password, DATABASE), clusterDirOf(place.home));
  } catch (error) {
    await server?.stop(STOP_PATIENCE_MS);
    await lock.release();
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL in ${dataDir} did not start: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Makes the folder and answers its real path. */
async function openDataDir(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true });
    return await realpath(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  try {
    return await acquireLock(dataDir);
  } catch (error) {
    throw error instanceof EmbeddedPostgresError ? error : unusable(dataDir, error);
  }
}

function unusable(dataDir: string, error: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The data folder ${dataDir} cannot be made or written (${codeOf(error) ?? messageOf(error)}). ` +
      'Give this user the rights and some space, or set DATA_DIR to another folder.',
  );
}

function urlOf(port: number, password: string, database: string): string {
  return `postgresql://${ROLE}:${password}@127.0.0.1:${port}/${database}`;
}

/** Creates the database where it is missing; false when the password is not the cluster's. */
async function openDatabase(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(port, password, 'postgres') });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } catch (error) {
    if (codeOf(error) === '28P01') return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function handle(
  server: RunningServer,
  lock: DataDirLock,
  logFile: LogFile,
  url: string,
  clusterDir: string,
): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  const stopOnce = async (patienceMs: number): Promise<void> => {
    await server.stop(patienceMs);
    await lock.release();
  };
  return {
    url,
    clusterDir,
    stop: (patienceMs = STOP_PATIENCE_MS) => (stopping ??= stopOnce(patienceMs)),
    onUnexpectedExit: (callback) => {
      void server.exited.then((how) => {
        if (!stopping) callback(`PostgreSQL stopped by itself (${how}): ${logFile.tail()}`);
      });
    },
  };
}
