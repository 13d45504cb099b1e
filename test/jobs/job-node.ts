import { Logger } from '@nestjs/common';
import { loadConfig } from '#libs/platform/config';
import { closeDatabase, Database, openDatabase, type OpenDatabase } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { Jobs } from '#libs/platform/jobs';
import { Metrics } from '#libs/platform/metrics';
import { schema } from '../../apps/api/src/schema.js';
import { TEST_SECRET } from '../support/app.js';

type Role = 'api' | 'worker' | 'all';

/** As much of a server process as jobs need, on a database that others may share. */
export class JobNode {
  private constructor(
    readonly jobs: Jobs,
    readonly database: Database,
    private readonly metrics: Metrics,
    private readonly open: OpenDatabase,
  ) {}

  /** @param define tells the node its jobs, as modules do before the start */
  static async start(url: string, role: Role, define: (jobs: Jobs) => void): Promise<JobNode> {
    const config = loadConfig({
      NODE_ENV: 'test',
      DATABASE_URL: url,
      DATABASE_POOL_SIZE: '3',
      DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
      JWT_SECRET: TEST_SECRET,
      JOBS_POLL_MS: '20',
      JOBS_LEASE_SECONDS: '2',
      ROLE: role,
    });
    Logger.overrideLogger(false);
    const open = await openDatabase(config, schema);
    const metrics = new Metrics();
    const database = new Database(open.pool, open.reads, new EventBus());
    const jobs = new Jobs(config, database, metrics);
    define(jobs);
    jobs.onApplicationBootstrap();
    return new JobNode(jobs, database, metrics, open);
  }

  /** Value of a figure, such as `switchboard_jobs_total{job="a",outcome="done"}`. */
  async figure(name: string): Promise<number> {
    const text = await this.metrics.registry.metrics();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  }

  async stop(): Promise<void> {
    await this.jobs.beforeApplicationShutdown();
    this.database.stopProbing();
    await closeDatabase(this.open);
  }
}
