import { Injectable } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import { v7 as uuid } from 'uuid';
import type { Actor } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { DomainError } from '#libs/platform/errors';
import { EventBus } from '#libs/platform/events';
import { RateLimiter, type RateRule } from '#libs/platform/rate-limit';
import { Spool } from '#libs/platform/storage';
import { parseUuid } from '#libs/platform/validation';
import type { AttachmentView } from '#libs/messages';
import { RoomAccessService, type RoomView } from '#libs/rooms';
import { attachmentErrors } from './attachments.errors.js';
import { AttachmentReady, AttachmentRejected } from './attachments.events.js';
import { AttachmentsRepository, type NewAttachment } from './attachments.repository.js';
import { FileKeeper } from './file-keeper.js';
import { FileRemover } from './file-remover.js';
import { FileUrls } from './file-urls.js';
import type { ReceivedFile } from './forms/receive-form.js';
import { FilePreparer, type PreparedFile } from './prepare-file.js';
import { VirusScanner, type ScanOutcome } from './scan/virus-scanner.js';
import { isReady, type StoredAttachment } from './stored-attachment.js';
import type { UploadPurpose } from './types/file-type.js';

const MINUTE = 60;

export interface StoreOptions {
  /** Which document's list of types counts. */
  purpose: UploadPurpose;
  description?: string;
  /** Seconds that the client says the recording takes; believed only where the file does not tell. */
  duration?: number;
  /** For files that a message announces at once: refuse them while the scanner is away, instead of waiting for it. */
  mustBeReady?: boolean;
  /** Aborts when nobody waits for the file any more: then it is not kept. */
  gone?: AbortSignal;
}

export interface UploadedFile {
  view: AttachmentView;
  /** False while the file waits for the virus scanner: it cannot be sent or read yet. */
  ready: boolean;
}

/** Files of the chat: storing what was received, and who may see it. */
@Injectable()
export class AttachmentsService {
  private readonly voiceRate: RateRule;

  constructor(
    config: AppConfig,
    private readonly repository: AttachmentsRepository,
    private readonly keeper: FileKeeper,
    private readonly spool: Spool,
    private readonly preparer: FilePreparer,
    private readonly scanner: VirusScanner,
    private readonly remover: FileRemover,
    private readonly urls: FileUrls,
    private readonly access: RoomAccessService,
    private readonly limiter: RateLimiter,
    private readonly events: EventBus,
  ) {
    this.voiceRate = {
      name: 'voice-notes',
      points: config.files.voiceNotesPerMinute,
      seconds: MINUTE,
      what: 'voice notes',
    };
  }

  /**
   * Judges, scans and stores one received file. `room` is one that the actor was allowed to write to, or null where the
   * message that claims the file will tell.
   * @throws FILE_TOO_LARGE, UNSUPPORTED_FILE_TYPE, FILE_INFECTED, QUOTA_EXCEEDED, RATE_LIMITED, SERVICE_UNAVAILABLE
   */
  async store(
    actor: Actor,
    room: RoomView | null,
    file: ReceivedFile,
    options: StoreOptions,
  ): Promise<UploadedFile> {
    const { gone } = options;
    const whose = { userId: actor.id, gone };
    const identified = await this.preparer.identify(whose, file, options.purpose);
    if (identified.type.kind === 'audio') await this.limiter.consume(this.voiceRate, actor.id);
    const id = uuid();
    const outcome = await this.scanner.scan(actor.id, () => createReadStream(file.path), gone);
    if (outcome.state === 'infected') {
      const rejected = {
        id,
        uploaderId: actor.id,
        roomId: room?.id ?? null,
        fileName: identified.fileName,
        sha256: file.sha256,
      };
      await this.events.publish(new AttachmentRejected(rejected, outcome.signature));
      throw attachmentErrors.infected(identified.fileName);
    }
    if (outcome.state === 'pending' && options.mustBeReady) throw attachmentErrors.scannerAway(outcome.cause);
    const prepared = await this.preparer.prepare(whose, file, identified, options.duration);
    try {
      const stored = newAttachment(id, actor, room, file, prepared, outcome.state, options.description);
      await this.keeper.keep(stored, prepared, gone);
      const complete = { ...stored, messageId: null };
      if (isReady(complete)) await this.events.publish(new AttachmentReady(complete));
      return { view: this.urls.view(complete), ready: isReady(complete) };
    } finally {
      await this.spool.discard(
        prepared.path,
        ...(prepared.thumbnailPath === null ? [] : [prepared.thumbnailPath]),
      );
    }
  }

  /** As `store`, for several files: all or none. */
  async storeAll(
    actor: Actor,
    room: RoomView | null,
    files: readonly ReceivedFile[],
    options: StoreOptions,
  ): Promise<UploadedFile[]> {
    const stored: UploadedFile[] = [];
    try {
      // One after the other: five pictures of one person must not take all the room there is for pictures.
      for (const file of files) stored.push(await this.store(actor, room, file, options));
      return stored;
    } catch (error) {
      await this.remover.remove(stored.map(({ view }) => view.id));
      throw error;
    }
  }

  /**
   * A file with fresh URLs: for its uploader until it is sent, then for whoever may read its room.
   * @throws NOT_FOUND also where the actor may not see it
   */
  async get(actor: Actor, fileId: string): Promise<UploadedFile> {
    const id = parseUuid(fileId, 'file_');
    const file = id && (await this.repository.find(id));
    if (!file || !(await this.maySee(actor, file))) throw attachmentErrors.notFound();
    return { view: this.urls.view(file), ready: isReady(file) };
  }

  /** Throws away files that were stored for a message that then failed, unless it may have been stored all the same. */
  async discard(files: readonly UploadedFile[]): Promise<void> {
    await this.remover.removeUnclaimed(files.map(({ view }) => view.id));
  }

  private async maySee(actor: Actor, file: StoredAttachment): Promise<boolean> {
    if (file.messageId === null && file.uploaderId !== actor.id) return false;
    if (file.roomId === null) return file.messageId === null;
    try {
      await this.access.toRead(actor, file.roomId);
      return true;
    } catch (error) {
      if (error instanceof DomainError && (error.kind === 'forbidden' || error.kind === 'not_found'))
        return false;
      throw error;
    }
  }
}

function newAttachment(
  id: string,
  actor: Actor,
  room: RoomView | null,
  file: ReceivedFile,
  prepared: PreparedFile,
  scanState: Exclude<ScanOutcome['state'], 'infected'>,
  description: string | undefined,
): NewAttachment {
  return {
    id,
    uploaderId: actor.id,
    roomId: room?.id ?? null,
    kind: prepared.type.kind,
    fileName: prepared.fileName,
    mimeType: prepared.type.mimeType,
    extension: prepared.type.extension,
    size: prepared.size,
    thumbnailSize: prepared.thumbnailSize,
    sha256: file.sha256,
    width: prepared.width,
    height: prepared.height,
    duration: prepared.duration,
    waveform: prepared.waveform,
    placeholder: prepared.placeholder,
    description: description ?? null,
    scanState,
  };
}
