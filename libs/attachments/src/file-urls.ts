import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { AppConfig } from '#libs/platform/config';
import { UrlSigner } from '#libs/platform/storage';
import { parseUuid } from '#libs/platform/validation';
import type { AttachmentView } from '#libs/messages';
import { attachmentErrors } from './attachments.errors.js';
import type { StoredAttachment, Variant } from './stored-attachment.js';

export const FILES_PATH = '/uploads/chat-attachments';

const THUMBNAIL = '_thumb';
const SEGMENT = /^([0-9a-f-]{36})(_thumb)?\.[a-z0-9]{1,10}$/;
const LOCAL_HOSTS = new Set(['0.0.0.0', '::', '127.0.0.1', '::1']);

/** Makes the URLs under which files are read, and reads them again. */
@Injectable()
export class FileUrls {
  private origin: string | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly signer: UrlSigner,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.origin = config.files.publicUrl;
  }

  /** A file as others see it, with URLs that were signed just now. */
  view(file: StoredAttachment): AttachmentView {
    const expiresAt = this.signer.expiry();
    return {
      id: file.id,
      kind: file.kind,
      fileName: file.fileName,
      size: file.size,
      mimeType: file.mimeType,
      url: this.urlOf(`${file.id}.${file.extension}`, expiresAt),
      thumbnailUrl: file.thumbnailSize === null ? null : this.urlOf(`${file.id}${THUMBNAIL}.webp`, expiresAt),
      expiresAt,
      width: file.width,
      height: file.height,
      duration: file.duration,
      waveform: file.waveform,
      placeholder: file.placeholder,
      description: file.description,
    };
  }

  /**
   * What a signed URL's last segment means.
   * @throws FORBIDDEN where the signature is not ours, URL_EXPIRED
   */
  read(
    segment: string,
    expires: unknown,
    signature: unknown,
  ): { id: string; variant: Variant; expiresAt: Date } {
    const match = SEGMENT.exec(segment);
    const id = match && parseUuid(match[1]);
    const verdict = this.signer.verify(`${FILES_PATH}/${segment}`, expires, signature);
    if (!match || !id || verdict === 'forged') throw attachmentErrors.forgedUrl();
    if (verdict === 'expired') throw attachmentErrors.expiredUrl();
    return { id, variant: match[2] ? 'thumbnail' : 'file', expiresAt: new Date(Number(expires)) };
  }

  private urlOf(segment: string, expiresAt: Date): string {
    return this.base() + this.signer.sign(`${FILES_PATH}/${segment}`, expiresAt);
  }

  /**
   * PUBLIC_URL; without it, in development, where this process listens; else nothing: a path, which clients resolve
   * against the address that they reach the API by. Never a request's Host header, which a client may invent.
   */
  private base(): string {
    if (this.origin !== undefined) return this.origin;
    if (this.config.production) return (this.origin = '');
    const address = (this.adapterHost.httpAdapter.getHttpServer() as Server).address();
    if (typeof address !== 'object' || address === null) return '';
    const host = LOCAL_HOSTS.has(address.address)
      ? 'localhost'
      : address.family === 'IPv6'
        ? `[${address.address}]`
        : address.address;
    return (this.origin = `http://${host}:${address.port}`);
  }
}
