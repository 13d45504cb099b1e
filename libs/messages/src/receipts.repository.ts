import { Injectable } from '@nestjs/common';
import { Database, sharedLockSql, type Transaction } from '#libs/platform/database';
import { marksLock } from '#libs/rooms';
import type { ReceiptKind } from './entities/receipt.entity.js';
import type { StoredMessage } from './message-view.js';

/** What counts as unread: not one's own, not deleted, after the watermark and in no receipt. `p` is the participant. */
const UNREAD = `m.room_id = p.room_id AND m.seq > p.read_seq AND m.sender_id IS DISTINCT FROM p.user_id
  AND m.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM receipts x WHERE x.room_id = p.room_id
    AND x.user_id = p.user_id AND x.kind = 'read' AND x.seqs @> m.seq)`;

export interface Marks {
  readSeq: number;
  deliveredSeq: number;
}

export interface SeqRun {
  from: number;
  to: number;
}

/** A mark as the catch-up finds it. */
export interface FoundMark {
  kind: ReceiptKind;
  roomId: string;
  userId: string;
  messages: { id: string; seq: number }[];
  at: Date;
  fromSeq: number;
}

/** The catch-up looks through so many of the newest marks, and at so many messages of each. */
const MAX_FOUND = 50_000;
const MAX_FOUND_MESSAGES = 100;

/** Runs of neighbouring numbers: marking N messages writes as many rows as there are gaps between them. */
export function runsOf(seqs: number[]): SeqRun[] {
  const runs: SeqRun[] = [];
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && seq <= last.to + 1) last.to = Math.max(last.to, seq);
    else runs.push({ from: seq, to: seq });
  }
  return runs;
}

interface CountRow {
  room_id: string;
  count: string;
}

