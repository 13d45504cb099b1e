import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { Actor } from '#libs/platform/auth';
import { Database, type Transaction } from '#libs/platform/database';

export interface AuditRecord {
  action: string;
  targetType: string;
  /** Of several people their ids with commas between. */
  targetId: string;
  details?: Record<string, unknown>;
}

/** Between the people of a target of several. */
const AND = ', ';

/** Append-only; written before what it records is allowed, so that nothing goes unrecorded. */
@Injectable()
export class AuditLog {
  constructor(private readonly database: Database) {}

  async record(actor: Pick<Actor, 'id' | 'role'>, record: AuditRecord): Promise<void> {
    await this.database.query(
      `INSERT INTO audit_entries (id, actor_id, actor_role, action, target_type, target_id, details)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [uuid(), actor.id, actor.role, record.action, record.targetType, record.targetId, record.details ?? {}],
    );
  }

  /** Of an erased person: what was done to them names somebody else from now on. What they did stays theirs. */
  async renameTarget(tx: Transaction, userId: string, becomes: string): Promise<void> {
    await tx.query(
      `UPDATE audit_entries
       SET target_id = array_to_string(array_replace(string_to_array(target_id, $3), $1, $2), $3)
       WHERE target_type = 'user' AND $1 = ANY(string_to_array(target_id, $3))`,
      [userId, becomes, AND],
    );
  }
}
