import { Injectable } from '@nestjs/common';
import { Database, escapeLike, type Transaction } from '#libs/platform/database';
import { changedAfter } from './changed-after.sql.js';
import {
  MESSAGE_COLUMNS,
  toStored,
  type MessageRow,
  type ReadMark,
  type StoredMessage,
} from './message-view.js';

/** Readers named in one page at most; large channels have more than a client can show. */
const MAX_MARKS = 5_000;

export interface HistoryFilter {
  before?: Date;
  after?: Date;
  afterSeq?: number;
  beforeSeq?: number;
  /** Only messages up to this one that were edited or deleted since it was stored. */
  changedAfterSeq?: number;
  search?: string;
  type?: string;
}

export interface RoomMarks {
  lastSeq: number;
  lastChange: number;
}

/** The next number of the room's edits and deletions, for one that changes something: of message $2 in room $1. */
const NEXT_CHANGE = `next AS (
  UPDATE rooms SET last_change = last_change + 1
  WHERE id = $1 AND EXISTS (SELECT FROM messages WHERE id = $2 AND deleted_at IS NULL) RETURNING last_change AS change_no
)`;

/** SQL of stored messages; writing goes by MessageWriter. */
@Injectable()
export class MessagesRepository {
  constructor(private readonly database: Database) {}

  async lastSeq(roomId: string): Promise<number> {
    return (await this.marksOf([roomId])).get(roomId)?.lastSeq ?? 0;
  }

  /** How many messages were stored, and how many edits and deletions made, in each of these rooms. */
  async marksOf(roomIds: readonly string[]): Promise<Map<string, RoomMarks>> {
    const rows = await this.database.query<{ id: string; last_seq: string; last_change: string }>(
      'SELECT id, last_seq, last_change FROM rooms WHERE id = ANY($1)',
      [roomIds],
    );
    return new Map(
      rows.map((row) => [row.id, { lastSeq: Number(row.last_seq), lastChange: Number(row.last_change) }]),
    );
  }

