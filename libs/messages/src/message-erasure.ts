import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Transaction } from '#libs/platform/database';
import { DELETED_USER, ErasureService } from '#libs/directory';
import { wireMessageId } from './messages.presenter.js';

/** Rooms in which a person ($1) may have left something in messages. */
const THEIR_ROOMS = `SELECT room_id FROM participants WHERE user_id = $1
  UNION SELECT id FROM rooms WHERE type IN ('internal', 'broadcast')
  UNION SELECT target_id::uuid FROM audit_entries WHERE actor_id = $1 AND target_type = 'room'`;

/** Served by the index `messages_forwarded`. */
const FORWARDED = `f.metadata ? 'forwarded_from'`;
const ORIGINAL = `f.metadata->'forwarded_from'->>'message_id'`;
const rename = (to: string): string =>
  `UPDATE messages f SET metadata = jsonb_set(f.metadata, '{forwarded_from,sender_name}', to_jsonb(${to}::text))`;

/** What becomes of messages when a person is erased: theirs stay as the tombstone's, and none names them. */
@Injectable()
export class MessageErasure implements OnModuleInit {
  constructor(private readonly erasure: ErasureService) {}

  onModuleInit(): void {
    this.erasure.register(async (tx, userId, tombstoneId, shownName) => {
      await this.handOver(tx, userId, tombstoneId);
      await this.renameForwarded(tx, userId, tombstoneId, shownName);
    });
  }

  /** Ids that a client chose are often made of the user's own, so they go. */
  private async handOver(tx: Transaction, userId: string, tombstoneId: string): Promise<void> {
    const own = (column: string, becomes: string): string =>
      `${column} = CASE WHEN sender_id = $1 THEN ${becomes} ELSE ${column} END`;
    await tx.query(
      `UPDATE messages SET ${own('client_id', 'NULL')}, ${own('client_key', 'NULL')}, ${own('sender_id', '$2')},
         pinned_by = CASE WHEN pinned_by = $1 THEN $2 ELSE pinned_by END,
         mentions = nullif(array_remove(mentions, $1), '{}')
       WHERE room_id IN (${THEIR_ROOMS}) AND (sender_id = $1 OR pinned_by = $1 OR mentions @> ARRAY[$1::text])`,
      [userId, tombstoneId],
    );
    await tx.query(
      `UPDATE messages SET content = 'A deleted user joined', metadata = metadata - 'user_id'
       WHERE room_id IN (${THEIR_ROOMS}) AND sender_id IS NULL AND metadata->>'user_id' = $1`,
      [userId],
    );
  }

  /** In any room. Of originals that went with their room, only the name tells whose they were. */
  private async renameForwarded(
    tx: Transaction,
    userId: string,
    tombstoneId: string,
    shownName: string,
  ): Promise<void> {
    await tx.query(
      `${rename('$3')} WHERE ${FORWARDED} AND ${ORIGINAL} IN (
         SELECT $4::text || o.id FROM messages o WHERE o.sender_id = $2 AND o.room_id IN (${THEIR_ROOMS}))`,
      [userId, tombstoneId, DELETED_USER, wireMessageId('')],
    );
    await tx.query(
      `${rename('$2')} WHERE ${FORWARDED} AND f.metadata->'forwarded_from'->>'sender_name' = $1
         AND NOT EXISTS (SELECT 1 FROM messages o WHERE o.id =
           CASE WHEN ${ORIGINAL} ~ '^msg_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN substr(${ORIGINAL}, 5)::uuid END)`,
      [shownName, DELETED_USER],
    );
  }
}