/** SQL of read and delivered marks. */
@Injectable()
export class ReceiptsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Marks of a participant, locked until the end of the transaction; undefined for one who is none. The room cannot be
   * erased meanwhile, which would wait for this row while the receipts that follow wait for the room.
   */
  async lockMarks(tx: Transaction, roomId: string, userId: string): Promise<Marks | undefined> {
    const rows = await tx.query<{ read_seq: string; delivered_seq: string }>(
      `WITH held AS MATERIALIZED (SELECT ${sharedLockSql('$3')})
       SELECT p.read_seq, p.delivered_seq FROM held, participants p
       WHERE p.room_id = $1 AND p.user_id = $2 AND p.left_at IS NULL FOR NO KEY UPDATE OF p`,
      [roomId, userId, marksLock(roomId)],
    );
    return rows[0] && { readSeq: Number(rows[0].read_seq), deliveredSeq: Number(rows[0].delivered_seq) };
  }

  /** Of these messages, those which are unread for the participant. */
  async unreadAmong(
    tx: Transaction,
    roomId: string,
    userId: string,
    ids: string[],
  ): Promise<{ id: string; seq: number }[]> {
    const rows = await tx.query<{ id: string; seq: string }>(
      `SELECT m.id, m.seq FROM participants p JOIN messages m ON ${UNREAD}
       WHERE p.room_id = $1 AND p.user_id = $2 AND m.id = ANY($3) ORDER BY m.seq`,
      [roomId, userId, ids],
    );
    return rows.map((row) => ({ id: row.id, seq: Number(row.seq) }));
  }

  /** The newest unread message up to `seq`. */
  async newestUnread(
    tx: Transaction,
    roomId: string,
    userId: string,
    upTo: number,
  ): Promise<{ id: string; seq: number } | undefined> {
    const rows = await tx.query<{ id: string; seq: string }>(
      `SELECT m.id, m.seq FROM participants p JOIN messages m ON ${UNREAD}
       WHERE p.room_id = $1 AND p.user_id = $2 AND m.seq <= $3 ORDER BY m.seq DESC LIMIT 1`,
      [roomId, userId, upTo],
    );
    return rows[0] && { id: rows[0].id, seq: Number(rows[0].seq) };
  }

  /** @returns when, by the clock of the database and in whole milliseconds, as it is shown */
  async add(
    tx: Transaction,
    roomId: string,
    userId: string,
    kind: ReceiptKind,
    runs: SeqRun[],
  ): Promise<Date> {
    const rows = await tx.query<{ at: Date }>(
      `WITH now AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS at)
       INSERT INTO receipts (room_id, user_id, kind, seqs, at)
       SELECT $1, $2, $3, int8range(f, t, '[]'), now.at FROM now, unnest($4::bigint[], $5::bigint[]) AS runs(f, t)
       RETURNING at`,
      [roomId, userId, kind, runs.map((run) => run.from), runs.map((run) => run.to)],
    );
    return (rows[0] as { at: Date }).at;
  }

  /** Marks of these rooms that are not older than that, with the newest messages that each is about. */
  async markedWithin(roomIds: readonly string[], sinceMs: number): Promise<FoundMark[]> {
    if (roomIds.length === 0) return [];
    return this.database.query<FoundMark>(
      `SELECT x.room_id AS "roomId", x.user_id AS "userId", x.kind, x.at, min(lower(x.seqs))::int AS "fromSeq",
         json_agg(json_build_object('id', m.id, 'seq', m.seq) ORDER BY m.seq) AS messages
       FROM receipts x CROSS JOIN LATERAL (
         SELECT id, seq FROM messages WHERE room_id = x.room_id AND seq >= lower(x.seqs) AND seq < upper(x.seqs)
           AND sender_id IS DISTINCT FROM x.user_id ORDER BY seq DESC LIMIT ${MAX_FOUND_MESSAGES}) m
       WHERE x.room_id = ANY($1) AND x.at > now() - $2 * interval '1 millisecond'
         AND x.id > (SELECT max(id) FROM receipts) - ${MAX_FOUND}
       GROUP BY x.room_id, x.user_id, x.kind, x.at ORDER BY max(x.id)`,
      [roomIds, Math.ceil(sinceMs)],
    );
  }

  /** Moves the watermark to just before the first message that is still unread. */
  async advance(tx: Transaction, roomId: string, userId: string): Promise<void> {
    await tx.query(
      `UPDATE participants p SET read_seq = greatest(p.read_seq, coalesce(
         (SELECT m.seq - 1 FROM messages m WHERE ${UNREAD} ORDER BY m.seq LIMIT 1),
         (SELECT last_seq FROM rooms WHERE id = p.room_id)))
       WHERE p.room_id = $1 AND p.user_id = $2`,
      [roomId, userId],
    );
  }

  /** Takes back read marks from `seq` on. */
  async unreadFrom(tx: Transaction, roomId: string, userId: string, seq: number): Promise<void> {
    const theirs = `room_id = $1 AND user_id = $2 AND kind = 'read'`;
    await tx.query(`DELETE FROM receipts WHERE ${theirs} AND lower(seqs) >= $3`, [roomId, userId, seq]);
    await tx.query(
      `UPDATE receipts SET seqs = int8range(lower(seqs), $3) WHERE ${theirs} AND seqs @> $3::bigint`,
      [roomId, userId, seq],
    );
    await tx.query(
      'UPDATE participants SET read_seq = least(read_seq, $3::bigint - 1) WHERE room_id = $1 AND user_id = $2',
      [roomId, userId, seq],
    );
  }

  async setDelivered(tx: Transaction, roomId: string, userId: string, seq: number): Promise<void> {
    await tx.query(
      'UPDATE participants SET delivered_seq = greatest(delivered_seq, $3) WHERE room_id = $1 AND user_id = $2',
      [roomId, userId, seq],
    );
  }

  /** When each message first reached, and was first read by, anyone but its sender. */
  async progressOf(
    messages: readonly Pick<StoredMessage, 'id' | 'roomId' | 'seq' | 'senderId'>[],
  ): Promise<Map<string, { deliveredAt: Date; readAt: Date | null }>> {
    if (messages.length === 0) return new Map();
    const rows = await this.database.query<{ id: string; delivered_at: Date; read_at: Date | null }>(
      `SELECT s.id, min(x.at) AS delivered_at, min(x.at) FILTER (WHERE x.kind = 'read') AS read_at
       FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) AS s(id, room_id, seq, sender_id)
       JOIN receipts x ON x.room_id = s.room_id AND x.seqs @> s.seq AND x.user_id IS DISTINCT FROM s.sender_id
       JOIN rooms ON rooms.id = s.room_id AND rooms.type <> 'broadcast'
       GROUP BY s.id`,
      [
        messages.map((message) => message.id),
        messages.map((message) => message.roomId),
        messages.map((message) => message.seq),
        messages.map((message) => message.senderId),
      ],
    );
    return new Map(rows.map((row) => [row.id, { deliveredAt: row.delivered_at, readAt: row.read_at }]));
  }

  /** Messages by room, in those of these rooms in which the user is no participant; waits for a turn, as lists do. */
  async unreadCountsFromOutside(userId: string, roomIds: string[]): Promise<Map<string, number>> {
    const rows = await this.database.read<CountRow>(
      'list',
      userId,
      `WITH outside AS MATERIALIZED (
         SELECT r.id FROM unnest($2::uuid[]) AS r(id) WHERE NOT EXISTS (
           SELECT 1 FROM participants p WHERE p.room_id = r.id AND p.user_id = $1 AND p.left_at IS NULL)
       )
       SELECT m.room_id, count(*) FROM outside JOIN messages m ON m.room_id = outside.id
       WHERE m.sender_id IS DISTINCT FROM $1 AND m.deleted_at IS NULL GROUP BY m.room_id`,
      [userId, roomIds],
    );
    return new Map(rows.map((row) => [row.room_id, Number(row.count)]));
  }

  /**
   * Unread messages by room, for these rooms or for all of the user's but those types; rooms without any are left out.
   * For more than one room it waits for a turn, as lists do.
   */
  async unreadCounts(
    userId: string,
    rooms: string[] | { exceptTypes: readonly string[] },
  ): Promise<Map<string, number>> {
    const [filter, values] = Array.isArray(rooms)
      ? ['p.room_id = ANY($2)', rooms]
      : ['r.type <> ALL($2)', rooms.exceptTypes];
    const sql = `SELECT p.room_id, u.count FROM participants p
       JOIN rooms r ON r.id = p.room_id AND r.last_seq > p.read_seq
       CROSS JOIN LATERAL (SELECT count(*) FROM messages m WHERE ${UNREAD}) u
       WHERE p.user_id = $1 AND p.left_at IS NULL AND u.count > 0 AND ${filter}`;
    const isList = !Array.isArray(rooms) || rooms.length > 1;
    const found = await (isList
      ? this.database.read<CountRow>('list', userId, sql, [userId, values])
      : this.database.query<CountRow>(sql, [userId, values]));
    return new Map(found.map((row) => [row.room_id, Number(row.count)]));
  }
}
