import type { JobStore, StoredJob } from './job-store.js';

/** Of a lease: so that one that is missed costs nothing. */
const RENEWALS = 3;

/**
 * That this process works on a job: prolonged while it does, so that the job of a process that died is another's soon,
 * however long jobs may take. Whoever cannot prolong it in time stops: by then another may have the job.
 */
export class JobLease {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private until = 0;

  constructor(
    private readonly store: JobStore,
    private readonly name: string,
    private readonly job: StoredJob,
    private readonly seconds: number,
  ) {}

  /** Aborts when the job is not ours any more, or may not be. */
  get lost(): AbortSignal {
    return this.controller.signal;
  }

  /** @throws where the job is another's, or the database is away */
  async begin(): Promise<void> {
    await this.hold(this.seconds);
    const renewEveryMs = (this.seconds * 1_000) / RENEWALS;
    this.timer = setInterval(() => void this.renew(), renewEveryMs);
  }

  /**
   * Before what became of the job is written. Not prolonged any more.
   * @param seconds for a job that goes back: how long the next attempt has where it is without a lease
   * @throws as `begin`
   */
  async end(seconds = this.seconds): Promise<void> {
    this.stop();
    this.lost.throwIfAborted();
    await this.hold(seconds);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async renew(): Promise<void> {
    try {
      await this.hold(this.seconds);
    } catch (error) {
      if (this.lost.aborted || performance.now() < this.until) return;
      this.stop();
      this.controller.abort(new Error('The job could not be held.', { cause: error }));
    }
  }

  private async hold(seconds: number): Promise<void> {
    const asked = performance.now();
    if (!(await this.store.hold(this.name, this.job, seconds))) {
      this.until = 0;
      throw new Error('The job is in other hands.');
    }
    this.until = asked + seconds * 1_000;
  }
}
