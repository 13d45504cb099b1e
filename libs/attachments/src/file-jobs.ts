import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppConfig } from '#libs/platform/config';
import { Jobs } from '#libs/platform/jobs';
import { Spool } from '#libs/platform/storage';
import { AttachmentsRepository } from './attachments.repository.js';
import { FileRemover } from './file-remover.js';
import { PendingScans } from './scan/pending-scans.js';

export const REMOVE_ORPHANS = 'attachments.remove-orphans';
export const REMOVE_LEFTOVERS = 'attachments.remove-leftovers';
const EVERY_MINUTE = '* * * * *';
const HOURLY = '41 * * * *';
const SWEEP_EVERY_MS = 3_600_000;

/**
 * What has to be done about files from time to time: clean-ups as jobs, once in the whole chat; what waits for the
 * scanner or the storage, and the spool of this process, in rounds of each process, rows being leased to one of them.
 */
@Injectable()
export class FileJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(FileJobs.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private sweptAt = 0;
  private stopped = false;

  constructor(
    private readonly config: AppConfig,
    private readonly repository: AttachmentsRepository,
    private readonly remover: FileRemover,
    private readonly scans: PendingScans,
    private readonly spool: Spool,
    jobs: Jobs,
  ) {
    jobs.define(REMOVE_ORPHANS, { schedule: EVERY_MINUTE }, () => this.removeOrphans());
    jobs.define(REMOVE_LEFTOVERS, { schedule: HOURLY }, () => this.removeLeftovers());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.scans.prepare();
    this.timer = setInterval(() => void this.run(), this.config.files.jobsIntervalMs);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Files that no message named in time. */
  async removeOrphans(): Promise<void> {
    await this.repository.markOrphans(this.config.files.orphanSeconds);
    await this.remover.removeMarked();
  }

  /** What an event or a process did not live to clean up. */
  async removeLeftovers(): Promise<void> {
    await this.repository.releaseAbandoned();
    await this.repository.markLeftovers();
    await this.remover.removeMarked();
  }

  /** One round; a round that is under way is waited for instead. Never rejects. */
  async run(): Promise<void> {
    if (this.stopped) return;
    this.running ??= this.round().finally(() => (this.running = undefined));
    await this.running;
  }

  private async round(): Promise<void> {
    try {
      await this.scans.run();
      await this.remover.removeMarked();
      if (Date.now() - this.sweptAt < SWEEP_EVERY_MS) return;
      this.sweptAt = Date.now();
      await this.spool.sweep();
    } catch (error) {
      this.logger.warn({ err: error }, 'The care for files failed; trying again later');
    }
  }
}