  /** Messages with `from` <= seq <= `to`, oldest first. Cost does not depend on how deep in the room they are. */
  async slice(
    roomId: string,
    from: number,
    to: number,
    on: Pick<Transaction, 'query'> = this.database,
  ): Promise<StoredMessage[]> {
    const rows = await on.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.room_id = $1 AND m.seq BETWEEN $2 AND $3 ORDER BY m.seq`,
      [roomId, from, to],
    );
    return rows.map(toStored);
  }

  /**
   * A page of what the filter lets through: page 1 is the newest slice (with `afterSeq` the oldest), inside a page
   * oldest first. Times are compared as the API shows them, in milliseconds: a message is not after itself. May have to
   * read the whole room, so it waits for its turn (`Database.read`).
   */
  async filtered(
    userId: string,
    roomId: string,
    filter: HistoryFilter,
    limit: number,
    offset: number,
  ): Promise<{ messages: StoredMessage[]; total: number }> {
    const params: unknown[] = [roomId];
    const where = ['m.room_id = $1'];
    const add = (condition: (at: string) => string, value: unknown): void => {
      params.push(value);
      where.push(condition(`$${params.length}`));
    };
    if (filter.before) add((at) => `m.created_at < ${at}`, filter.before);
    if (filter.after)
      add((at) => `m.created_at >= ${at}::timestamptz + interval '1 millisecond'`, filter.after);
    if (filter.afterSeq !== undefined) add((at) => `m.seq > ${at}`, filter.afterSeq);
    if (filter.beforeSeq !== undefined) add((at) => `m.seq < ${at}`, filter.beforeSeq);
    if (filter.changedAfterSeq !== undefined) add((at) => changedAfter('$1', at), filter.changedAfterSeq);
    if (filter.type) add((at) => `m.type = ${at}`, filter.type);
    if (filter.search) {
      where.push('m.deleted_at IS NULL');
      add((at) => `m.content ILIKE ${at}`, `%${escapeLike(filter.search)}%`);
    }
    const kind = filter.search ? 'search' : 'list';
    const from = `FROM messages m WHERE ${where.join(' AND ')}`;
    const order = filter.afterSeq === undefined ? 'DESC' : 'ASC';
    const [rows, counted] = await Promise.all([
      this.database.read<MessageRow>(
        kind,
        userId,
        `SELECT ${MESSAGE_COLUMNS} ${from} ORDER BY m.seq ${order} LIMIT ${limit} OFFSET ${offset}`,
        params,
      ),
      this.database.read<{ count: string }>(kind, userId, `SELECT count(*) ${from}`, params),
    ]);
    const messages = rows.map(toStored).sort((a, b) => a.seq - b.seq);
    return { messages, total: Number(counted[0]?.count ?? 0) };
  }

  /** Messages whose last edit or deletion has a higher number than this, in that order. */
  async changedSince(roomId: string, changeNo: number, limit: number): Promise<StoredMessage[]> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM message_changes c JOIN messages m ON m.id = c.message_id
       WHERE c.room_id = $1 AND c.change_no > $2 ORDER BY c.change_no LIMIT ${limit}`,
      [roomId, changeNo],
    );
    return rows.map(toStored);
  }

  /** Of these rooms messages that were edited or deleted lately (ms), by the database's clock, in that order. */
  async changedWithin(roomIds: readonly string[], ms: number, limit: number): Promise<StoredMessage[]> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m
       WHERE m.room_id = ANY($1) AND m.changed_at > now() - $2 * interval '1 millisecond'
       ORDER BY m.changed_at LIMIT ${limit}`,
      [roomIds, Math.ceil(ms)],
    );
    return rows.map(toStored);
  }

  /** Messages up to `seq` that were edited or deleted since it was stored, oldest message first. */
  async changedAfter(roomId: string, seq: number, limit: number): Promise<StoredMessage[]> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m
       WHERE m.room_id = $1 AND ${changedAfter('$1', '$2')} ORDER BY m.seq LIMIT ${limit}`,
      [roomId, seq],
    );
    return rows.map(toStored);
  }

  async pinned(roomId: string, limit: number): Promise<StoredMessage[]> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.room_id = $1 AND m.pinned_at IS NOT NULL
       ORDER BY m.pinned_at DESC LIMIT ${limit}`,
      [roomId],
    );
    return rows.map(toStored);
  }

  async countPinned(tx: Transaction, roomId: string): Promise<number> {
    const rows = await tx.query<{ count: string }>(
      'SELECT count(*) FROM messages WHERE room_id = $1 AND pinned_at IS NOT NULL',
      [roomId],
    );
    return Number(rows[0]?.count ?? 0);
  }

  /**
   * Until the end of the transaction no message is stored in this room; before `lock`, as deleting a room locks them.
   * @returns the `seq` of the newest message, for a change that is ordered by it.
   */
  async holdSeq(tx: Transaction, roomId: string): Promise<number> {
    const rows = await tx.query<{ last_seq: string }>(
      'SELECT last_seq FROM rooms WHERE id = $1 FOR NO KEY UPDATE',
      [roomId],
    );
    return Number(rows[0]?.last_seq ?? 0);
  }

  async lock(tx: Transaction, id: string): Promise<StoredMessage | undefined> {
    const rows = await tx.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.id = $1 FOR NO KEY UPDATE`,
      [id],
    );
    return rows[0] && toStored(rows[0]);
  }

  /** @param afterSeq as `holdSeq` answers */
  async setContent(
    tx: Transaction,
    { id, roomId }: StoredMessage,
    afterSeq: number,
    { content, mentions }: Pick<StoredMessage, 'content' | 'mentions'>,
  ): Promise<StoredMessage> {
    const rows = await tx.query<MessageRow>(
      `WITH ${NEXT_CHANGE}
       UPDATE messages m SET content = $3, mentions = $4, edited_at = clock_timestamp(), changed_at = clock_timestamp(),
         change_no = next.change_no FROM next WHERE m.id = $2 RETURNING ${MESSAGE_COLUMNS}`,
      [roomId, id, content, mentions.length > 0 ? mentions : null],
    );
    const changed = toStored(rows[0] as MessageRow);
    await this.noteChange(tx, changed, afterSeq);
    return changed;
  }

  async setPinned(tx: Transaction, id: string, pinnedBy: string | null): Promise<StoredMessage> {
    const rows = await tx.query<MessageRow>(
      `UPDATE messages m SET pinned_by = $2, pinned_at = CASE WHEN $2::text IS NULL THEN NULL ELSE now() END
       WHERE m.id = $1 RETURNING ${MESSAGE_COLUMNS}`,
      [id, pinnedBy],
    );
    return toStored(rows[0] as MessageRow);
  }

  /** @param afterSeq as `holdSeq` answers. @returns the tombstone, or undefined where it was one already. */
  async removeContent(
    tx: Transaction,
    { id, roomId }: StoredMessage,
    afterSeq: number,
  ): Promise<StoredMessage | undefined> {
    const rows = await tx.query<MessageRow>(
      `WITH ${NEXT_CHANGE}
       UPDATE messages m SET content = '', metadata = '{}', mentions = NULL, pinned_at = NULL, pinned_by = NULL,
         deleted_at = clock_timestamp(), changed_at = clock_timestamp(), change_no = next.change_no
       FROM next WHERE m.id = $2 AND m.deleted_at IS NULL RETURNING ${MESSAGE_COLUMNS}`,
      [roomId, id],
    );
    await tx.query('DELETE FROM message_edits WHERE message_id = $1', [id]);
    await tx.query('DELETE FROM reactions WHERE message_id = $1', [id]);
    const removed = rows[0] && toStored(rows[0]);
    if (removed) await this.noteChange(tx, removed, afterSeq);
    return removed;
  }

  private async noteChange(
    tx: Transaction,
    { id, roomId, changeNo }: StoredMessage,
    afterSeq: number,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO message_changes (message_id, room_id, after_seq, change_no) VALUES ($1, $2, $3, $4)
       ON CONFLICT (message_id) DO UPDATE SET after_seq = excluded.after_seq, change_no = excluded.change_no`,
      [id, roomId, afterSeq, changeNo],
    );
  }

  async byId(id: string): Promise<StoredMessage | undefined> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.id = $1`,
      [id],
    );
    return rows[0] && toStored(rows[0]);
  }

  /** Of any room; the caller has found their ids in messages that it may read. */
  async withIds(ids: readonly string[]): Promise<StoredMessage[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.id = ANY($1)`,
      [ids],
    );
    return rows.map(toStored);
  }

  async byIds(roomId: string, ids: string[]): Promise<StoredMessage[]> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.room_id = $1 AND m.id = ANY($2) ORDER BY m.seq`,
      [roomId, ids],
    );
    return rows.map(toStored);
  }

  async byClientKey(roomId: string, senderId: string, clientKey: string): Promise<StoredMessage | undefined> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.room_id = $1 AND m.sender_id = $2 AND m.client_key = $3`,
      [roomId, senderId, clientKey],
    );
    return rows[0] && toStored(rows[0]);
  }

  /** The newest message of each room. */
  async newestOf(roomIds: string[]): Promise<Map<string, StoredMessage>> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM rooms r JOIN messages m ON m.room_id = r.id AND m.seq = r.last_seq WHERE r.id = ANY($1)`,
      [roomIds],
    );
    return new Map(rows.map((row) => [row.room_id, toStored(row)]));
  }

  /** Who read which of these messages first when, by message id; readers of announcements do not hear of each other. */
  async readMarks(messages: readonly StoredMessage[]): Promise<Map<string, ReadMark[]>> {
    const marks = new Map<string, ReadMark[]>();
    if (messages.length === 0) return marks;
    const rows = await this.database.query<{ id: string; user_id: string; at: Date }>(
      `SELECT s.id, r.user_id, min(r.at) AS at
       FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) AS s(id, room_id, seq, sender_id)
       JOIN receipts r ON r.room_id = s.room_id AND r.seqs @> s.seq AND r.kind = 'read'
         AND r.user_id IS DISTINCT FROM s.sender_id
       JOIN rooms ON rooms.id = s.room_id AND rooms.type <> 'broadcast'
       GROUP BY s.id, r.user_id ORDER BY at LIMIT ${MAX_MARKS}`,
      [
        messages.map((message) => message.id),
        messages.map((message) => message.roomId),
        messages.map((message) => message.seq),
        messages.map((message) => message.senderId),
      ],
    );
    for (const row of rows) {
      const list = marks.get(row.id) ?? [];
      list.push({ userId: row.user_id, at: row.at });
      marks.set(row.id, list);
    }
    return marks;
  }
}
