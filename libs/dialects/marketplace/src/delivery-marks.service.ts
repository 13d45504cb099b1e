import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { RealtimeServer } from '#libs/platform/realtime';
import { ReceiptsService, type MessageView } from '#libs/messages';
import type { RoomView } from '#libs/rooms';
import { MARKETPLACE_DIALECT } from './marketplace.errors.js';
import { isConversation } from './types.js';

/** Messages that come to a person within this time are marked at once. */
const GATHER_MS = 20;

interface Mark {
  room: RoomView;
  userId: string;
  seq: number;
  timer: NodeJS.Timeout;
}

/** A message is delivered by itself when a socket of someone else gets it. */
@Injectable()
export class DeliveryMarks implements BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliveryMarks.name);
  private readonly waiting = new Map<string, Mark>();

  constructor(
    private readonly realtime: RealtimeServer,
    private readonly receipts: ReceiptsService,
  ) {}

  beforeApplicationShutdown(): void {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  /** Each server marks for its own sockets; the mark itself is made once. */
  arrived(room: RoomView, { seq, senderId }: MessageView): void {
    if (!isConversation(room)) return;
    for (const userId of this.realtime.usersHere(MARKETPLACE_DIALECT, room.id)) {
      if (userId !== senderId) this.mark(room, userId, seq);
    }
  }

  private mark(room: RoomView, userId: string, seq: number): void {
    const key = `${room.id}:${userId}`;
    const known = this.waiting.get(key);
    if (known) {
      known.seq = Math.max(known.seq, seq);
      return;
    }
    const timer = setTimeout(() => this.write(key), GATHER_MS);
    timer.unref();
    this.waiting.set(key, { room, userId, seq, timer });
  }

  private write(key: string): void {
    const mark = this.waiting.get(key);
    if (!mark) return;
    this.waiting.delete(key);
    this.receipts.reached(mark.room, mark.userId, mark.seq).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'A message could not be marked as delivered');
    });
  }
}
