import { Injectable, Logger } from '@nestjs/common';
import { FileStorage } from '#libs/platform/storage';
import { AttachmentsRepository } from './attachments.repository.js';
import { storageKeys } from './stored-attachment.js';

const BATCH = 100;

/** Removes the bytes of files that are marked as deleted, then their rows: nothing is left that no row knows of. */
@Injectable()
export class FileRemover {
  private readonly logger = new Logger(FileRemover.name);

  constructor(
    private readonly repository: AttachmentsRepository,
    private readonly storage: FileStorage,
  ) {}

  /** Removes all that is marked. What the storage refuses now stays marked, and is tried again later. */
  async removeMarked(): Promise<number> {
    let removed = 0;
    for (;;) {
      const files = await this.repository.leaseDeleted(BATCH);
      if (files.length === 0) return removed;
      try {
        await this.storage.remove(files.flatMap(storageKeys));
      } catch (error) {
        this.logger.warn({ err: error }, 'Files could not be removed; trying again later');
        return removed;
      }
      await this.repository.remove(files.map((file) => file.id));
      removed += files.length;
    }
  }

  /** Marks and removes these. Never throws: whatever fails is done by the next clean-up. */
  async remove(ids: readonly string[]): Promise<void> {
    await this.finish(this.repository.markDeleted(ids));
  }

  /** As `remove`, for those that no message has or may have. */
  async removeUnclaimed(ids: readonly string[]): Promise<void> {
    await this.finish(this.repository.markDeletedUnclaimed(ids));
  }

  /** As `remove`, for the copies of a message that was not stored. */
  async removeUnsent(messageId: string): Promise<void> {
    await this.finish(this.repository.markDeletedUnsent(messageId));
  }

  private async finish(marked: Promise<void>): Promise<void> {
    try {
      await marked;
      await this.removeMarked();
    } catch (error) {
      this.logger.warn({ err: error }, 'Files could not be removed; trying again later');
    }
  }
}
