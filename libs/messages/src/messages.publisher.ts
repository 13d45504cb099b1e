import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '#libs/platform/events';
import { DialectEmitter, RealtimeServer } from '#libs/platform/realtime';
import { toPublicUser, UsersService, type PublicUser } from '#libs/directory';
import { SERVICE_DIALECT, showsPeople, wireRoomId } from '#libs/rooms';
import {
  DeletionArrived,
  EditArrived,
  MarkedUnread,
  MessageArrived,
  MessageCreated,
  MessageEdited,
  MessagePinned,
  MessageReacted,
  DeliveredArrived,
  ReadArrived,
} from './messages.events.js';
import type { MessageView } from './message-view.js';
import { toDeleted, toMessage, toReactionGroup, wireMessageId } from './messages.presenter.js';
import { messagesServerEvents } from './messages.server-events.js';

/** Who hears what of messages in the service dialect. */
@Injectable()
export class MessagesPublisher implements OnModuleInit {
  private readonly emitter: DialectEmitter<typeof messagesServerEvents>;

  constructor(
    realtime: RealtimeServer,
    private readonly events: EventBus,
    private readonly users: UsersService,
  ) {
    this.emitter = new DialectEmitter(realtime, SERVICE_DIALECT, messagesServerEvents);
  }

  onModuleInit(): void {
    // Synchronous: the order of commits is the order of delivery.
    this.events.on(MessageArrived, ({ message, room }) => {
      if (this.emitter.isAnyoneHere(room.id))
        this.emitter.toRoomHere(room.id, 'new_message', toMessage(message));
    });
    this.events.on(MessageCreated, ({ message }) => this.tellMentioned(message, message.mentions));
    this.events.on(MessageEdited, ({ message, newMentions }) => this.tellMentioned(message, newMentions));
    this.events.on(EditArrived, ({ message, room }) =>
      this.emitter.toRoomHere(room.id, 'message_edited', toMessage(message)),
    );
    this.events.on(DeletionArrived, ({ room, message }) =>
      this.emitter.toRoomHere(room.id, 'message_deleted', toDeleted(message, room)),
    );
    this.events.on(MessagePinned, ({ message, room }) =>
      this.emitter.toRoom(room.id, 'message_pinned', toMessage(message)),
    );
    this.events.on(MessageReacted, (event) => this.reacted(event));
    this.events.on(MarkedUnread, ({ room, userId, unreadCount }) =>
      this.emitter.toUser(userId, 'unread_changed', { room_id: wireRoomId(room), unread_count: unreadCount }),
    );
    this.events.on(ReadArrived, (event) => this.read(event));
    this.events.on(DeliveredArrived, (event) => this.delivered(event));
  }

  private tellMentioned(message: MessageView, userIds: readonly string[]): void {
    if (userIds.length === 0) return;
    const payload = { room_id: message.roomRef, message: toMessage(message) };
    for (const userId of userIds) this.emitter.toUser(userId, 'mention', payload);
  }

  private async reacted({ room, message, userId, emoji, added, reactions }: MessageReacted): Promise<void> {
    if (!this.emitter.isAnyoneIn(room.id)) return;
    const user = await this.person(userId);
    if (!user) return;
    this.emitter.toRoom(room.id, 'message_reaction', {
      message_id: wireMessageId(message.id),
      room_id: wireRoomId(room),
      user,
      reaction: emoji,
      added,
      reactions: reactions.map(toReactionGroup),
    });
  }

  private async read({ room, userId, marked, upTo }: ReadArrived): Promise<void> {
    const user = await this.person(userId);
    if (!user || !showsPeople(room) || !this.emitter.isAnyoneHere(room.id)) return;
    for (const message of marked.messages) {
      this.emitter.toRoomHere(room.id, 'message_read', {
        room_id: wireRoomId(room),
        message_id: wireMessageId(message.id),
        seq: message.seq,
        up_to: upTo,
        user,
        read_at: marked.at.toISOString(),
      });
    }
  }

  private async delivered({ room, userId, marked }: DeliveredArrived): Promise<void> {
    const user = await this.person(userId);
    const message = marked.messages.at(-1);
    if (!user || !message || !showsPeople(room) || !this.emitter.isAnyoneHere(room.id)) return;
    this.emitter.toRoomHere(room.id, 'message_delivered', {
      room_id: wireRoomId(room),
      message_id: wireMessageId(message.id),
      seq: message.seq,
      user,
      delivered_at: marked.at.toISOString(),
    });
  }

  private async person(userId: string): Promise<PublicUser | undefined> {
    const user = await this.users.find(userId);
    return user && toPublicUser(user);
  }
}
