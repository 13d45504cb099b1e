import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditLog } from '#libs/platform/audit';
import type { Actor } from '#libs/platform/auth';
import { EventBus } from '#libs/platform/events';
import {
  Connections,
  DialectEmitter,
  dialectRoom,
  RealtimeServer,
  type ChatSocket,
  type ConnectionObserver,
} from '#libs/platform/realtime';
import { toPublicUser, UsersService } from '#libs/directory';
import { wireFileId } from '#libs/messages';
import { RoomAccessService, SERVICE_DIALECT, wireRoomId } from '#libs/rooms';
import { AttachmentReady, AttachmentRejected } from './attachments.events.js';
import { toUpload } from './attachments.presenter.js';
import { attachmentsServerEvents } from './attachments.server-events.js';
import { FileUrls } from './file-urls.js';

/** No room has this id: ids of rooms are UUIDs. */
const MODERATORS = 'moderators';

/**
 * Who hears of files: the uploader, and of infected ones the moderators too, on all their sockets. Every dialect's
 * clients upload, and the event is about what a user did, not about a room that it joined.
 */
@Injectable()
export class AttachmentsPublisher implements OnModuleInit, ConnectionObserver {
  private readonly emitter: DialectEmitter<typeof attachmentsServerEvents>;

  constructor(
    private readonly realtime: RealtimeServer,
    private readonly connections: Connections,
    private readonly events: EventBus,
    private readonly users: UsersService,
    private readonly access: RoomAccessService,
    private readonly audit: AuditLog,
    private readonly urls: FileUrls,
  ) {
    this.emitter = new DialectEmitter(realtime, SERVICE_DIALECT, attachmentsServerEvents);
  }

  onModuleInit(): void {
    this.connections.observe(this);
    this.events.on(AttachmentReady, (event) => this.ready(event));
    this.events.on(AttachmentRejected, (event) => this.record(event));
    this.events.on(AttachmentRejected, (event) => this.rejected(event));
  }

  connected(actor: Actor, socket: ChatSocket): void {
    const { namespaces } = this.realtime.dialect(SERVICE_DIALECT);
    if (namespaces.includes(socket.nsp.name) && actor.permissions.has('chats:moderate'))
      void socket.join(dialectRoom(SERVICE_DIALECT, MODERATORS));
  }

  disconnected(): void {
    // Socket.IO takes a socket out of its rooms by itself.
  }

  private async ready({ file }: AttachmentReady): Promise<void> {
    const body = toUpload({ view: this.urls.view(file), ready: true });
    const payload = { ...body, room_id: await this.wireRoomOf(file.roomId) };
    this.emitter.toUserAnywhere(file.uploaderId, 'attachment_ready', payload);
  }

  private async rejected({ file, signature }: AttachmentRejected): Promise<void> {
    const uploader = await this.users.find(file.uploaderId);
    const payload = {
      file_id: wireFileId(file.id),
      room_id: await this.wireRoomOf(file.roomId),
      filename: file.fileName,
      code: 'FILE_INFECTED' as const,
      reason: signature,
      uploader: uploader ? toPublicUser(uploader) : null,
    };
    this.emitter.toUserAnywhere(file.uploaderId, 'attachment_rejected', payload);
    this.emitter.toRoom(MODERATORS, 'attachment_rejected', payload, { exceptUser: file.uploaderId });
  }

  /** The file is gone; what it was, whose and where stays on record. */
  private async record({ file, signature }: AttachmentRejected): Promise<void> {
    const role = (await this.users.find(file.uploaderId))?.role ?? 'customer';
    const uploader = { id: file.uploaderId, role };
    await this.audit.record(uploader, {
      action: 'attachment.infected',
      targetType: 'attachment',
      targetId: file.id,
      details: { signature, sha256: file.sha256, room_id: file.roomId },
    });
  }

  private async wireRoomOf(roomId: string | null): Promise<string | null> {
    const room = roomId === null ? undefined : await this.access.find(roomId);
    return room ? wireRoomId(room) : null;
  }
}
