import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Database, escapeLike, type Transaction } from '#libs/platform/database';
import type { RoomPriority, RoomStatus, RoomType } from './entities/room.entity.js';
import { ROOM_COLUMNS, toRoomView, type RoomRow, type RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';

export interface NewRoom {
  type: RoomType;
  status?: RoomStatus;
  /** Or made of the new room's id. */
  key?: string | ((id: string) => string);
  dedupeKey?: string;
  name?: string;
  description?: string;
  subject?: string;
  category?: string;
  priority?: RoomPriority;
  isPrivate?: boolean;
  maxMembers?: number | null;
  createdBy?: string | null;
  contextType?: string;
  contextId?: string;
  metadata?: Record<string, unknown>;
}

export interface RoomFilter {
  types?: string[];
  exceptTypes?: readonly string[];
  statuses?: string[];
  archived?: boolean;
  /** With `statuses`: archived rooms too, whatever their status. */
  orArchived?: boolean;
  contextType?: string;
  contextId?: string;
  search?: string;
}

export interface MyRoom {
  room: RoomView;
  role: string;
  archived: boolean;
  lastMessageAt: Date | null;
}

export type RoomPatch = Partial<
  Pick<
    RoomView,
    | 'name'
    | 'description'
    | 'subject'
    | 'category'
    | 'priority'
    | 'isPrivate'
    | 'maxMembers'
    | 'metadata'
    | 'status'
    | 'closedAt'
    | 'blockedBy'
  >
>;

const COLUMN_OF = {
  name: 'name',
  description: 'description',
  subject: 'subject',
  category: 'category',
  priority: 'priority',
  isPrivate: 'is_private',
  maxMembers: 'max_members',
  metadata: 'metadata',
  status: 'status',
  closedAt: 'closed_at',
  blockedBy: 'blocked_by',
} as const satisfies Record<keyof RoomPatch, string>;

/** A new message brings an archived conversation back: nothing has to be written for that. */
const ARCHIVED = '(p.archived_seq IS NOT NULL AND p.archived_seq >= r.last_seq)';

/** SQL of rooms. */
@Injectable()
export class RoomsRepository {
  constructor(private readonly database: Database) {}

  /** Inserts, or answers the room that already has this key or dedupe key. */
  async insertOrGet(tx: Transaction, room: NewRoom): Promise<{ room: RoomView; created: boolean }> {
    const id = uuid();
    const key = typeof room.key === 'function' ? room.key(id) : (room.key ?? null);
    const inserted = await tx.query<RoomRow>(
      `INSERT INTO rooms AS r (id, key, dedupe_key, type, status, name, description, subject, category, priority,
         is_private, max_members, created_by, context_type, context_id, metadata)
       VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)
       ON CONFLICT DO NOTHING RETURNING ${ROOM_COLUMNS}`,
      [
        id,
        key,
        room.dedupeKey ?? null,
        room.type,
        room.status ?? 'active',
        room.name ?? null,
        room.description ?? null,
        room.subject ?? null,
        room.category ?? null,
        room.priority ?? 'normal',
        room.isPrivate ?? true,
        room.maxMembers ?? null,
        room.createdBy ?? null,
        room.contextType ?? null,
        room.contextId ?? null,
        room.metadata ?? {},
      ],
    );
    if (inserted[0]) return { room: toRoomView(inserted[0]), created: true };
    const existing = await tx.query<RoomRow>(
      `SELECT ${ROOM_COLUMNS} FROM rooms r WHERE r.key = $1 OR r.dedupe_key = $2`,
      [key, room.dedupeKey ?? null],
    );
    return { room: toRoomView(existing[0] as RoomRow), created: false };
  }

  async byDedupeKey(tx: Pick<Transaction, 'query'>, dedupeKey: string): Promise<RoomView | undefined> {
    const rows = await tx.query<RoomRow>(`SELECT ${ROOM_COLUMNS} FROM rooms r WHERE r.dedupe_key = $1`, [
      dedupeKey,
    ]);
    return rows[0] && toRoomView(rows[0]);
  }

  /**
   * The room as it is now, locked until the end of the transaction. Whoever changes a room or its people takes this
   * lock before any row of theirs. Rows that only refer to the room are inserted beside it.
   * @throws ROOM_NOT_FOUND for one that was deleted meanwhile
   */
  async lock(tx: Transaction, id: string): Promise<RoomView> {
    const rows = await tx.query<RoomRow>(
      `SELECT ${ROOM_COLUMNS} FROM rooms r WHERE r.id = $1 FOR NO KEY UPDATE`,
      [id],
    );
    if (!rows[0]) throw roomErrors.notFound();
    return toRoomView(rows[0]);
  }

  async update(tx: Transaction, id: string, patch: RoomPatch): Promise<RoomView> {
    const fields = (Object.keys(patch) as (keyof RoomPatch)[]).filter((field) => patch[field] !== undefined);
    const sets = fields.map((field, index) => `${COLUMN_OF[field]} = $${index + 2}`);
    const rows = await tx.query<RoomRow>(
      `UPDATE rooms AS r SET ${['updated_at = now()', ...sets].join(', ')} WHERE r.id = $1 RETURNING ${ROOM_COLUMNS}`,
      [id, ...fields.map((field) => patch[field])],
    );
    return toRoomView(rows[0] as RoomRow);
  }

  /** Rooms of a person, the most recently used first. */
  async listOf(
    userId: string,
    filter: RoomFilter,
    limit: number,
    offset: number,
  ): Promise<{ rooms: MyRoom[]; total: number }> {
    const params: unknown[] = [userId];
    const where = ['p.user_id = $1', 'p.left_at IS NULL'];
    const add = (condition: (placeholder: string) => string, value: unknown): void => {
      params.push(value);
      where.push(condition(`$${params.length}`));
    };
    if (filter.types) add((at) => `r.type = ANY(${at})`, filter.types);
    if (filter.exceptTypes?.length) add((at) => `r.type <> ALL(${at})`, filter.exceptTypes);
    if (filter.statuses)
      add((at) => `(r.status = ANY(${at})${filter.orArchived ? ` OR ${ARCHIVED}` : ''})`, filter.statuses);
    if (filter.contextType) add((at) => `r.context_type = ${at}`, filter.contextType);
    if (filter.contextId) add((at) => `r.context_id = ${at}`, filter.contextId);
    if (filter.archived !== undefined) where.push(`${ARCHIVED} = ${filter.archived}`);
    if (filter.search)
      add((at) => `(r.name ILIKE ${at} OR r.subject ILIKE ${at})`, `%${escapeLike(filter.search)}%`);
    const from = `FROM participants p JOIN rooms r ON r.id = p.room_id WHERE ${where.join(' AND ')}`;
    const [rows, counted] = await Promise.all([
      this.database.read<RoomRow & { role: string; archived: boolean; last_message_at: Date | null }>(
        'list',
        userId,
        `SELECT ${ROOM_COLUMNS}, p.role, ${ARCHIVED} AS archived, r.last_message_at ${from}
         ORDER BY coalesce(r.last_message_at, r.created_at) DESC, r.id DESC LIMIT ${limit} OFFSET ${offset}`,
        params,
      ),
      this.database.read<{ count: string }>('list', userId, `SELECT count(*) ${from}`, params),
    ]);
    const rooms = rows.map((row) => ({
      room: toRoomView(row),
      role: row.role,
      archived: row.archived,
      lastMessageAt: row.last_message_at,
    }));
    return { rooms, total: Number(counted[0]?.count ?? 0) };
  }
}
