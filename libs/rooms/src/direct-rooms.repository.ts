import { Injectable } from '@nestjs/common';
import { advisoryLock, type Transaction } from '#libs/platform/database';
import { ENDED } from './room-policy.js';
import { ROOM_COLUMNS, toRoomView, type RoomRow, type RoomView } from './room-view.js';

/** Two people have one direct room that all contracts share. */
export const directDedupeKey = (people: readonly string[]): string =>
  `direct:${JSON.stringify([...people].sort())}`;

/** SQL of the direct rooms of two people: the one that all contracts share, and sessions that followed it. */
@Injectable()
export class DirectRoomsRepository {
  /**
   * Until the end of the transaction nobody else opens or reopens a session of these two. To be taken before the lock
   * of a room of theirs.
   */
  async hold(tx: Transaction, people: readonly string[]): Promise<void> {
    await advisoryLock(tx, directDedupeKey(people));
  }

  /** The two whom a room is or was between. */
  async peopleOf(tx: Transaction, roomId: string): Promise<string[]> {
    const rows = await tx.query<{ user_id: string }>('SELECT user_id FROM participants WHERE room_id = $1', [
      roomId,
    ]);
    return rows.map((row) => row.user_id);
  }

  /** A room of these two that has not ended and that at least one of them is in; the shared one before others. */
  async openOf(tx: Transaction, people: readonly string[]): Promise<RoomView | undefined> {
    const rows = await tx.query<RoomRow>(
      `SELECT ${ROOM_COLUMNS} FROM rooms r
       WHERE r.type = 'direct' AND r.status <> ALL($2) AND r.id IN (
         SELECT present.room_id FROM participants present
         JOIN participants other ON other.room_id = present.room_id AND other.user_id <> present.user_id
         WHERE present.user_id = ANY($1) AND present.left_at IS NULL AND other.user_id = ANY($1))
       ORDER BY r.dedupe_key NULLS LAST, r.id DESC LIMIT 1`,
      [people, ENDED],
    );
    return rows[0] && toRoomView(rows[0]);
  }
}
