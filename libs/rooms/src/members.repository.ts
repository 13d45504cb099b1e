import { Injectable } from '@nestjs/common';
import { Database, groupedLoader, type Transaction } from '#libs/platform/database';
import { isStorableId } from '#libs/directory';
import type { ParticipantRole } from './entities/participant.entity.js';
import type { ParticipantView } from './room-view.js';

interface ParticipantRow {
  user_id: string;
  role: ParticipantRole;
  joined_at: Date;
  muted_until: Date | null;
}

const toView = (row: ParticipantRow): ParticipantView => ({
  userId: row.user_id,
  role: row.role,
  joinedAt: row.joined_at,
  mutedUntil: row.muted_until,
});

/** A person's rooms that are looked at: the most recently used ones. */
const MAX_ROOMS_OF_ONE = 1_000;
/** News of people who come and go may wait a moment, and must stay in order. */
export const PRESENCE_GROUPS = { inFlight: 1, gatherMs: 20 };
/** What a room shows of its people at first sight. */
export const FIRST_PARTICIPANTS = 200;

/** SQL of memberships. */
@Injectable()
export class MembersRepository {
  private readonly loadRoomIds = groupedLoader(
    (userIds: readonly string[]) => this.roomIdsOfEach(userIds),
    PRESENCE_GROUPS,
  );
  private readonly loadFirst = groupedLoader((roomIds: readonly string[]) => this.firstOfEach(roomIds));

  constructor(private readonly database: Database) {}

  /**
   * Adds people, or brings those back who had left; who is named twice gets the last role. For a transaction that holds
   * the room's lock, or has just made the room.
   * @returns the ids that were not in the room before.
   */
  async add(
    tx: Transaction,
    roomId: string,
    people: { userId: string; role: ParticipantRole }[],
  ): Promise<string[]> {
    if (people.length === 0) return [];
    const once = new Map(people.map((person) => [person.userId, person])).values();
    const ordered = [...once].sort((a, b) => (a.userId < b.userId ? -1 : 1));
    const rows = await tx.query<{ user_id: string }>(
      `INSERT INTO participants AS p (room_id, user_id, role)
       SELECT $1, user_id, role FROM unnest($2::text[], $3::text[]) AS t(user_id, role)
       ON CONFLICT (room_id, user_id) DO UPDATE SET left_at = NULL, role = EXCLUDED.role, joined_at = now(), archived_seq = NULL
         WHERE p.left_at IS NOT NULL
       RETURNING user_id`,
      [roomId, ordered.map((person) => person.userId), ordered.map((person) => person.role)],
    );
    return rows.map((row) => row.user_id);
  }

  /** @returns those who were in the room until now, as they were. */
  async remove(tx: Transaction, roomId: string, userIds: string[]): Promise<ParticipantView[]> {
    const rows = await tx.query<ParticipantRow>(
      `UPDATE participants SET left_at = now() WHERE room_id = $1 AND user_id = ANY($2) AND left_at IS NULL
       RETURNING user_id, role, joined_at, muted_until`,
      [roomId, userIds],
    );
    return rows.map(toView);
  }

