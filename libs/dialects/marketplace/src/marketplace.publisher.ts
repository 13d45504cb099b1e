import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus, Turns } from '#libs/platform/events';
import { DialectEmitter, RealtimeServer } from '#libs/platform/realtime';
import { wireId } from '#libs/directory';
import {
  MessageArrived,
  DeliveredArrived,
  ReadArrived,
  ReceiptsService,
  RenderedChanges,
} from '#libs/messages';
import { TypingChanged } from '#libs/presence';
import { RoomUpdated } from '#libs/rooms';
import { ConversationsService } from './conversations.service.js';
import { DeliveryMarks } from './delivery-marks.service.js';
import { MARKETPLACE_DIALECT } from './marketplace.dialect.js';
import { marketplaceServerEvents } from './marketplace.server-events.js';
import { progressOfArrived, toMessage, toStatus } from './messages.presenter.js';
import { ConversationSides } from './sides.service.js';
import { isConversation, SHOWN_STATUS } from './types.js';

/** Who hears what of conversations: the sockets that joined them. */
@Injectable()
export class MarketplacePublisher implements OnModuleInit {
  readonly emitter: DialectEmitter<typeof marketplaceServerEvents>;
  /** Statuses of a conversation are told one after the other, so that none of them seems to go back. */
  private readonly statuses = new Turns();

  constructor(
    realtime: RealtimeServer,
    private readonly events: EventBus,
    private readonly conversations: ConversationsService,
    private readonly sides: ConversationSides,
    private readonly delivery: DeliveryMarks,
    private readonly receipts: ReceiptsService,
    private readonly changes: RenderedChanges,
  ) {
    this.emitter = new DialectEmitter(realtime, MARKETPLACE_DIALECT, marketplaceServerEvents);
  }

  onModuleInit(): void {
    // Synchronous: the order of commits is the order of delivery.
    this.events.on(MessageArrived, ({ message, room }) => {
      if (this.emitter.isAnyoneHere(room.id)) {
        const shown = toMessage(message, progressOfArrived(message), this.sides.known(room));
        this.emitter.toRoomHere(room.id, 'chat-new-message', { message: shown });
      }
      this.delivery.arrived(room, message);
    });
    this.changes.tellBy({
      isAnyoneHere: (roomId) => this.emitter.isAnyoneHere(roomId),
      render: (message) => this.conversations.renderOne(message),
      edited: (room, message) => this.emitter.toRoomHere(room.id, 'chat-message-updated', { message }),
      deleted: (room, { id }) =>
        this.emitter.toRoomHere(room.id, 'chat-message-deleted', { conversationId: room.id, messageId: id }),
    });
    this.events.on(DeliveredArrived, (event) => this.marked(event));
    this.events.on(ReadArrived, (event) => this.marked(event));
    this.events.on(TypingChanged, ({ roomId, userId, typing }) => {
      const payload = { conversationId: roomId, userId: wireId(userId), isTyping: typing };
      this.emitter.toRoom(roomId, 'chat-user-typing', payload, { exceptUser: userId });
    });
    this.events.on(RoomUpdated, ({ room, previousStatus }) => {
      if (SHOWN_STATUS[room.status] === SHOWN_STATUS[previousStatus]) return;
      const payload = { conversationId: room.id, status: SHOWN_STATUS[room.status] };
      this.emitter.toRoom(room.id, 'chat-conversation-updated', payload);
    });
  }

  private marked(event: DeliveredArrived | ReadArrived): Promise<void> | undefined {
    const { room } = event;
    if (!isConversation(room) || !this.emitter.isAnyoneHere(room.id)) return undefined;
    return this.statuses.take(room.id, () => this.tellProgress(event));
  }

  private async tellProgress(event: DeliveredArrived | ReadArrived): Promise<void> {
    for (const progress of await this.receipts.progressOfMarked(event))
      this.emitter.toRoomHere(event.room.id, 'chat-message-status-updated', toStatus(progress));
  }
}
