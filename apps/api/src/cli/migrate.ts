import 'reflect-metadata';
import { loadConfig } from '#libs/platform/config';
import { startEmbeddedPostgres } from '#libs/platform/database';
import { migrate } from '../schema.js';
import { readOptions, runCommand } from './command-line.js';

const USAGE = `Usage: npm run migration:run

Brings the database of DATABASE_URL, or the embedded one in DATA_DIR, to the newest schema.`;

/** For operators who migrate before they start the new version. */
await runCommand(USAGE, async () => {
  readOptions({});
  const config = loadConfig();
  const embedded = config.database.url
    ? undefined
    : await startEmbeddedPostgres({
        dataDir: config.dataDir,
        log: (line) => void process.stdout.write(`${line}\n`),
      });
  try {
    const ran = await migrate(config.database.url ?? (embedded?.url as string));
    process.stdout.write(ran.length > 0 ? `Ran: ${ran.join(', ')}\n` : 'The database is up to date.\n');
  } finally {
    await embedded?.stop();
  }
});
