import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { Actor } from '#libs/platform/auth';
import { Database } from '#libs/platform/database';

export interface AuditRecord {
  action: string;
  targetType: string;
  targetId: string;
  details?: Record<string, unknown>;
}

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
}
