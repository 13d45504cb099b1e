import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  RoomActivityPort,
  type MissedActivity,
  type RoomActivity,
  type RoomActivitySource,
  type RoomView,
} from '#libs/rooms';
import { HistoryService } from './history.service.js';
import { MessageFanout } from './message-fanout.js';
import { MessageViews } from './message-views.js';
import { toMessage } from './messages.presenter.js';
import { ReceiptsRepository } from './receipts.repository.js';

/** Answers what room lists ask about messages. */
@Injectable()
export class MessagesActivity implements OnModuleInit, RoomActivitySource {
  constructor(
    private readonly port: RoomActivityPort,
    private readonly views: MessageViews,
    private readonly history: HistoryService,
    private readonly fanout: MessageFanout,
    private readonly receipts: ReceiptsRepository,
  ) {}

  onModuleInit(): void {
    this.port.plug(this);
  }

  beforeJoin(roomId: string): Promise<void> {
    return this.fanout.follow(roomId);
  }

  async missedSince(room: RoomView, afterSeq: number): Promise<MissedActivity> {
    const { messages, changes, ...missed } = await this.history.missed(room, afterSeq);
    return { ...missed, messages: messages.map(toMessage), changes: changes.map(toMessage) };
  }

  async activityOf(userId: string, roomIds: string[]): Promise<Map<string, RoomActivity>> {
    const [newest, unread] = await Promise.all([
      this.views.newestOf(roomIds),
      this.receipts.unreadCounts(userId, roomIds),
    ]);
    return new Map(
      roomIds.map((roomId) => {
        const last = newest.get(roomId);
        return [
          roomId,
          {
            lastMessage: last ? toMessage(last) : null,
            unreadCount: unread.get(roomId) ?? 0,
            lastSeq: last?.seq ?? 0,
          },
        ];
      }),
    );
  }
}
