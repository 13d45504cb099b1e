import 'reflect-metadata';
import { cpus, totalmem } from 'node:os';
import { benchAgainst } from './against.js';
import { benchConnections } from './connections.js';
import { benchDialects } from './dialects.js';
import { benchFanout } from './fanout.js';
import { benchFloods } from './floods.js';
import { benchHistory } from './history.js';
import { benchReconnect } from './reconnect.js';
import { benchSend } from './send.js';
import { BenchDatabase } from './setup.js';
import { benchUploadTurns } from './upload-turns.js';
import { benchUploads } from './uploads.js';

/** Medians of them. */
const RUNS = 3;
/** The p99 of so few messages hangs on a few of them. */
const UPLOAD_RUNS = 5;
/** Its figures are ratios within a run. */
const TURN_RUNS = 1;
/** Its figures are ratios within a run. */
const FLOOD_RUNS = 1;
/** Both contestants and both settings take turns; each takes long. */
const RECONNECT_RUNS = 1;
const scenarios: Record<string, (database: BenchDatabase) => Promise<unknown>> = {
  send: (database) => benchSend(database, RUNS),
  fanout: (database) => benchFanout(database, RUNS),
  connections: (database) => benchConnections(database, RUNS),
  history: (database) => benchHistory(database, RUNS),
  dialects: (database) => benchDialects(database, RUNS),
  uploads: (database) => benchUploads(database, UPLOAD_RUNS),
  turns: (database) => benchUploadTurns(database, TURN_RUNS),
  floods: (database) => benchFloods(database, FLOOD_RUNS),
  reconnect: (database) => benchReconnect(database, RECONNECT_RUNS),
  against: benchAgainst,
};
/** Those that need nothing beside this checkout. */
const COMMON = Object.keys(scenarios).filter((name) => name !== 'against');

/** `npm run bench` runs all but `against`, `npm run bench -- send fanout` some. Prints JSON; progress goes to stderr. */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const names = wanted.length > 0 ? wanted : COMMON;
  const unknown = names.filter((name) => !(name in scenarios));
  if (unknown.length > 0) {
    process.stderr.write(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(scenarios).join(', ')}\n`);
    process.exit(2);
  }
  const database = await BenchDatabase.start();
  try {
    const machine = {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    };
    const results: Record<string, unknown> = {
      machine,
      node: process.version,
      date: new Date().toISOString(),
    };
    for (const name of names) {
      process.stderr.write(`\n== ${name}\n`);
      results[name] = await scenarios[name]?.(database);
    }
    process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await database.stop();
  }
}

await main();
