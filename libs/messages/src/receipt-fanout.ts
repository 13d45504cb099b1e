import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cluster, Everywhere } from '#libs/platform/cluster';
import { EventBus } from '#libs/platform/events';
import { RealtimeServer } from '#libs/platform/realtime';
import { RoomAccessService } from '#libs/rooms';
import type { ReceiptKind } from './entities/receipt.entity.js';
import {
  DeliveredArrived,
  MessagesDelivered,
  MessagesRead,
  ReadArrived,
  type MarkedMessages,
} from './messages.events.js';
import { ReceiptsRepository } from './receipts.repository.js';

/** A mark on its way between servers. */
interface ReceiptNews extends Pick<MarkedMessages, 'messages' | 'fromSeq'> {
  kind: ReceiptKind;
  roomId: string;
  userId: string;
  /** ISO 8601 with milliseconds. */
  at: string;
  upTo: boolean;
  everything: boolean;
}

/** Has marks of reading and delivery told on every server once, also those of a server that died before it told them. */
@Injectable()
export class ReceiptFanout implements OnModuleInit {
  private readonly news: Everywhere<ReceiptNews>;

  constructor(
    private readonly cluster: Cluster,
    private readonly events: EventBus,
    private readonly realtime: RealtimeServer,
    private readonly access: RoomAccessService,
    private readonly repository: ReceiptsRepository,
  ) {
    this.news = new Everywhere(
      cluster,
      'receipt',
      ({ kind, roomId, userId, at }) => ({ subject: `${kind}:${roomId}:${userId}:${at}`, state: 'told' }),
      (news) => this.tell(news),
    );
  }

  onModuleInit(): void {
    this.events.on(MessagesRead, ({ room, userId, marked, upTo, everything }) =>
      this.news.happened({ kind: 'read', roomId: room.id, userId, ...toNews(marked), upTo, everything }),
    );
    this.events.on(MessagesDelivered, ({ room, userId, marked }) =>
      this.news.happened({
        kind: 'delivered',
        roomId: room.id,
        userId,
        ...toNews(marked),
        upTo: true,
        everything: false,
      }),
    );
    this.cluster.catchUp.then((sinceMs) => this.catchUp(sinceMs));
  }

  private async tell({
    kind,
    roomId,
    userId,
    messages,
    at,
    fromSeq,
    upTo,
    everything,
  }: ReceiptNews): Promise<boolean> {
    if (!this.realtime.here.isOpen(roomId)) return true;
    const room = this.access.known(roomId) ?? (await this.access.find(roomId));
    if (!room) return true;
    const marked: MarkedMessages = { messages, at: new Date(at), fromSeq };
    return this.events.publish(
      kind === 'read'
        ? new ReadArrived(room, userId, marked, upTo, everything)
        : new DeliveredArrived(room, userId, marked),
    );
  }

  private async catchUp(sinceMs: number): Promise<void> {
    const open = [...this.realtime.here.openRooms()];
    for (const { at, fromSeq, messages, ...mark } of await this.repository.markedWithin(open, sinceMs)) {
      const news = { ...mark, at: at.toISOString(), everything: false };
      await this.news.found(
        mark.kind === 'delivered'
          ? { ...news, messages: messages.slice(-1), fromSeq, upTo: true }
          : // Whether they were named, or marked with a later one, is not stored: each is told.
            { ...news, messages, upTo: false },
      );
    }
  }
}

const toNews = ({
  messages,
  at,
  fromSeq,
}: MarkedMessages): Pick<ReceiptNews, 'messages' | 'at' | 'fromSeq'> => ({
  messages: messages.map(({ id, seq }) => ({ id, seq })),
  at: at.toISOString(),
  fromSeq,
});
