import { Injectable } from '@nestjs/common';
import { CUSTOMER_ROLES } from '#libs/platform/auth';
import { Database, type Transaction } from '#libs/platform/database';
import { isBannedSql } from './banned.sql.js';
import type { RoomStatus } from './entities/room.entity.js';
import { ROOM_COLUMNS, toRoomView, type RoomRow, type RoomView } from './room-view.js';

/** Sessions that are open and that nobody has; reopened ones that never had anyone are among them. */
const QUEUED = "r.type = 'support' AND r.status IN ('waiting', 'active') AND r.assignee_id IS NULL";
/** What a person archived counts as closed for them, and so does what is blocked. */
const ARCHIVED = 'coalesce(p.archived_seq >= r.last_seq, false)';
const SHOWN_STATUS = `CASE WHEN r.status = 'blocked' OR ${ARCHIVED} THEN 'closed' ELSE r.status END`;

export interface SupportSession {
  room: RoomView;
  /** Archived by the one who asks. */
  archived: boolean;
}

interface SessionRow extends RoomRow {
  archived: boolean;
}

/** SQL of the support queue. */
@Injectable()
export class SupportQueueRepository {
  constructor(private readonly database: Database) {}

  /** One statement judges and takes: of two agents at once, one gets the room and the other nothing. */
  async take(
    tx: Transaction,
    roomId: string,
    userId: string,
  ): Promise<{ room: RoomView; previousStatus: RoomStatus } | undefined> {
    const rows = await tx.query<RoomRow & { previous_status: RoomStatus }>(
      `UPDATE rooms r SET status = 'active', assignee_id = $2, updated_at = now()
       FROM (SELECT r.id, r.status FROM rooms r WHERE r.id = $1 AND ${QUEUED} FOR NO KEY UPDATE) before
       WHERE r.id = before.id RETURNING ${ROOM_COLUMNS}, before.status AS previous_status`,
      [roomId, userId],
    );
    return rows[0] && { room: toRoomView(rows[0]), previousStatus: rows[0].previous_status };
  }

  /** @returns undefined when the session is not active any more, or somebody else's. */
  async release(tx: Transaction, roomId: string, assigneeId: string): Promise<RoomView | undefined> {
    const rows = await tx.query<RoomRow>(
      `UPDATE rooms r SET status = 'waiting', assignee_id = NULL, updated_at = now()
       WHERE r.id = $1 AND r.type = 'support' AND r.status = 'active' AND r.assignee_id = $2
       RETURNING ${ROOM_COLUMNS}`,
      [roomId, assigneeId],
    );
    return rows[0] && toRoomView(rows[0]);
  }

  /** As this person sees it, the longest wait first. */
  async queue(userId: string, limit: number, offset: number): Promise<{ rooms: RoomView[]; total: number }> {
    const from = `FROM rooms r WHERE ${QUEUED} AND NOT ${isBannedSql('r.id', '$1')}`;
    const [rows, counted] = await Promise.all([
      this.database.read<RoomRow>(
        'list',
        userId,
        `SELECT ${ROOM_COLUMNS} ${from} ORDER BY r.created_at, r.id LIMIT $2 OFFSET $3`,
        [userId, limit, offset],
      ),
      this.database.read<{ count: string }>('list', userId, `SELECT count(*) ${from}`, [userId]),
    ]);
    return { rooms: rows.map(toRoomView), total: Number(counted[0]?.count ?? 0) };
  }

  /**
   * Conversations of a person, the newest first; with the queue, that comes before them, the longest wait first.
   * Statuses are as the person sees them.
   */
  async sessionsOf(
    userId: string,
    withQueue: boolean,
    statuses: readonly string[],
    exceptTypes: readonly string[],
    limit: number,
    offset: number,
  ): Promise<SupportSession[]> {
    const rows = await this.database.read<SessionRow>(
      'list',
      userId,
      `WITH found AS (
         SELECT p.room_id AS id FROM participants p WHERE p.user_id = $1 AND p.left_at IS NULL
         UNION SELECT r.id FROM rooms r WHERE $2 AND ${QUEUED} AND NOT ${isBannedSql('r.id', '$1')}
       ), sessions AS (
         SELECT ${ROOM_COLUMNS}, ${ARCHIVED} AS archived, $2 AND ${QUEUED} AS queued FROM found
         JOIN rooms r ON r.id = found.id AND r.type <> 'broadcast' AND r.type <> ALL($6)
         LEFT JOIN participants p ON p.room_id = r.id AND p.user_id = $1 AND p.left_at IS NULL
         WHERE ${SHOWN_STATUS} = ANY($3)
       )
       SELECT * FROM sessions
       ORDER BY queued DESC, CASE WHEN queued THEN created_at END, created_at DESC, id DESC LIMIT $4 OFFSET $5`,
      [userId, withQueue, statuses, limit, offset, exceptTypes],
    );
    return rows.map((row) => ({ room: toRoomView(row), archived: row.archived }));
  }

  /** Whom each conversation is for: its customer, else the one who opened it; also when they left. */
  async customersOf(roomIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ room_id: string; user_id: string }>(
      `SELECT DISTINCT ON (p.room_id) p.room_id, p.user_id
       FROM participants p JOIN users u ON u.id = p.user_id JOIN rooms r ON r.id = p.room_id
       WHERE p.room_id = ANY($1::uuid[]) AND (u.role = ANY($2) OR p.user_id = r.created_by)
       ORDER BY p.room_id, u.role = ANY($2) DESC, p.joined_at, p.user_id`,
      [roomIds, CUSTOMER_ROLES],
    );
    return new Map(rows.map((row) => [row.room_id, row.user_id]));
  }
}
