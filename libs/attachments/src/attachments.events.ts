import { DomainEvent } from '#libs/platform/events';
import type { StoredAttachment } from './stored-attachment.js';

/** A file may be sent and served from now on. */
export class AttachmentReady extends DomainEvent {
  constructor(readonly file: StoredAttachment) {
    super();
  }
}

/** The scanner found something; the bytes are gone. */
export class AttachmentRejected extends DomainEvent {
  constructor(
    readonly file: Pick<StoredAttachment, 'id' | 'uploaderId' | 'roomId' | 'fileName' | 'sha256'>,
    /** The scanner's name of what it found. */
    readonly signature: string,
  ) {
    super();
  }
}
