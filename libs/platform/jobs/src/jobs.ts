import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import cronParser from 'cron-parser';
import type { Counter, Histogram } from 'prom-client';
import { v4 as randomId, v5 as idOf } from 'uuid';
import { AppConfig } from '#libs/platform/config';
import { Database, type Transaction } from '#libs/platform/database';
import { commonErrors } from '#libs/platform/errors';
import { Metrics } from '#libs/platform/metrics';
import { JobLease } from './job-lease.js';
import { JobStore, type StoredJob } from './job-store.js';

/** Below the 8 s that stopping may take in all. */
const FINISH_MS = 2_500;
const OPEN_AGAIN_MS = 2_000;
/** How often, in rounds of looking for work, the next date of a schedule is seen to. */
const CARE_EVERY_ROUNDS = 5;
/** Occurrences of a schedule get ids made of name and date: however many processes ask for one, it is one job. */
const OCCURRENCES = 'a2f0ce52-7a8e-4f5c-9d63-0f3c6d1f7c11';

export interface JobOptions {
  /** Cron, in UTC: the job also runs by itself, with empty data, once in the whole chat. */
  schedule?: string;
  /** Attempts after the first; 3 unless told. */
  retryLimit?: number;
  /** Seconds before the second attempt, doubled with each; 10 unless told. */
  retryDelay?: number;
  /**
   * Seconds that an attempt may take before it counts as failed; 300 unless told. That its process died is noticed
   * earlier, when the lease is not prolonged (`JOBS_LEASE_SECONDS`).
   */
  timeLimit?: number;
}

export interface EnqueueOptions {
  /** Not before this time, or these seconds from now. */
  startAfter?: Date | number;
  /** While a job with this key waits, a further one is not kept. */
  singletonKey?: string;
  /** The job is there when the transaction is committed, and never when it is not. */
  within?: Transaction;
}

/**
 * May be called again with the same data: what it does must bear repeating. The signal tells that time is up, or that
 * this process cannot hold the job any more.
 */
export type JobHandler<T extends object> = (data: T, signal: AbortSignal) => Promise<void>;

interface Definition {
  options: Required<Omit<JobOptions, 'schedule'>> & Pick<JobOptions, 'schedule'>;
  handler: JobHandler<never>;
}

