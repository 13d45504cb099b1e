import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#libs/platform/database';
import type { ReactionGroup } from './message-view.js';

const NONE: ReadonlyMap<string, readonly ReactionGroup[]> = new Map();
const GROUPED = `SELECT message_id, emoji, array_agg(user_id ORDER BY created_at, user_id) AS users
  FROM reactions WHERE message_id = ANY($1) GROUP BY message_id, emoji ORDER BY message_id, min(created_at), emoji`;

interface GroupRow {
  message_id: string;
  emoji: string;
  users: string[];
}

/** SQL of reactions. */
@Injectable()
export class ReactionsRepository {
  constructor(private readonly database: Database) {}

  /** Grouped by emoji, in the order in which each emoji first appeared. */
  async ofMessages(messageIds: readonly string[]): Promise<ReadonlyMap<string, readonly ReactionGroup[]>> {
    if (messageIds.length === 0) return NONE;
    return grouped(await this.database.query<GroupRow>(GROUPED, [messageIds]));
  }

  async ofMessage(tx: Transaction, messageId: string): Promise<readonly ReactionGroup[]> {
    return grouped(await tx.query<GroupRow>(GROUPED, [[messageId]])).get(messageId) ?? [];
  }

  /** False where it was there already. */
  async add(tx: Transaction, messageId: string, userId: string, emoji: string): Promise<boolean> {
    const rows = await tx.query(
      'INSERT INTO reactions (message_id, user_id, emoji) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING emoji',
      [messageId, userId, emoji],
    );
    return rows.length > 0;
  }

  /** False where there was none. */
  async remove(tx: Transaction, messageId: string, userId: string, emoji: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM reactions WHERE message_id = $1 AND user_id = $2 AND emoji = $3 RETURNING emoji',
      [messageId, userId, emoji],
    );
    return rows.length > 0;
  }
}

function grouped(rows: GroupRow[]): Map<string, ReactionGroup[]> {
  const groups = new Map<string, ReactionGroup[]>();
  for (const row of rows) {
    const list = groups.get(row.message_id) ?? [];
    list.push({ emoji: row.emoji, userIds: row.users });
    groups.set(row.message_id, list);
  }
  return groups;
}
