/** A worker that begins a job and never finishes it. Arguments: address of the database, name of the job. */
import 'reflect-metadata';
import { loadConfig } from '../../dist/libs/platform/config/src/index.js';
import { Database, openDatabase } from '../../dist/libs/platform/database/src/index.js';
import { EventBus } from '../../dist/libs/platform/events/src/index.js';
import { Jobs } from '../../dist/libs/platform/jobs/src/index.js';
import { Metrics } from '../../dist/libs/platform/metrics/src/index.js';
import { schema } from '../../dist/apps/api/src/schema.js';

const [url, name] = process.argv.slice(2);
const config = loadConfig({
  DATABASE_URL: url,
  DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
  JWT_SECRET: 'a-secret-that-nobody-uses',
  JOBS_POLL_MS: '20',
  JOBS_LEASE_SECONDS: '2',
  ROLE: 'worker',
});
const { pool, reads } = await openDatabase(config, schema);
const jobs = new Jobs(config, new Database(pool, reads, new EventBus()), new Metrics());
jobs.define(name, {}, () => {
  process.stdout.write('begun\n');
  return new Promise(() => undefined);
});
jobs.onApplicationBootstrap();
