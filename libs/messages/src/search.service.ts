import { Injectable } from '@nestjs/common';
import { isStaffSide, mayOverride, type Actor } from '#libs/platform/auth';
import { Database } from '#libs/platform/database';
import { closedTypes, RoomAccessService } from '#libs/rooms';
import { MESSAGE_COLUMNS, toStored, type MessageRow, type MessageView } from './message-view.js';
import { MessageViews } from './message-views.js';
import type { SearchQuery } from './dto/search.dto.js';

/** Matches are counted up to here; a search this broad wants another word. */
const MAX_COUNTED = 10_000;
const MAX_TERMS = 20;
/** Private-use characters around matches: they cannot be mistaken for the text's own. */
const START = '\uE000';
const STOP = '\uE001';

/** A stretch of a message's text. */
export interface HighlightPart {
  text: string;
  match: boolean;
}

export interface FoundMessage {
  message: MessageView;
  highlights: HighlightPart[];
}

/** Words (as prefixes) and quoted phrases of a query. */
export function searchTerms(query: string): { phrases: string[]; words: string[] } {
  const phrases: string[] = [];
  const rest = query.replace(/"([^"]*)"/g, (_match, phrase: string) => {
    if (phrase.trim() !== '') phrases.push(phrase.trim());
    return ' ';
  });
  const words = rest
    .replaceAll('"', ' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  return { phrases: phrases.slice(0, MAX_TERMS), words: words.slice(0, MAX_TERMS) };
}

/** A word as a prefix in the text search language, quoted so that its characters mean nothing there. */
const prefixOf = (word: string): string =>
  `'${word.replace(/[\\']/g, (character) => character + character)}':*`;

function highlightsOf(marked: string): HighlightPart[] {
  return marked
    .split(new RegExp(`(${START}[^${STOP}]*${STOP})`))
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith(START) ? { text: part.slice(1, -1), match: true } : { text: part, match: false },
    );
}

/** Finds messages by their words, in rooms that the actor may see, newest first. Served by an index. */
@Injectable()
export class SearchService {
  constructor(
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly views: MessageViews,
  ) {}

  /** Rooms that are named but may not be seen count as not there. */
  async search(actor: Actor, query: SearchQuery): Promise<{ found: FoundMessage[]; total: number }> {
    const { phrases, words } = searchTerms(query.q);
    if (phrases.length + words.length === 0) return { found: [], total: 0 };
    const params: unknown[] = [];
    const at = (value: unknown): string => `$${params.push(value)}`;
    const text = [
      ...phrases.map((phrase) => `phraseto_tsquery('chat', ${at(phrase)})`),
      ...words.map((word) => `to_tsquery('chat', ${at(prefixOf(word))})`),
    ].join(' && ');
    const where = [
      `m.room_id = ANY(${await this.roomsOf(actor, query.room_ids, at)})`,
      `to_tsvector('chat', m.content) @@ (${text})`,
      'm.deleted_at IS NULL',
    ];
    if (query.date_from) where.push(`m.created_at >= ${at(query.date_from)}`);
    if (query.date_to) where.push(`m.created_at < ${at(query.date_to)}`);
    if (query.sender_id !== undefined) where.push(`m.sender_id = ${at(query.sender_id)}`);
    if (query.message_type) where.push(`m.type = ${at(query.message_type)}`);
    return this.run(`FROM messages m WHERE ${where.join(' AND ')}`, text, params, query);
  }

  private async run(
    from: string,
    text: string,
    params: unknown[],
    query: SearchQuery,
  ): Promise<{ found: FoundMessage[]; total: number }> {
    const options = `HighlightAll=true, StartSel=${START}, StopSel=${STOP}`;
    const [rows, counted] = await Promise.all([
      this.database.query<MessageRow & { marked: string }>(
        `SELECT ${MESSAGE_COLUMNS}, ts_headline('chat', m.content, (${text}), '${options}') AS marked ${from}
         ORDER BY m.id DESC LIMIT ${query.per_page} OFFSET ${(query.page - 1) * query.per_page}`,
        params,
      ),
      this.database.query<{ count: string }>(
        `SELECT count(*) FROM (SELECT 1 ${from} LIMIT ${MAX_COUNTED}) AS counted`,
        params,
      ),
    ]);
    const views = await this.views.ofRooms(rows.map(toStored));
    const marked = new Map(rows.map((row) => [row.id, row.marked]));
    return {
      total: Number(counted[0]?.count ?? 0),
      found: views.map((message) => ({
        message,
        highlights: highlightsOf(marked.get(message.id) ?? message.content),
      })),
    };
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
    const mine = `SELECT p.room_id FROM participants p JOIN rooms r ON r.id = p.room_id
      WHERE p.user_id = ${at(actor.id)} AND p.left_at IS NULL AND r.type <> ALL(${at(closedTypes(actor))})
      UNION SELECT id FROM rooms WHERE type IN ${open}`;
    const filter = named ? `WHERE room_id = ANY(${at(named.ids)}::uuid[])` : '';
    return `ARRAY(SELECT room_id FROM (${mine}) AS visible ${filter})`;
  }

  /** Administrators may search any room that they name; each is written to the audit log as they are read. */
  private async named(actor: Actor, refs: string[]): Promise<{ ids: string[]; override: boolean }> {
    const override = mayOverride(actor);
    const ids: string[] = [];
    for (const ref of refs) {
      const room = override ? (await this.access.toRead(actor, ref)).room : await this.access.find(ref);
      if (room) ids.push(room.id);
    }
    return { ids, override };
  }
}
