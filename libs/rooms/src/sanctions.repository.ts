import { Injectable } from '@nestjs/common';
import type { Transaction } from '#libs/platform/database';

/** A mute or a ban, which may have ended. */
export interface Sanction {
  until: Date;
  /** Of who imposed it; 0 where that was not written down. */
  rank: number;
}

export interface Sanctions {
  mute: Sanction | null;
  ban: Sanction | null;
}

/** Who mutes or bans, and with what rank (`sanctionRank`). */
export interface Imposer {
  id: string;
  rank: number;
}

const NONE: Sanctions = { mute: null, ban: null };

/** SQL of mutes and bans, for transactions that hold the room's lock. */
@Injectable()
export class SanctionsRepository {
  /** Of somebody who need not be in the room. */
  async of(tx: Transaction, roomId: string, userId: string): Promise<Sanctions> {
    const rows = await tx.query<{
      muted_until: Date | null;
      muted_rank: number | null;
      banned_until: Date | null;
      banned_rank: number | null;
    }>(
      `SELECT muted_until, muted_rank, banned_until, banned_rank FROM participants
       WHERE room_id = $1 AND user_id = $2 FOR NO KEY UPDATE`,
      [roomId, userId],
    );
    if (!rows[0]) return NONE;
    const { muted_until, muted_rank, banned_until, banned_rank } = rows[0];
    return {
      mute: muted_until && { until: muted_until, rank: muted_rank ?? 0 },
      ban: banned_until && { until: banned_until, rank: banned_rank ?? 0 },
    };
  }

  /** The longest ban that is in force for any of these people. */
  async latestBan(tx: Transaction, roomId: string, userIds: string[]): Promise<Date | undefined> {
    const rows = await tx.query<{ until: Date | null }>(
      `SELECT max(banned_until) AS until FROM participants
       WHERE room_id = $1 AND user_id = ANY($2) AND banned_until > now()`,
      [roomId, userIds],
    );
    return rows[0]?.until ?? undefined;
  }

  /** @param until null ends it */
  async setMute(
    tx: Transaction,
    by: Imposer,
    roomId: string,
    userId: string,
    until: Date | null,
  ): Promise<void> {
    await tx.query(
      'UPDATE participants SET muted_until = $3, muted_by = $4, muted_rank = $5 WHERE room_id = $1 AND user_id = $2',
      [roomId, userId, until, ...(until ? [by.id, by.rank] : [null, null])],
    );
  }

  /** Also for people who are not, or no longer, in the room. */
  async setBan(tx: Transaction, by: Imposer, roomId: string, userId: string, until: Date): Promise<void> {
    await tx.query(
      `INSERT INTO participants (room_id, user_id, banned_until, banned_by, banned_rank, left_at)
       VALUES ($1, $2, $3, $4, $5, now())
       ON CONFLICT (room_id, user_id) DO UPDATE SET banned_until = EXCLUDED.banned_until,
         banned_by = EXCLUDED.banned_by, banned_rank = EXCLUDED.banned_rank`,
      [roomId, userId, until, by.id, by.rank],
    );
  }

  async endBan(tx: Transaction, roomId: string, userId: string): Promise<void> {
    await tx.query(
      `UPDATE participants SET banned_until = NULL, banned_by = NULL, banned_rank = NULL
       WHERE room_id = $1 AND user_id = $2`,
      [roomId, userId],
    );
  }

  /** Part of erasing a person: what they imposed stays. */
  async renameImposer(tx: Transaction, userId: string, tombstoneId: string): Promise<void> {
    for (const column of ['muted_by', 'banned_by'])
      await tx.query(`UPDATE participants SET ${column} = $2 WHERE ${column} = $1`, [userId, tombstoneId]);
  }
}
