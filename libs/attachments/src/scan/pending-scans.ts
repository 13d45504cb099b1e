import { Injectable } from '@nestjs/common';
import { AppConfig } from '#libs/platform/config';
import { EventBus } from '#libs/platform/events';
import { FileStorage } from '#libs/platform/storage';
import { AttachmentReady, AttachmentRejected } from '../attachments.events.js';
import { AttachmentsRepository } from '../attachments.repository.js';
import { FileRemover } from '../file-remover.js';
import { storageKey, type StoredAttachment } from '../stored-attachment.js';
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

  /** Ends when nothing waits, or at the first sign that the scanner is still away. */
  async run(): Promise<void> {
    for (;;) {
      const files = await this.repository.leasePending(BATCH);
      if (files.length === 0) return;
      for (const [index, file] of files.entries()) {
        if (await this.scan(file)) continue;
        await this.repository.releaseLease(files.slice(index).map(({ id }) => id));
        return;
      }
    }
  }

  /** @returns false while the scanner is away. */
  private async scan(file: StoredAttachment): Promise<boolean> {
    const bytes = await this.storage.open(storageKey(file.id, 'file'));
    if (!bytes) {
      await this.remover.remove([file.id]);
      return true;
    }
    const outcome = await this.scanner.scan(() => bytes);
    if (outcome.state === 'skipped') bytes.destroy();
    if (outcome.state === 'pending') return false;
    if (!(await this.repository.setScanState(file.id, outcome.state))) return true;
    if (outcome.state === 'infected') {
      await this.remover.removeMarked();
      await this.events.publish(new AttachmentRejected(file, outcome.signature));
    } else {
      await this.events.publish(new AttachmentReady({ ...file, scanState: outcome.state }));
    }
    return true;
  }
}
