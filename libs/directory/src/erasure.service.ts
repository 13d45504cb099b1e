import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { Actor } from '#libs/platform/auth';
import { AuditLog } from '#libs/platform/audit';
import { Database, type Transaction } from '#libs/platform/database';
import { UserErased } from './directory.events.js';
import { toUserView, USER_COLUMNS, type UserRow } from './user-view.js';
import { isStorableId } from './users.service.js';

export const DELETED_USER = 'deleted user';

/**
 * What a feature does with its rows of an erased person: remove them, or hand them to the tombstone.
 * @param shownName what the person was called until now
 */
export type ErasureStep = (
  tx: Transaction,
  userId: string,
  tombstoneId: string,
  shownName: string,
) => Promise<void>;

/** Erases a person: messages stay as "deleted user", everything else about the person goes. */
@Injectable()
export class ErasureService {
  private readonly steps: ErasureStep[] = [];

  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  /** Features that keep rows about people register here at start. */
  register(step: ErasureStep): void {
    this.steps.push(step);
  }

  /** Of somebody unknown, or erased before, there is nothing to erase: a repeat succeeds. */
  async erase(actor: Actor, userId: string): Promise<void> {
    if (!isStorableId(userId)) return;
    const tombstoneId = `deleted:${uuid()}`;
    const erased = await this.database.transaction(async (tx) => {
      const rows = await tx.query<UserRow>(`SELECT ${USER_COLUMNS} FROM users WHERE id = $1 FOR UPDATE`, [
        userId,
      ]);
      const [user] = rows;
      if (!user) return false;
      await tx.query(`INSERT INTO users (id, role, name, erased) VALUES ($1, $2, $3, true)`, [
        tombstoneId,
        user.role,
        DELETED_USER,
      ]);
      const { name } = toUserView(user);
      for (const step of this.steps) await step(tx, userId, tombstoneId, name);
      await this.audit.renameTarget(tx, userId, tombstoneId);
      await tx.query(
        `UPDATE contexts SET participants = coalesce((SELECT jsonb_agg(p) FROM jsonb_array_elements(participants) p
           WHERE p->>'user_id' <> $1), '[]'::jsonb)
         WHERE participants @> jsonb_build_array(jsonb_build_object('user_id', $1::text))`,
        [userId],
      );
      // What is left (memberships, receipts, devices) goes with the row, by its foreign keys.
      await tx.query('DELETE FROM users WHERE id = $1', [userId]);
      tx.publish(new UserErased(userId, tombstoneId));
      return true;
    });
    if (!erased) return;
    await this.audit.record(actor, { action: 'user.erase', targetType: 'user', targetId: tombstoneId });
  }
}
