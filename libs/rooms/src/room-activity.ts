import { Injectable } from '@nestjs/common';
import type { RoomView } from './room-view.js';

/** What a room list shows of the messages, which live on the floor above. */
export interface RoomActivity {
  /** In the service dialect's form. */
  lastMessage: unknown;
  unreadCount: number;
  lastSeq: number;
}

/** What someone who was away is told; messages in the service dialect's form. */
export interface MissedActivity {
  messages: unknown[];
  /** Messages they know that were edited or deleted since. */
  changes: unknown[];
  hasMore: boolean;
  changesHasMore: boolean;
  /** Everything up to here is told now. */
  upToSeq: number;
}

export interface RoomActivitySource {
  /** A socket of this server is about to join: what is stored from now on will be delivered to it. */
  beforeJoin(roomId: string): Promise<void>;
  missedSince(room: RoomView, afterSeq: number): Promise<MissedActivity>;
  activityOf(userId: string, roomIds: string[]): Promise<Map<string, RoomActivity>>;
}

/** Asked by rooms, answered by messages, which plug themselves in at start. */
@Injectable()
export class RoomActivityPort {
  private source: RoomActivitySource | undefined;

  plug(source: RoomActivitySource): void {
    this.source = source;
  }

  async beforeJoin(roomId: string): Promise<void> {
    await this.source?.beforeJoin(roomId);
  }

  async missedSince(room: RoomView, afterSeq: number): Promise<MissedActivity> {
    if (!this.source) return { messages: [], changes: [], hasMore: false, changesHasMore: false, upToSeq: 0 };
    return this.source.missedSince(room, afterSeq);
  }

  async activityOf(userId: string, roomIds: string[]): Promise<Map<string, RoomActivity>> {
    if (roomIds.length === 0 || !this.source) return new Map();
    return this.source.activityOf(userId, roomIds);
  }
}