/** Work that happens later, or from time to time, once in the whole chat; kept in PostgreSQL (docs/decisions). */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Jobs.name);
  private readonly definitions = new Map<string, Definition>();
  private readonly stopping = new AbortController();
  private readonly waitingCounts = new Map<string, number>();
  private readonly active = new Map<string, number>();
  private readonly outcomes: Counter<'job' | 'outcome'>;
  private readonly seconds: Histogram<'job'>;
  private store: JobStore | undefined;
  private opening: Promise<void> | undefined;
  private loops: Promise<void>[] = [];

  constructor(
    private readonly config: AppConfig,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter('switchboard_jobs_total', 'Attempts of jobs, by outcome', [
      'job',
      'outcome',
    ]);
    this.seconds = metrics.histogram('switchboard_job_seconds', 'Duration of attempts', ['job']);
    metrics.gaugeBy('switchboard_jobs_active', 'Jobs under way in this process', 'job', () => this.active);
    metrics.gaugeBy(
      'switchboard_jobs_waiting',
      'Jobs of the whole chat that wait, those for later included; as a worker last saw it',
      'job',
      () => this.waitingCounts,
    );
  }

  /** In the constructor or `onModuleInit` of the one who does the work. The name is the label in the metrics. */
  define<T extends object>(name: string, options: JobOptions, handler: JobHandler<T>): void {
    if (this.opening) throw new Error(`The job ${name} is defined after the start`);
    if (this.definitions.has(name)) throw new Error(`The job ${name} is defined twice`);
    // A wrong expression is a fault of the program: better now than at night.
    if (options.schedule !== undefined) nextOccurrence(options.schedule);
    this.definitions.set(name, {
      options: { retryLimit: 3, retryDelay: 10, timeLimit: 300, ...options },
      handler,
    });
  }

  /**
   * Kept from the moment this resolves, whatever happens to the process.
   * @returns false where a job of the same singletonKey waits already
   * @throws SERVICE_UNAVAILABLE while the database is away
   */
  async enqueue(
    name: string,
    data: object,
    { startAfter, singletonKey, within }: EnqueueOptions = {},
  ): Promise<boolean> {
    await this.opening;
    if (!this.store) throw commonErrors.unavailable();
    const id = await this.store.send(name, data, {
      ...this.sendOptions(name),
      singletonKey: singletonKey ?? randomId(),
      ...(startAfter === undefined ? {} : { startAfter }),
      ...(within
        ? { db: { executeSql: async (sql, values) => ({ rows: await within.query(sql, values) }) } }
        : {}),
    });
    return id !== undefined;
  }

  /** The start of the server does not wait for it, nor fail by it. */
  onApplicationBootstrap(): void {
    this.opening = this.open();
    if (this.config.role === 'api') return;
    this.loops = [...this.definitions].map(([name, definition]) => this.work(name, definition));
  }

  /** Takes no more jobs; those under way have a moment, and are then left to another process. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.opening;
    await Promise.all(this.loops);
    await this.store?.close();
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** One attempt is awaited by those who enqueue; without success it goes on beside. */
  private async open(): Promise<void> {
    try {
      const store = await JobStore.open(this.database, this.definitions.keys(), this.config.role !== 'api');
      this.store = store;
    } catch (error) {
      if (this.stopped) return;
      this.logger.warn({ err: error }, 'The queues of jobs could not be opened; trying again');
      void this.pause(OPEN_AGAIN_MS).then(() => {
        if (!this.stopped) this.opening = this.open();
      });
    }
  }

  private sendOptions(name: string) {
    const definition = this.definitions.get(name);
    if (!definition) throw new Error(`There is no job ${name}`);
    const { retryLimit, retryDelay, timeLimit } = definition.options;
    return { retryLimit, retryDelay, retryBackoff: true, expireInSeconds: timeLimit };
  }

  /** One job of a name at a time in each process. Never rejects. */
  private async work(name: string, definition: Definition): Promise<void> {
    for (let round = 0; !this.stopped; round += 1) {
      await this.opening;
      const store = this.store;
      if (store && round % CARE_EVERY_ROUNDS === 0) await this.care(store, name, definition);
      const job = store && !this.stopped ? await store.fetch(name) : undefined;
      if (store && job) await this.attempt(store, name, definition, job);
      else await this.pause(this.config.jobs.pollMs);
    }
  }

  private async care(store: JobStore, name: string, { options }: Definition): Promise<void> {
    try {
      await store.takeBack(name, options.timeLimit);
      if (options.schedule !== undefined) {
        const startAfter = nextOccurrence(options.schedule);
        const id = idOf(`${name}@${startAfter.toISOString()}`, OCCURRENCES);
        await store.send(name, {}, { ...this.sendOptions(name), id, singletonKey: id, startAfter });
      }
      const waiting = new Map((await store.waiting()).map((entry) => [entry.name, entry.count]));
      for (const known of this.definitions.keys()) this.waitingCounts.set(known, waiting.get(known) ?? 0);
    } catch (error) {
      if (!this.stopped) this.logger.warn({ err: error, job: name }, 'The care for a job failed');
    }
  }

  private async attempt(
    store: JobStore,
    name: string,
    { handler, options }: Definition,
    job: StoredJob,
  ): Promise<void> {
    const since = performance.now();
    this.active.set(name, (this.active.get(name) ?? 0) + 1);
    const timeUp = AbortSignal.timeout(options.timeLimit * 1_000);
    const patience = new AbortController();
    const lease = new JobLease(store, name, job, this.config.jobs.leaseSeconds);
    try {
      await lease.begin();
      const signal = AbortSignal.any([timeUp, lease.lost, this.stopping.signal]);
      const done = (handler as JobHandler<object>)(job.data, signal);
      // What it does after that no one waits for; its failure must not end the process.
      done.catch(() => undefined);
      await Promise.race([done, this.leaving(timeUp, lease.lost, patience.signal)]);
      await lease.end();
      await store.complete(name, job.id);
      this.outcomes.inc({ job: name, outcome: 'done' });
    } catch (error) {
      this.outcomes.inc({ job: name, outcome: 'failed' });
      this.logger.warn({ err: error, job: name, jobId: job.id }, 'A job failed');
      // Where even this fails, or it is another's by now, the end of the lease gives it back.
      await lease
        .end(options.timeLimit)
        .then(() => store.fail(name, job.id, error))
        .catch(() => undefined);
    } finally {
      lease.stop();
      patience.abort();
      this.active.set(name, (this.active.get(name) ?? 1) - 1);
      this.seconds.observe({ job: name }, (performance.now() - since) / 1_000);
    }
  }

  /** Rejects when the job has used up its time, is not ours any more, or at the end of its moment when the process stops. */
  private leaving(timeUp: AbortSignal, lost: AbortSignal, done: AbortSignal): Promise<never> {
    return new Promise((_resolve, reject) => {
      const options = { once: true, signal: done };
      const giveUp = (): void =>
        void sleep(FINISH_MS, undefined, { signal: done }).then(
          () => reject(new Error('The process stops.')),
          () => undefined,
        );
      lost.addEventListener('abort', () => reject(lost.reason as Error), options);
      timeUp.addEventListener('abort', () => reject(new Error('The time limit has passed.')), options);
      if (this.stopped) giveUp();
      else this.stopping.signal.addEventListener('abort', giveUp, options);
    });
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}

const nextOccurrence = (schedule: string): Date =>
  cronParser.parseExpression(schedule, { tz: 'UTC' }).next().toDate();
