import { Injectable } from '@nestjs/common';
import { CUSTOMER_ROLES } from '#libs/platform/auth';
import { Database } from '#libs/platform/database';
import { closedTypes } from '#libs/rooms';

/** People named in one message at most; further ones are not told. */
const MAX_MENTIONS = 50;
/** `@username`, `@FirstLast` or `@id`, at the start of a word. */
const MENTION = /(?<![\p{L}\p{N}_@])@([\p{L}\p{N}_][\p{L}\p{N}_.:-]{0,127})/gu;

/** Names after `@`, without the punctuation that ends a sentence. */
export function mentionedNames(text: string): string[] {
  if (!text.includes('@')) return [];
  const names = [...text.matchAll(MENTION)].map((match) =>
    (match[1] as string).replace(/(?<![.:-])[.:-]+$/, '').toLowerCase(),
  );
  return [...new Set(names)].slice(0, MAX_MENTIONS);
}

/** Finds who is meant by `@` in a text: participants of the room, by user name, by name without spaces, or by id. */
@Injectable()
export class Mentions {
  constructor(private readonly database: Database) {}

  /** Ids of the participants named in the text, but for its author. No look-up for a text without `@`. */
  async in(roomId: string, text: string, authorId: string | null): Promise<string[]> {
    const names = mentionedNames(text);
    if (names.length === 0) return [];
    const rows = await this.database.query<{ id: string }>(
      `SELECT u.id FROM participants p JOIN users u ON u.id = p.user_id JOIN rooms r ON r.id = p.room_id
       WHERE p.room_id = $1 AND p.left_at IS NULL AND u.id IS DISTINCT FROM $3
         AND (lower(u.username) = ANY($2) OR lower(u.id) = ANY($2) OR lower(regexp_replace(u.name, '\\s', '', 'g')) = ANY($2))
         AND NOT (r.type = ANY($4) AND u.role = ANY($5))
       ORDER BY u.id LIMIT ${MAX_MENTIONS}`,
      [roomId, names, authorId, closedTypes({ family: 'customer' }), CUSTOMER_ROLES],
    );
    return rows.map((row) => row.id);
  }
}
