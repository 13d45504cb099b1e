import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { AppConfig } from '#libs/platform/config';
import { Database, type Transaction } from '#libs/platform/database';
import { FairQueue } from '#libs/platform/events';
import { FileStorage } from '#libs/platform/storage';
import { messageErrors } from '#libs/messages';
import { attachmentErrors } from './attachments.errors.js';
import { AttachmentsRepository, type CopyFor, type NewAttachment } from './attachments.repository.js';
import { FileRemover } from './file-remover.js';
import type { PreparedFile } from './prepare-file.js';
import { storageKey, storageKeys, type StoredAttachment } from './stored-attachment.js';

/** Each takes connections and flushes the disk, which messages need too. */
const AT_ONCE = 2;

type Sizes = Pick<StoredAttachment, 'size' | 'thumbnailSize'>;

/**
 * Puts files into the storage: the row first, then the bytes, then the mark that both are there, so that nothing is
 * ever stored that no row knows of. What fails leaves nothing.
 */
@Injectable()
export class FileKeeper {
  private readonly turns = new FairQueue(AT_ONCE);

  constructor(
    private readonly config: AppConfig,
    private readonly database: Database,
    private readonly repository: AttachmentsRepository,
    private readonly storage: FileStorage,
    private readonly remover: FileRemover,
  ) {}

  /**
   * @param gone when it aborts, what was kept so far is removed, and its reason thrown
   * @throws QUOTA_EXCEEDED, SERVICE_UNAVAILABLE; NOT_FOUND where the uploader was erased meanwhile
   */
  keep(file: NewAttachment, prepared: PreparedFile, gone?: AbortSignal): Promise<void> {
    const put = async (): Promise<void> => {
      await this.announce(file.uploaderId, async (on) => {
        await this.repository.insert(file, on);
        return [file];
      });
      try {
        await this.storage.put(storageKey(file.id, 'file'), prepared.path, file.mimeType);
        if (prepared.thumbnailPath !== null)
          await this.storage.put(storageKey(file.id, 'thumbnail'), prepared.thumbnailPath, 'image/webp');
        await this.confirm(file.id);
        gone?.throwIfAborted();
      } catch (error) {
        await this.remover.remove([file.id]);
        throw error;
      }
    };
    return this.turns.run(file.uploaderId, put, gone);
  }

  /**
   * Copies of files that are ready, bound to a message that is about to be stored, in the order of the originals. Each
   * owns its bytes: what becomes of the original does not touch it. All or none.
   * @throws NOT_FOUND where an original is not there any more, QUOTA_EXCEEDED, SERVICE_UNAVAILABLE
   */
  async copy(target: CopyFor, originalIds: readonly string[]): Promise<StoredAttachment[]> {
    const wanted = originalIds.map((of) => ({ id: uuid(), of }));
    try {
      const copies = await this.announce(target.uploaderId, (on) =>
        this.repository.insertCopies(target, wanted, on),
      );
      if (copies.length !== wanted.length) throw messageErrors.filesGone();
      // One after the other: when one fails, none may still be on its way while they are removed.
      for (const [index, copy] of copies.entries())
        await this.turns.run(target.uploaderId, () => this.copyBytes(originalIds[index] as string, copy));
      return copies;
    } catch (error) {
      await this.remover.removeUnsent(target.messageId);
      throw error;
    }
  }

  private async copyBytes(originalId: string, copy: StoredAttachment): Promise<void> {
    const sources = storageKeys({ ...copy, id: originalId });
    for (const [index, key] of storageKeys(copy).entries())
      if (!(await this.storage.copy(sources[index] as string, key))) throw messageErrors.filesGone();
    await this.confirm(copy.id);
  }

  private async confirm(id: string): Promise<void> {
    if (!(await this.repository.markStored(id))) throw attachmentErrors.notFound();
  }

  /** The rows, where the quota leaves room for them. Files of one person wait for each other only where there is a quota. */
  private async announce<T extends Sizes>(
    uploaderId: string,
    insert: (on: Pick<Transaction, 'query'>) => Promise<T[]>,
  ): Promise<T[]> {
    const { quotaBytes } = this.config.files;
    if (quotaBytes === 0) return insert(this.database);
    return this.database.transaction(async (tx) => {
      const used = await this.repository.lockUsage(tx, uploaderId);
      const files = await insert(tx);
      const added = files.reduce((sum, { size, thumbnailSize }) => sum + size + (thumbnailSize ?? 0), 0);
      if (used + added > quotaBytes) throw attachmentErrors.quotaExceeded(quotaBytes, used);
      return files;
    });
  }
}
