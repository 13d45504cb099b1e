import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { Database } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { parseUuid } from '#libs/platform/validation';
import { ErasureService, UserErased } from '#libs/directory';
import {
  MessageAttachments,
  MessageDeleted,
  messageErrors,
  type AttachmentSource,
  type AttachmentView,
  type ClaimedFiles,
  type ClaimingMessage,
  type OutgoingFile,
} from '#libs/messages';
import { RoomDeleted, type RoomView } from '#libs/rooms';
import { attachmentErrors } from './attachments.errors.js';
import { AttachmentsRepository, type ClaimableFile } from './attachments.repository.js';
import { FileKeeper } from './file-keeper.js';
import { FileRemover } from './file-remover.js';
import { FileUrls } from './file-urls.js';
import { isReady } from './stored-attachment.js';

/** Answers what messages ask of files, and follows what becomes of messages, rooms and people. */
@Injectable()
export class MessageFiles implements AttachmentSource, OnModuleInit {
  private readonly logger = new Logger(MessageFiles.name);

  constructor(
    private readonly port: MessageAttachments,
    private readonly database: Database,
    private readonly repository: AttachmentsRepository,
    private readonly keeper: FileKeeper,
    private readonly urls: FileUrls,
    private readonly remover: FileRemover,
    private readonly events: EventBus,
    private readonly erasure: ErasureService,
  ) {}

  onModuleInit(): void {
    this.port.plug(this);
    this.erasure.register((tx, userId, tombstoneId) =>
      this.repository.markDeletedOf(tx, userId, tombstoneId),
    );
    this.events.on(MessageDeleted, ({ message }) => this.deleted(message.id));
    this.events.on(RoomDeleted, ({ room }) => this.roomDeleted(room.id));
    this.events.on(UserErased, async () => void (await this.remover.removeMarked()));
  }

  async claim(
    actor: Actor,
    room: RoomView,
    message: ClaimingMessage,
    wanted: readonly OutgoingFile[],
  ): Promise<ClaimedFiles> {
    const parsed = wanted.map(({ file_id }) => parseUuid(file_id, 'file_'));
    const ids = [...new Set(parsed.filter((id) => id !== undefined))];
    if (ids.length !== wanted.length) throw messageErrors.unknownFiles();
    const optional = new Set(parsed.filter((_id, index) => wanted[index]?.optional));
    return this.database.transaction(async (tx) => {
      const known = await this.repository.lockForClaim(tx, actor.id, room.id, ids);
      const target = { ...message, id: firstTryOf(message, known) ?? message.id };
      const claimable = new Set(known.filter((file) => isClaimable(file, target.id)).map(({ id }) => id));
      const bindable = ids.filter((id) => claimable.has(id));
      if (ids.some((id) => !claimable.has(id) && !optional.has(id))) throw messageErrors.unknownFiles();
      const files = await this.repository.claim(tx, room.id, target, bindable);
      return { messageId: target.id, files: files.map((file) => this.urls.view(file)) };
    });
  }

  async release(messageId: string): Promise<void> {
    try {
      await this.repository.release(messageId);
    } catch (error) {
      // They end by themselves, and a repeat of the message has them before that.
      this.logger.warn({ err: error, messageId }, 'Files of a message that failed stay bound for a while');
    }
  }

  async toCopy(messageId: string): Promise<readonly string[]> {
    const files = await this.repository.traces(messageId);
    if (files.some(({ state }) => state === 'gone')) throw messageErrors.filesGone();
    if (files.some(({ state }) => state === 'pending')) throw attachmentErrors.notReady('forward');
    return files.map(({ id }) => id);
  }

  async copy(
    actor: Actor,
    room: RoomView,
    messageId: string,
    fileIds: readonly string[],
  ): Promise<readonly AttachmentView[]> {
    const files = await this.keeper.copy({ uploaderId: actor.id, roomId: room.id, messageId }, fileIds);
    return files.map((file) => this.urls.view(file));
  }

  discard(messageId: string): Promise<void> {
    return this.remover.removeUnsent(messageId);
  }

  async ofMessages(messageIds: readonly string[]): Promise<ReadonlyMap<string, readonly AttachmentView[]>> {
    const files = await this.repository.ofMessages(messageIds);
    return new Map(
      [...files].map(([id, list]) => [id, list.filter(isReady).map((file) => this.urls.view(file))] as const),
    );
  }

  private async roomDeleted(roomId: string): Promise<void> {
    await this.repository.markDeletedOfRoom(roomId);
    await this.remover.removeMarked();
  }

  private async deleted(messageId: string): Promise<void> {
    await this.repository.markDeletedOfMessages([messageId]);
    await this.remover.removeMarked();
  }
}

/** The id that this very message had when it was tried before, and claimed its files. */
const firstTryOf = ({ clientKey }: ClaimingMessage, files: readonly ClaimableFile[]): string | undefined =>
  clientKey === null
    ? undefined
    : (files.find(({ claimKey }) => claimKey === clientKey)?.messageId ?? undefined);

/** @throws FILE_NOT_READY, SERVICE_UNAVAILABLE where it may be claimable later */
function isClaimable({ messageId, state, claim }: ClaimableFile, target: string): boolean {
  if (claim === 'sent' && messageId !== target) return false;
  if (claim === 'claimed' && messageId !== target) throw attachmentErrors.claimInDoubt();
  if (state === 'pending') throw attachmentErrors.notReady('send');
  return state === 'ready';
}
