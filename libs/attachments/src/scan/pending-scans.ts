import { Injectable } from '@nestjs/common';
import { AppConfig } from '#libs/platform/config';
import { EventBus } from '#libs/platform/events';
import { FileStorage } from '#libs/platform/storage';
import { AttachmentReady, AttachmentRejected } from '../attachments.events.js';
import { AttachmentsRepository } from '../attachments.repository.js';
import { FileRemover } from '../file-remover.js';
import { storageKey, type StoredAttachment } from '../stored-attachment.js';
import type { ScannerUnavailableError } from './clamd-client.js';
import { VirusScanner } from './virus-scanner.js';

const BATCH = 20;

/** Files that were uploaded while the scanner was away are scanned when it is back. */
@Injectable()
export class PendingScans {
  constructor(
    private readonly config: AppConfig,
    private readonly repository: AttachmentsRepository,
    private readonly storage: FileStorage,
    private readonly scanner: VirusScanner,
    private readonly remover: FileRemover,
    private readonly events: EventBus,
  ) {}

  /** Once, at start: a file is served only when the scanner that is now configured found nothing. */
  async prepare(): Promise<void> {
    if (this.config.files.clamav) await this.repository.rescanSkipped();
  }

  /**
   * Ends when nothing waits, or at the first sign that the scanner is still away. A file that it has no verdict on, or
   * that it is silent about, keeps its lease: others come first until that ends.
   */
  async run(): Promise<void> {
    for (;;) {
      const files = await this.repository.leasePending(BATCH);
      let refused = 0;
      for (const [index, file] of files.entries()) {
        const failure = await this.scan(file);
        if (failure === 'refused') refused += 1;
        if (failure === undefined || failure === 'refused') continue;
        const waiting = files.slice(failure === 'silent' ? index + 1 : index);
        await this.repository.releaseLease(waiting.map(({ id }) => id));
        return;
      }
      // Nothing waits any more, or a scanner that has no verdict on anything needs no hurry.
      if (files.length === refused) return;
    }
  }

  /** @returns why there is no verdict, if so. */
  private async scan(file: StoredAttachment): Promise<ScannerUnavailableError['why'] | undefined> {
    const bytes = await this.storage.open(storageKey(file.id, 'file'));
    if (!bytes) {
      await this.remover.remove([file.id]);
      return undefined;
    }
    const outcome = await this.scanner.scan(file.uploaderId, () => bytes);
    if (outcome.state === 'skipped') bytes.destroy();
    if (outcome.state === 'pending') return outcome.cause.why;
    if (!(await this.repository.setScanState(file.id, outcome.state))) return undefined;
    if (outcome.state === 'infected') {
      await this.remover.removeMarked();
      await this.events.publish(new AttachmentRejected(file, outcome.signature));
    } else {
      await this.events.publish(new AttachmentReady({ ...file, scanState: outcome.state }));
    }
    return undefined;
  }
}
