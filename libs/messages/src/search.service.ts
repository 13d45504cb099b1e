import { Injectable } from '@nestjs/common';
import { isStaffSide, mayOverride, type Actor } from '#libs/platform/auth';
import { Database } from '#libs/platform/database';
import { closedTypes, isBannedSql, RoomAccessService } from '#libs/rooms';
import { MESSAGE_COLUMNS, toStored, type MessageRow, type MessageView } from './message-view.js';
import { MessageViews } from './message-views.js';
import type { SearchQueryDto } from './dto/search.dto.js';
import {
  highlight,
  searchTerms,
  sequencePatterns,
  wordsQuery,
  type HighlightPart,
  type SearchTerm,
} from './search-terms.js';
import { WordFolding } from './word-folding.js';

/** Matches are counted up to here; a search this broad wants another word. */
const MAX_COUNTED = 10_000;

export interface FoundMessage {
  message: MessageView;
  highlights: HighlightPart[];
}

/** `OFFSET 0` keeps the planner from walking through all messages, newest first, for words that few of them hold. */
const holding = (where: readonly string[]): string =>
  `FROM (SELECT * FROM messages m WHERE ${where.join(' AND ')} OFFSET 0) AS m`;

/**
 * As `holding`, of these the messages in which the words follow each other. The index does not know their order: texts
 * are read again, newest first, until the page is full or enough are counted.
 */
const holdingInOrder = (where: readonly string[], sequences: readonly string[]): string =>
  `FROM (SELECT m.id FROM messages m WHERE ${where.join(' AND ')} ORDER BY m.id DESC OFFSET 0) AS holding
   JOIN messages m ON m.id = holding.id WHERE ${sequences.join(' AND ')}`;

/** Finds messages by their words, in rooms that the actor may see, newest first. Served by an index. */
@Injectable()
export class SearchService {
  constructor(
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly views: MessageViews,
    private readonly folding: WordFolding,
  ) {}

  /**
   * Rooms that are named but may not be seen count as not there.
   * @throws QUERY_TOO_SLOW; RATE_LIMITED for one who searches more at a time than gets a turn
   */
  async search(actor: Actor, query: SearchQueryDto): Promise<{ found: FoundMessage[]; total: number }> {
    const terms = searchTerms(query.q, await this.folding.of([query.q]));
    if (terms.length === 0) return { found: [], total: 0 };
    const params: unknown[] = [];
    const at = (value: unknown): string => `$${params.push(value)}`;
    const where = [
      `m.room_id = ANY(${await this.roomsOf(actor, query.room_ids, at)})`,
      `chat_words(m.content)::tsvector @@ ${at(wordsQuery(terms))}::tsquery`,
      'm.deleted_at IS NULL',
    ];
    if (query.date_from) where.push(`m.created_at >= ${at(query.date_from)}`);
    if (query.date_to) where.push(`m.created_at < ${at(query.date_to)}`);
    if (query.sender_id !== undefined) where.push(`m.sender_id = ${at(query.sender_id)}`);
    if (query.message_type) where.push(`m.type = ${at(query.message_type)}`);
    const sequences = sequencePatterns(terms).map(
      (pattern) => `chat_words(m.content) COLLATE "C" ~ ${at(pattern)}`,
    );
    const from = sequences.length === 0 ? holding(where) : holdingInOrder(where, sequences);
    return this.run(actor, from, params, query, terms);
  }

  private async run(
    actor: Actor,
    from: string,
    params: unknown[],
    query: SearchQueryDto,
    terms: readonly SearchTerm[],
  ): Promise<{ found: FoundMessage[]; total: number }> {
    const offset = (query.page - 1) * query.per_page;
    const rows = await this.database.read<MessageRow>(
      'search',
      actor.id,
      `SELECT ${MESSAGE_COLUMNS} ${from} ORDER BY m.id DESC LIMIT ${query.per_page} OFFSET ${offset}`,
      params,
    );
    const messages = await this.views.ofRooms(rows.map(toStored));
    const folding = await this.folding.of(messages.map(({ content }) => content));
    return {
      total: await this.total(actor, from, params, query, rows.length),
      found: messages.map((message) => ({
        message,
        highlights: highlight(message.content, terms, folding),
      })),
    };
  }

  /** Most searches end on their first page, which says how many there are: they are not counted once more. */
  private async total(
    actor: Actor,
    from: string,
    params: unknown[],
    { page, per_page: perPage }: SearchQueryDto,
    found: number,
  ): Promise<number> {
    const before = (page - 1) * perPage;
    if (found < perPage && (found > 0 || before === 0) && before < MAX_COUNTED) return before + found;
    const counted = await this.database.read<{ count: string }>(
      'search',
      actor.id,
      `SELECT count(*) FROM (SELECT 1 ${from} LIMIT ${MAX_COUNTED}) AS counted`,
      params,
    );
    return Number(counted[0]?.count ?? 0);
  }

  /** SQL of the ids of rooms to search: the actor's own, announcements, internal ones for staff; of these the named. */
  private async roomsOf(
    actor: Actor,
    refs: string[] | undefined,
    at: (value: unknown) => string,
  ): Promise<string> {
    const named = refs && (await this.named(actor, refs));
    if (named?.override) return `${at(named.ids)}::uuid[]`;
    const open = isStaffSide(actor) ? "('broadcast', 'internal')" : "('broadcast')";
    const me = at(actor.id);
    const mine = `SELECT p.room_id FROM participants p JOIN rooms r ON r.id = p.room_id
      WHERE p.user_id = ${me} AND p.left_at IS NULL AND r.type <> ALL(${at(closedTypes(actor))})
      UNION SELECT r.id FROM rooms r WHERE r.type IN ${open} AND NOT ${isBannedSql('r.id', me)}`;
    const filter = named ? `WHERE room_id = ANY(${at(named.ids)}::uuid[])` : '';
    return `ARRAY(SELECT room_id FROM (${mine}) AS visible ${filter})`;
  }

  /** Administrators may search any room that they name; each is written to the audit log as they are read. */
  private async named(actor: Actor, refs: string[]): Promise<{ ids: string[]; override: boolean }> {
    const override = mayOverride(actor);
    const ids: string[] = [];
    for (const ref of refs) {
      const room = await this.access.find(ref);
      if (room && override) await this.access.toRead(actor, room.id);
      if (room) ids.push(room.id);
    }
    return { ids, override };
  }
}
