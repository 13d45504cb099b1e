import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Stopping } from './health/stopping.js';
import { releaseConnections } from './release-connections.js';

/** Below the 8 s that orchestrators and the host contract allow; counted from the signal. */
const GIVE_UP_MS = 7_500;
/** The start of an embedded database may finish first, so that it is stopped in order. */
const AWAIT_START_MS = 5_000;

export interface StopControl {
  /** The application to stop, as soon as there is one. */
  manage(app: INestApplication): void;
  /** Stops as a signal does, for a reason of the server's own, and exits with this code. */
  stop(why: string, exitCode: number): void;
}

/**
 * SIGTERM and SIGINT: not ready any more, transports closed so that clients reconnect elsewhere by themselves, writes
 * finished, database stopped, exit 0. Further signals change nothing.
 * @param embedded whether the server runs a database of its own
 */
export function stopOnSignals(embedded: boolean): StopControl {
  let app: INestApplication | undefined;
  let exitCode: number | undefined;
  let toldAt = 0;
  const control: StopControl = {
    manage(started) {
      app = started;
      if (exitCode !== undefined) close(started, exitCode, toldAt);
    },
    stop(why, code) {
      if (exitCode !== undefined) return;
      exitCode = code;
      toldAt = performance.now();
      (code === 0 ? process.stdout : process.stderr).write(`${why}: stopping\n`);
      if (app) close(app, code, toldAt);
      else setTimeout(() => app ?? process.exit(code), embedded ? AWAIT_START_MS : 0);
    },
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => control.stop(signal, 0));
  // Only where `npm start` keeps a channel: the one who would pass signals on has been killed.
  process.once('disconnect', () => control.stop('The starting process is gone', 0));
  return control;
}

function close(app: INestApplication, exitCode: number, toldAt: number): void {
  app.get(Stopping).begin();
  const left = GIVE_UP_MS - (performance.now() - toldAt);
  setTimeout(() => {
    process.stderr.write('Stopping took too long; leaving.\n');
    process.exit(exitCode || 1);
  }, left).unref();
  releaseConnections(app.getHttpServer() as Server);
  app.close().then(
    () => process.exit(exitCode),
    (error: unknown) => {
      process.stderr.write(`Stopping failed: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(exitCode || 1);
    },
  );
}
