import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Cluster } from '#libs/platform/cluster';
import { RealtimeServer } from '#libs/platform/realtime';
import { ReceiptsService, type MessageView } from '#libs/messages';
import type { RoomView } from '#libs/rooms';
import { isConversation } from './types.js';

const TOPIC = 'marketplace-in-use';
/** Messages that come to a person within this time are marked at once. */
const GATHER_MS = 20;
/** In a stream of messages a person's mark is moved once in this time: each costs a transaction and an event. */
const PACE_MS = 250;
const REMEMBERED_ROOMS = 20_000;
const REMEMBERED_MARKS = 20_000;
/** A server that has just started hears after this which conversations are in use. */
const TELL_AGAIN_MS = 60_000;

interface Mark {
  room: RoomView;
  userId: string;
  seq: number;
  timer: NodeJS.Timeout;
}

/**
 * A message is delivered by itself when a socket of someone else gets it, in whichever contract. Only this contract
 * shows that, so that rooms which nobody uses by it cost a look into memory.
 */
@Injectable()
export class DeliveryMarks implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliveryMarks.name);
  private readonly waiting = new Map<string, Mark>();
  /** When somebody's mark in a room was moved last. */
  private readonly moved = new LRUCache<string, number>({ max: REMEMBERED_MARKS });
  /** Rooms that someone uses by this contract, and when this server told the others so. */
  private readonly inUse = new LRUCache<string, number>({ max: REMEMBERED_ROOMS });

  constructor(
    private readonly realtime: RealtimeServer,
    private readonly cluster: Cluster,
    private readonly receipts: ReceiptsService,
  ) {}

  onModuleInit(): void {
    this.cluster.on(TOPIC, (ids) => {
      for (const id of ids as string[]) if (!this.inUse.has(id)) this.inUse.set(id, 0);
    });
  }

  beforeApplicationShutdown(): void {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  /** Someone uses these rooms by this contract: what comes from now on is marked, on every server. */
  follow(roomIds: readonly string[]): void {
    const now = Date.now();
    const untold = roomIds.filter((id) => now - (this.inUse.get(id) ?? 0) > TELL_AGAIN_MS);
    if (untold.length === 0) return;
    for (const id of untold) this.inUse.set(id, now);
    void this.cluster.publish(TOPIC, untold);
  }

  /** Each server marks for its own sockets; the mark itself is made once. */
  arrived(room: RoomView, { seq, senderId }: MessageView): void {
    if (!isConversation(room) || this.inUse.get(room.id) === undefined) return;
    for (const userId of this.realtime.here.usersIn(room.id)) {
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
    const pause = (this.moved.get(key) ?? -Infinity) + PACE_MS - performance.now();
    const timer = setTimeout(() => this.write(key), Math.max(GATHER_MS, pause));
    timer.unref();
    this.waiting.set(key, { room, userId, seq, timer });
  }

  private write(key: string): void {
    const mark = this.waiting.get(key);
    if (!mark) return;
    this.waiting.delete(key);
    this.moved.set(key, performance.now());
    this.receipts.reached(mark.room, mark.userId, mark.seq).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'A message could not be marked as delivered');
    });
  }
}
