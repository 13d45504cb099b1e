import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import type { RoomView } from '#libs/rooms';
import type { OutgoingFile } from './message-content.js';
import type { AttachmentView } from './message-view.js';
import { messageErrors } from './messages.errors.js';

const NONE: ReadonlyMap<string, readonly AttachmentView[]> = new Map();

/** A message that is about to be stored, and what names it once for its sender and room. */
export interface ClaimingMessage {
  id: string;
  clientKey: string | null;
}

export interface ClaimedFiles {
  /** To store the message with: that of the first try, where this one repeats it. */
  messageId: string;
  files: readonly AttachmentView[];
}

/** What messages ask of files, which live on the floor above. */
export interface AttachmentSource {
  /**
   * Binds files that the actor uploaded for this room to a message that is about to be stored. All or none; what is
   * optional is left out where it is no such file. A repeat of a message whose storing failed finds its files again.
   * @throws VALIDATION_ERROR for any other file, FILE_NOT_READY while one waits for the scanner, SERVICE_UNAVAILABLE
   * while one is bound to another message of which is not known whether it will be stored
   */
  claim(
    actor: Actor,
    room: RoomView,
    message: ClaimingMessage,
    files: readonly OutgoingFile[],
  ): Promise<ClaimedFiles>;
  /** The message was not stored after all: its files can be claimed again. Never throws. */
  release(messageId: string): Promise<void>;
  /**
   * The files of a message, in order, as `copy` takes them.
   * @throws FILE_NOT_READY while one waits for the scanner, NOT_FOUND where one is on its way out
   */
  toCopy(messageId: string): Promise<readonly string[]>;
  /**
   * Binds copies of these files, which are the actor's own, to a message that is about to be stored. All or none. That
   * the actor may read the originals is for the caller to know.
   * @throws NOT_FOUND where one is not there any more, QUOTA_EXCEEDED, SERVICE_UNAVAILABLE
   */
  copy(
    actor: Actor,
    room: RoomView,
    messageId: string,
    fileIds: readonly string[],
  ): Promise<readonly AttachmentView[]>;
  /** The message was not stored after all: its copies are removed. Never throws. */
  discard(messageId: string): Promise<void>;
  /** Files of these messages, with fresh URLs. */
  ofMessages(messageIds: readonly string[]): Promise<ReadonlyMap<string, readonly AttachmentView[]>>;
}

/** Asked by messages, answered by attachments, which plug themselves in at start. */
@Injectable()
export class MessageAttachments implements AttachmentSource {
  private source: AttachmentSource | undefined;

  plug(source: AttachmentSource): void {
    this.source = source;
  }

  async claim(
    actor: Actor,
    room: RoomView,
    message: ClaimingMessage,
    files: readonly OutgoingFile[],
  ): Promise<ClaimedFiles> {
    if (!this.source) throw messageErrors.unknownFiles();
    return this.source.claim(actor, room, message, files);
  }

  async release(messageId: string): Promise<void> {
    await this.source?.release(messageId);
  }

  async toCopy(messageId: string): Promise<readonly string[]> {
    return this.source ? this.source.toCopy(messageId) : [];
  }

  async copy(
    actor: Actor,
    room: RoomView,
    messageId: string,
    fileIds: readonly string[],
  ): Promise<readonly AttachmentView[]> {
    if (!this.source) throw messageErrors.unknownFiles();
    return this.source.copy(actor, room, messageId, fileIds);
  }

  async discard(messageId: string): Promise<void> {
    await this.source?.discard(messageId);
  }

  async ofMessages(messageIds: readonly string[]): Promise<ReadonlyMap<string, readonly AttachmentView[]>> {
    if (!this.source || messageIds.length === 0) return NONE;
    return this.source.ofMessages(messageIds);
  }
}
