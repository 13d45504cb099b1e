import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { Actor } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { Database } from '#libs/platform/database';
import { codePointLength } from '#libs/platform/validation';
import { mayDo, RoomAccessService, type RoomView } from '#libs/rooms';
import { Mentions } from './mentions.js';
import { messageErrors } from './messages.errors.js';
import { MessageDeleted, MessageEdited, MessagePinned } from './messages.events.js';
import { MessagesRepository } from './messages.repository.js';
import { MessageTargets } from './message-target.service.js';
import { MessageViews } from './message-views.js';
import type { MessageView, StoredMessage } from './message-view.js';

const MAX_PINS = 50;
const NOT_EDITABLE = new Set(['system', 'status_update', 'location', 'voice']);

export interface MessageEditView {
  content: string;
  editedAt: Date;
}

/** Editing, deleting and pinning messages. */
@Injectable()
export class MessageChangesService {
  constructor(
    private readonly config: AppConfig,
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly targets: MessageTargets,
    private readonly repository: MessagesRepository,
    private readonly views: MessageViews,
    private readonly mentions: Mentions,
  ) {}

  /**
   * Changes the text of one's own message; what it said before is kept for moderators.
   * @throws MESSAGE_NOT_FOUND, FORBIDDEN for another's message, MESSAGE_TOO_LONG, ROOM_INACTIVE, ACCESS_DENIED
   */
  async edit(actor: Actor, messageId: string, content: string): Promise<MessageView> {
    const { message, room } = await this.targets.toWrite(actor, messageId);
    if (message.senderId !== actor.id) throw messageErrors.notYours();
    if (NOT_EDITABLE.has(message.type)) throw messageErrors.notEditable(message.type);
    this.requireLength(content);
    const mentions = await this.mentions.in(room.id, content, actor.id);
    const before = await this.viewOf(message, room);
    const changed = await this.database.transaction(async (tx) => {
      const afterSeq = await this.repository.holdSeq(tx, room.id);
      const now = await this.targets.lock(tx, message.id);
      if (now.content === content) return now;
      await tx.query('INSERT INTO message_edits (id, message_id, content) VALUES ($1, $2, $3)', [
        uuid(),
        now.id,
        now.content,
      ]);
      const after = await this.repository.setContent(tx, now, afterSeq, { content, mentions });
      const added = mentions.filter((id) => !now.mentions.includes(id));
      tx.publish(new MessageEdited({ ...before, ...after }, room, added));
      return after;
    });
    return { ...before, ...changed };
  }

  /**
   * Leaves a tombstone: the content, its edits and reactions are gone everywhere. One's own, or as a moderator.
   * Deleting again changes nothing.
   * @throws MESSAGE_NOT_FOUND, FORBIDDEN
   */
  async remove(actor: Actor, messageId: string): Promise<{ message: StoredMessage; room: RoomView }> {
    const { message, room } = await this.targets.toRead(actor, messageId);
    if (message.deletedAt !== null) return { message, room };
    if (message.senderId === null || message.senderId !== actor.id) {
      await this.access.require(actor, room.id, mayDo('delete_messages'), 'message.override.delete');
    }
    const removed = await this.database.transaction(async (tx) => {
      const afterSeq = await this.repository.holdSeq(tx, room.id);
      const tombstone = await this.repository.removeContent(tx, message, afterSeq);
      if (tombstone) tx.publish(new MessageDeleted(room, tombstone, actor.id));
      return tombstone;
    });
    return { message: removed ?? message, room };
  }

  /** Earlier texts, oldest first. @throws MESSAGE_NOT_FOUND, ACCESS_DENIED for all but moderators */
  async edits(actor: Actor, messageId: string): Promise<MessageEditView[]> {
    const { message, room } = await this.targets.toRead(actor, messageId);
    await this.access.require(actor, room.id, mayDo('read_edits'), 'message.override.edits');
    return this.database.query<MessageEditView>(
      'SELECT content, edited_at AS "editedAt" FROM message_edits WHERE message_id = $1 ORDER BY edited_at, id LIMIT 500',
      [message.id],
    );
  }

  /** @throws MESSAGE_NOT_FOUND, ACCESS_DENIED for all but moderators, CONFLICT beyond 50 pins */
  async pin(actor: Actor, messageId: string, pinned: boolean): Promise<MessageView> {
    const { message, room } = await this.targets.toWrite(actor, messageId);
    await this.access.require(actor, room.id, mayDo('pin_messages'), 'message.override.pin');
    const before = await this.viewOf(message, room);
    const changed = await this.database.transaction(async (tx) => {
      // Of two that are pinned at the same moment the second one counts the first.
      if (pinned) await this.repository.holdSeq(tx, room.id);
      const now = await this.targets.lock(tx, message.id);
      if ((now.pinnedAt !== null) === pinned) return now;
      const after = await this.repository.setPinned(tx, now.id, pinned ? actor.id : null);
      if (pinned && (await this.repository.countPinned(tx, room.id)) > MAX_PINS)
        throw messageErrors.tooManyPins(MAX_PINS);
      tx.publish(new MessagePinned({ ...before, ...after }, room, pinned));
      return after;
    });
    return { ...before, ...changed };
  }

  /** Pinned messages, the last pinned first. @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async pins(actor: Actor, roomRef: string): Promise<MessageView[]> {
    const { room } = await this.access.toRead(actor, roomRef);
    return this.views.ofRoom(room, await this.repository.pinned(room.id, MAX_PINS));
  }

  /** Before a transaction: its locks must not wait for look-ups on other connections. */
  private async viewOf(message: StoredMessage, room: RoomView): Promise<MessageView> {
    return (await this.views.ofRoom(room, [message]))[0] as MessageView;
  }

  private requireLength(content: string): void {
    const length = codePointLength(content);
    const { maxLength } = this.config.messages;
    if (length > maxLength) throw messageErrors.tooLong(maxLength, length);
    if (content.trim() === '') throw messageErrors.empty();
  }
}
