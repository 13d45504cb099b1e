import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';
import { ConfigError, loadConfig, type AppConfigShape } from '#libs/platform/config';
import { DatabaseModule, EmbeddedPostgresError, UnsuitableDatabaseError } from '#libs/platform/database';
import { createApp } from './create-app.js';
import { givesTokens } from './landing/dev-tokens.controller.js';
import { stopOnSignals } from './stop-on-signals.js';

/** What `listen` throws when the operator can mend it, by system code. */
const LISTEN_FAULTS: Record<string, string> = {
  EADDRINUSE: 'another program uses this port. Stop it, or set PORT (0 picks a free one)',
  EACCES: 'this user may not listen there. Set PORT to 1024 or more',
  EADDRNOTAVAIL: 'this machine does not have that address. Set HOST to one it has, such as 127.0.0.1',
  ENOTFOUND: 'there is no such host. Set HOST to an address of this machine',
};

/** Faults that the operator can mend are said in a sentence; others keep their stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (
    error instanceof ConfigError ||
    error instanceof EmbeddedPostgresError ||
    error instanceof UnsuitableDatabaseError
  )
    return error.message;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const fault = syscall === 'listen' || syscall === 'getaddrinfo' ? LISTEN_FAULTS[code ?? ''] : undefined;
  return fault === undefined ? (error.stack ?? error.message) : `${error.message}: ${fault}.`;
}

async function start(config: AppConfigShape): Promise<void> {
  const control = stopOnSignals(config.database.url === undefined);
  const app = await createApp(config);
  control.manage(app);
  app
    .get(DatabaseModule)
    .onDatabaseLost((detail) => control.stop(`The database is gone; start again. ${detail}`, 1));
  try {
    await app.listen(config.http.port, config.http.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { address, port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' || address === '127.0.0.1' ? 'localhost' : address;
  process.stdout.write(
    `Switchboard listens on http://${host}:${port} (docs: /docs, health: /health/ready)\n`,
  );
  if (givesTokens(config))
    process.stdout.write(
      'Development: POST /dev/tokens gives a token to any program or page of this machine. NODE_ENV=production closes it.\n',
    );
}

// Node's own way leads past the logger, and its lines are none of a log's.
process.removeAllListeners('warning');
process.on('warning', (warning) => new Logger('Node').warn({ err: warning }, 'Node warns'));
// Whoever reads the output may be gone before the server, which still has to stop in order.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
try {
  await start(loadConfig());
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
