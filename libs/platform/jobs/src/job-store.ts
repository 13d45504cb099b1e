import { Logger } from '@nestjs/common';
import PgBoss from 'pg-boss';
import type { Database } from '#libs/platform/database';

const SCHEMA = 'pgboss';
/** How often what ended long ago is put away. */
const MAINTENANCE_SECONDS = 60;

/**
 * `started_on + expire_in` is until when pg-boss leaves a job to who took it: here that is a lease. A number of attempts
 * belongs to one worker alone.
 */
const HOLD = `UPDATE ${SCHEMA}.job SET started_on = now(), expire_in = make_interval(secs => $4)
  WHERE name = $1 AND id = $2 AND retry_count = $3 AND state = 'active' RETURNING id`;

/** At once, as no attempt of theirs failed; those that used up their attempts are left to pg-boss, which ends them. */
const TAKE_BACK = `UPDATE ${SCHEMA}.job SET state = 'retry', start_after = now(), expire_in = make_interval(secs => $2)
  WHERE name = $1 AND state = 'active' AND started_on + expire_in < now() AND retry_count < retry_limit`;

export interface StoredJob {
  id: string;
  data: object;
  /** Grows each time that the job is taken. */
  retryCount: number;
}

/** What is open in a queue and has not been begun. */
export interface Waiting {
  name: string;
  count: number;
}

/**
 * The tables of pg-boss in the database of the chat, on its connections. Of pg-boss only the queues are used, not its
 * workers: those leave the completion of a job unawaited, and a database that went away would end the process.
 */
export class JobStore {
  private constructor(
    private readonly boss: PgBoss,
    private readonly database: Database,
  ) {}

  /**
   * Brings the tables to the version of this pg-boss, and makes the queues.
   * @param supervise whether this process cares for jobs that ran out of time, and for old ones
   */
  static async open(database: Database, queues: Iterable<string>, supervise: boolean): Promise<JobStore> {
    const logger = new Logger('Jobs');
    const boss = new PgBoss({
      db: { executeSql: async (sql, values) => ({ rows: await database.script(sql, values) }) },
      schema: SCHEMA,
      supervise,
      schedule: false,
      maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    });
    boss.on('error', (error) => logger.warn({ err: error }, 'The care for jobs failed; trying again later'));
    await boss.start();
    const store = new JobStore(boss, database);
    try {
      // "short": of one key at most one job waits.
      for (const name of queues) await boss.createQueue(name, { name, policy: 'short' });
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  /** @returns undefined where there is a job of this id already, or a waiting one of this key */
  async send(name: string, data: object, options: PgBoss.SendOptions): Promise<string | undefined> {
    return (await this.boss.send(name, data, options)) ?? undefined;
  }

  /** Takes the next job that is due; no other process gets it. Nothing while the database is away. */
  async fetch(name: string): Promise<StoredJob | undefined> {
    const [job] = await this.boss.fetch<object>(name, { batchSize: 1, includeMetadata: true });
    return job;
  }

  /** The job stays with this process for so long. @returns false where it is another's by now */
  async hold(name: string, { id, retryCount }: StoredJob, seconds: number): Promise<boolean> {
    return (await this.database.query(HOLD, [name, id, retryCount, seconds])).length > 0;
  }

  /** Jobs that nobody holds any more may be taken. @param seconds how long who takes one has, who holds none */
  async takeBack(name: string, seconds: number): Promise<void> {
    await this.database.query(TAKE_BACK, [name, seconds]);
  }

  async complete(name: string, id: string): Promise<void> {
    await this.boss.complete(name, id);
  }

  /** The job is tried again, as its options say. */
  async fail(name: string, id: string, error: unknown): Promise<void> {
    await this.boss.fail(name, id, { message: error instanceof Error ? error.message : String(error) });
  }

  async waiting(): Promise<Waiting[]> {
    return this.database.query<Waiting>(
      `SELECT name, count(*)::int AS count FROM ${SCHEMA}.job WHERE state < 'active' GROUP BY name`,
    );
  }

  async close(): Promise<void> {
    await this.boss.stop({ graceful: false });
  }
}
