import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { FileStorage, type ByteRange } from '#libs/platform/storage';
import { attachmentErrors } from './attachments.errors.js';
import { AttachmentsRepository } from './attachments.repository.js';
import { FileUrls } from './file-urls.js';
import { isReady, storageKey } from './stored-attachment.js';

export interface Download {
  fileName: string;
  mimeType: string;
  /** Bytes. */
  size: number;
  /** Documents are saved, pictures and recordings shown. */
  disposition: 'inline' | 'attachment';
  /** Strong: the bytes of a file never change. */
  etag: string;
  /** When the URL ends. */
  expiresAt: Date;
  open(range?: ByteRange): Promise<Readable>;
}

/** Hands out bytes to whoever has a signed URL. */
@Injectable()
export class DownloadsService {
  constructor(
    private readonly urls: FileUrls,
    private readonly repository: AttachmentsRepository,
    private readonly storage: FileStorage,
  ) {}

  /**
   * @param segment last part of the URL's path
   * @throws FORBIDDEN, URL_EXPIRED; NOT_FOUND for a file that is deleted or not (any more) known to be clean
   */
  async find(segment: string, expires: unknown, signature: unknown): Promise<Download> {
    const { id, variant, expiresAt } = this.urls.read(segment, expires, signature);
    const file = await this.repository.find(id);
    if (!file || !isReady(file)) throw attachmentErrors.notFound();
    const thumbnail = variant === 'thumbnail';
    if (thumbnail && file.thumbnailSize === null) throw attachmentErrors.notFound();
    const size = thumbnail ? (file.thumbnailSize as number) : file.size;
    return {
      fileName: thumbnail ? `${file.fileName.replace(/\.[^.]*$/, '')}.webp` : file.fileName,
      mimeType: thumbnail ? 'image/webp' : file.mimeType,
      size,
      disposition: file.kind === 'document' ? 'attachment' : 'inline',
      etag: `"${id}-${variant}"`,
      expiresAt,
      open: async (range) => {
        const bytes = await this.storage.open(storageKey(id, variant), range);
        if (!bytes) throw attachmentErrors.notFound();
        return bytes;
      },
    };
  }
}
