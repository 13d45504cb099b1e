import { Injectable, Logger } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { AppConfig } from '#libs/platform/config';
import { Metrics } from '#libs/platform/metrics';
import { FairQueue } from '#libs/platform/events';
import { ScannerUnavailableError, scanStream } from './clamd-client.js';

export type ScanOutcome =
  | { state: 'clean' | 'skipped' }
  | { state: 'infected'; signature: string }
  /** There is no verdict: try again later. */
  | { state: 'pending'; cause: ScannerUnavailableError };

/** clamd works on as many streams as it has threads (10 by default); more would only wait there. */
const AT_ONCE = 4;

/** Asks clamd, where one is configured. */
@Injectable()
export class VirusScanner {
  private readonly logger = new Logger(VirusScanner.name);
  private readonly turns = new FairQueue(AT_ONCE);
  private readonly outcomes;
  private away = false;

  constructor(
    private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter('switchboard_file_scans_total', 'Files scanned, by outcome', ['outcome']);
  }

  /**
   * Uploaders take turns.
   * @param open called when it is this file's turn
   * @param gone ends the scan and the waiting for it; its reason is thrown
   */
  async scan(
    uploaderId: string,
    open: () => Readable | Promise<Readable>,
    gone?: AbortSignal,
  ): Promise<ScanOutcome> {
    const { clamav } = this.config.files;
    if (!clamav) return { state: 'skipped' };
    const ask = async (): Promise<ScanOutcome> => {
      try {
        const { signature } = await scanStream(clamav, await open(), gone);
        this.noteReachable(true);
        return signature === undefined ? { state: 'clean' } : { state: 'infected', signature };
      } catch (error) {
        if (!(error instanceof ScannerUnavailableError)) throw error;
        if (error.why === 'refused')
          this.logger.warn({ err: error }, 'The virus scanner has no verdict on a file, which waits');
        else this.noteReachable(false, error);
        return { state: 'pending', cause: error };
      }
    };
    const outcome = await this.turns.run(uploaderId, ask, gone);
    this.outcomes.inc({ outcome: outcome.state });
    return outcome;
  }

  /** One line when it goes away and one when it is back, not one for each file. */
  private noteReachable(reachable: boolean, error?: unknown): void {
    if (reachable === !this.away) return;
    this.away = !reachable;
    if (reachable) this.logger.log('The virus scanner answers again.');
    else this.logger.error({ err: error }, 'The virus scanner does not answer: uploads wait for it');
  }
}
