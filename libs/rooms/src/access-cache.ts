import { LRUCache } from 'lru-cache';
import type { RoomView, Standing } from './room-view.js';

const MAX_ROOMS = 20_000;
const MAX_STANDINGS = 200_000;
/** A missed invalidation heals after this. */
const TTL_MS = 60_000;
/** The clock is read once in this time, not for each look-up. */
const TTL_RESOLUTION_MS = 1_000;

/**
 * Rooms, and where people stand with them, as read lately, so that an ordinary message costs no SELECT. What was being read while
 * it changed is not kept: every invalidation starts a new epoch.
 */
export class AccessCache {
  private readonly ids = new LRUCache<string, string>({
    max: MAX_ROOMS,
    ttl: TTL_MS,
    ttlResolution: TTL_RESOLUTION_MS,
  });
  private readonly rooms = new LRUCache<string, RoomView>({
    max: MAX_ROOMS,
    ttl: TTL_MS,
    ttlResolution: TTL_RESOLUTION_MS,
  });
  private readonly standings = new LRUCache<string, Standing>({
    max: MAX_STANDINGS,
    ttl: TTL_MS,
    ttlResolution: TTL_RESOLUTION_MS,
  });
  private epoch = 0;

  begin(): number {
    return this.epoch;
  }

  roomByRef(ref: string): RoomView | undefined {
    return this.rooms.get(this.ids.get(ref) ?? ref);
  }

  keepRoom(room: RoomView, epoch: number): void {
    if (epoch !== this.epoch) return;
    if (room.key !== null) this.ids.set(room.key, room.id);
    this.rooms.set(room.id, room);
  }

  standing(roomId: string, userId: string): Standing | undefined {
    return this.standings.get(`${roomId}:${userId}`);
  }

  keepStanding(roomId: string, userId: string, standing: Standing, epoch: number): void {
    if (epoch === this.epoch) this.standings.set(`${roomId}:${userId}`, standing);
  }

  forgetRoom(roomId: string): void {
    this.epoch += 1;
    this.rooms.delete(roomId);
  }

  forgetStanding(roomId: string, userId: string): void {
    this.epoch += 1;
    this.standings.delete(`${roomId}:${userId}`);
  }

  clear(): void {
    this.epoch += 1;
    this.ids.clear();
    this.rooms.clear();
    this.standings.clear();
  }
}