  /** Of these people those who are known, not only named, and of one of these roles. */
  async knownAs(tx: Transaction, roles: readonly string[], userIds: string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      'SELECT id FROM users WHERE id = ANY($1) AND role = ANY($2) AND NOT placeholder',
      [userIds, roles],
    );
    return rows.map((row) => row.id);
  }

  /** A participant's row, locked until the end of the transaction, which holds the room's lock. */
  async lock(tx: Transaction, roomId: string, userId: string): Promise<ParticipantView | undefined> {
    if (!isStorableId(userId)) return undefined;
    const rows = await tx.query<ParticipantRow>(
      `SELECT user_id, role, joined_at, muted_until FROM participants
       WHERE room_id = $1 AND user_id = $2 AND left_at IS NULL FOR NO KEY UPDATE`,
      [roomId, userId],
    );
    return rows[0] && toView(rows[0]);
  }

  async setRole(tx: Transaction, roomId: string, userId: string, role: ParticipantRole): Promise<void> {
    await tx.query('UPDATE participants SET role = $3 WHERE room_id = $1 AND user_id = $2', [
      roomId,
      userId,
      role,
    ]);
  }

  /** Archived until the next message. */
  async setArchived(roomId: string, userId: string, archived: boolean): Promise<void> {
    await this.database.query(
      `UPDATE participants SET archived_seq = CASE WHEN $3 THEN (SELECT last_seq FROM rooms WHERE id = $1) END
       WHERE room_id = $1 AND user_id = $2`,
      [roomId, userId, archived],
    );
  }

  async idsOf(tx: Transaction, roomId: string): Promise<string[]> {
    const rows = await tx.query<{ user_id: string }>(
      'SELECT user_id FROM participants WHERE room_id = $1 AND left_at IS NULL',
      [roomId],
    );
    return rows.map((row) => row.user_id);
  }

  /** How many owners, and people at all, there are besides this one. */
  async otherOwners(
    tx: Transaction,
    roomId: string,
    userId: string,
  ): Promise<{ owners: number; people: number }> {
    const rows = await tx.query<{ owners: string; people: string }>(
      `SELECT count(*) FILTER (WHERE role = 'owner') AS owners, count(*) AS people
       FROM participants WHERE room_id = $1 AND user_id <> $2 AND left_at IS NULL`,
      [roomId, userId],
    );
    return { owners: Number(rows[0]?.owners ?? 0), people: Number(rows[0]?.people ?? 0) };
  }

  /** Of the others the one of the highest role, of these the one who has been in the room longest. */
  async nextOwner(tx: Transaction, roomId: string, leaving: string): Promise<ParticipantView | undefined> {
    const rows = await tx.query<ParticipantRow>(
      `SELECT user_id, role, joined_at, muted_until FROM participants
       WHERE room_id = $1 AND user_id <> $2 AND left_at IS NULL
       ORDER BY array_position(ARRAY['owner', 'admin', 'moderator', 'member'], role), joined_at, user_id LIMIT 1`,
      [roomId, leaving],
    );
    return rows[0] && toView(rows[0]);
  }

  async count(tx: Transaction, roomId: string): Promise<number> {
    const rows = await tx.query<{ count: string }>(
      'SELECT count(*) FROM participants WHERE room_id = $1 AND left_at IS NULL',
      [roomId],
    );
    return Number(rows[0]?.count ?? 0);
  }

  async countsOf(roomIds: string[]): Promise<Map<string, number>> {
    const rows = await this.database.query<{ room_id: string; count: string }>(
      'SELECT room_id, count(*) FROM participants WHERE room_id = ANY($1) AND left_at IS NULL GROUP BY room_id',
      [roomIds],
    );
    return new Map(rows.map((row) => [row.room_id, Number(row.count)]));
  }

  async countOf(roomId: string): Promise<number> {
    return (await this.countsOf([roomId])).get(roomId) ?? 0;
  }

  async list(roomId: string, limit: number, offset = 0): Promise<ParticipantView[]> {
    const rows = await this.database.query<ParticipantRow>(
      `SELECT user_id, role, joined_at, muted_until FROM participants WHERE room_id = $1 AND left_at IS NULL
       ORDER BY joined_at, user_id LIMIT $2 OFFSET $3`,
      [roomId, limit, offset],
    );
    return rows.map(toView);
  }

  /**
   * The first participants of a room, up to 200. When a server restarts, everyone asks at once, many of the same rooms,
   * so it goes in groups.
   */
  async first(roomId: string): Promise<readonly ParticipantView[]> {
    return (await this.loadFirst(roomId)) ?? [];
  }

  /** How many are in a room, and the newest `seq` that is stored there. */
  async summaryOf(roomId: string): Promise<{ participants: number; lastSeq: number }> {
    const rows = await this.database.query<{ participants: string; last_seq: string }>(
      `SELECT r.last_seq, (SELECT count(*) FROM participants p WHERE p.room_id = r.id AND p.left_at IS NULL) AS participants
       FROM rooms r WHERE r.id = $1`,
      [roomId],
    );
    return { participants: Number(rows[0]?.participants ?? 0), lastSeq: Number(rows[0]?.last_seq ?? 0) };
  }

  /** The first participants of each room, in order of joining. */
  async idsByRoom(roomIds: readonly string[], limit: number): Promise<Map<string, string[]>> {
    const rows = await this.database.query<{ room_id: string; ids: string[] }>(
      `SELECT r.id AS room_id, array(
         SELECT p.user_id FROM participants p WHERE p.room_id = r.id AND p.left_at IS NULL
         ORDER BY p.joined_at, p.user_id LIMIT $2) AS ids
       FROM unnest($1::uuid[]) AS r(id)`,
      [roomIds, limit],
    );
    return new Map(rows.map((row) => [row.room_id, row.ids]));
  }

  /** Whether the person archived the room, and no message brought it back. */
  async isArchived(roomId: string, userId: string): Promise<boolean> {
    const rows = await this.database.query<{ archived: boolean }>(
      `SELECT coalesce(p.archived_seq >= r.last_seq, false) AS archived FROM participants p
       JOIN rooms r ON r.id = p.room_id WHERE p.room_id = $1 AND p.user_id = $2 AND p.left_at IS NULL`,
      [roomId, userId],
    );
    return rows[0]?.archived ?? false;
  }

  /**
   * Rooms in which a person is a participant, up to 1,000, the most recently used first; no announcement rooms. Asked
   * for everyone who comes and goes, so it goes in groups.
   */
  async roomIdsOf(userId: string): Promise<string[]> {
    return (await this.loadRoomIds(userId)) ?? [];
  }

  /** People who share rooms of these types with each of these, those of the most recently used rooms first. */
  async partnersOf(
    userIds: readonly string[],
    types: readonly string[],
    limit: number,
  ): Promise<Map<string, string[]>> {
    const rows = await this.database.query<{ user_id: string; ids: string[] }>(
      `SELECT u.id AS user_id, array(
         SELECT other.user_id FROM participants mine
         JOIN rooms r ON r.id = mine.room_id AND r.type = ANY($2)
         JOIN participants other ON other.room_id = r.id AND other.left_at IS NULL AND other.user_id <> u.id
         WHERE mine.user_id = u.id AND mine.left_at IS NULL
         GROUP BY other.user_id ORDER BY max(coalesce(r.last_message_at, r.created_at)) DESC LIMIT $3) AS ids
       FROM unnest($1::text[]) AS u(id)`,
      [userIds, types, limit],
    );
    return new Map(rows.map((row) => [row.user_id, row.ids]));
  }

  /** Of these people, those who share a room (no announcement room, nor one of these types) with the user. */
  async sharersOf(userId: string, others: string[], exceptTypes: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ user_id: string }>(
      `SELECT DISTINCT other.user_id FROM participants mine
       JOIN participants other ON other.room_id = mine.room_id AND other.left_at IS NULL
       JOIN rooms r ON r.id = mine.room_id AND r.type <> 'broadcast' AND r.type <> ALL($3)
       WHERE mine.user_id = $1 AND mine.left_at IS NULL AND other.user_id = ANY($2)`,
      [userId, others, exceptTypes],
    );
    return new Set(rows.map((row) => row.user_id));
  }

  private async firstOfEach(roomIds: readonly string[]): Promise<Map<string, ParticipantView[]>> {
    const rows = await this.database.query<ParticipantRow & { room_id: string }>(
      `SELECT r.id AS room_id, p.* FROM unnest($1::uuid[]) AS r(id), LATERAL (
         SELECT user_id, role, joined_at, muted_until FROM participants
         WHERE room_id = r.id AND left_at IS NULL ORDER BY joined_at, user_id LIMIT $2) AS p`,
      [roomIds, FIRST_PARTICIPANTS],
    );
    const found = new Map<string, ParticipantView[]>(roomIds.map((id) => [id, []]));
    for (const row of rows) found.get(row.room_id)?.push(toView(row));
    return found;
  }

  private async roomIdsOfEach(userIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.database.query<{ user_id: string; ids: string[] }>(
      `SELECT u.id AS user_id, array(
         SELECT p.room_id FROM participants p JOIN rooms r ON r.id = p.room_id
         WHERE p.user_id = u.id AND p.left_at IS NULL AND r.type <> 'broadcast'
         ORDER BY r.last_message_at DESC NULLS LAST LIMIT $2) AS ids
       FROM unnest($1::text[]) AS u(id)`,
      [userIds, MAX_ROOMS_OF_ONE],
    );
    return new Map(rows.map((row) => [row.user_id, row.ids]));
  }
}
