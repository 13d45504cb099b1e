import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { RoomAccessService, type RoomView } from '#libs/rooms';
import type { HistoryQueryDto } from './dto/messages.dto.js';
import { messageErrors } from './messages.errors.js';
import { readMessageId } from './messages.presenter.js';
import { MessagesRepository, type HistoryFilter } from './messages.repository.js';
import { MessageTargets } from './message-target.service.js';
import { MessageViews } from './message-views.js';
import type { MessageView } from './message-view.js';

/** What `join_room` with `after_seq` answers at most of either kind; the rest is fetched by REST. */
const MAX_MISSED = 200;

/** `offset`: messages at the new end that are left out, for contracts that page so; not beside filters. */
export type PageQuery = HistoryQueryDto & { offset?: number };

export interface MessagePage {
  messages: MessageView[];
  total: number;
  /** Newer (`after_seq`) or older (`before_seq`) messages are left. */
  hasMore: boolean;
  lastSeq: number;
}

export interface MissedMessages {
  /** Messages after the known one, oldest first. */
  messages: MessageView[];
  /** Messages up to the known one that were edited or deleted since it was stored, oldest first. */
  changes: MessageView[];
  /** Newer messages are left. */
  hasMore: boolean;
  /** Edits or deletions are left, of messages after the last of `changes`. */
  changesHasMore: boolean;
  /** Known from now on: the last of `messages`, or the one that was known. */
  upToSeq: number;
}

/** Reading messages. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly access: RoomAccessService,
    private readonly repository: MessagesRepository,
    private readonly targets: MessageTargets,
    private readonly views: MessageViews,
  ) {}

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED; MESSAGE_NOT_FOUND for `before_message_id`; QUERY_TOO_SLOW with filters */
  async page(actor: Actor, roomRef: string, asked: PageQuery): Promise<MessagePage> {
    const { room } = await this.access.toRead(actor, roomRef);
    const query = await this.withBoundary(room, asked);
    const filter = filterOf(query);
    if (filter) return this.filtered(actor, room, filter, query);
    const lastSeq = await this.repository.lastSeq(room.id);
    const { from, to, total } = sliceOf(query, lastSeq - (asked.offset ?? 0));
    const messages = from > to ? [] : await this.repository.slice(room.id, from, to);
    const hasMore = query.after_seq === undefined ? from > 1 : to < lastSeq;
    return { messages: await this.views.ofRoom(room, messages), total, hasMore, lastSeq };
  }

  /** One message, by id alone. @throws MESSAGE_NOT_FOUND also where the actor may not see its room. */
  async get(actor: Actor, id: string): Promise<MessageView> {
    const { message, room } = await this.targets.toRead(actor, id);
    return (await this.views.ofRoom(room, [message]))[0] as MessageView;
  }

  /** One message of a room. @throws ROOM_NOT_FOUND, ACCESS_DENIED, MESSAGE_NOT_FOUND also for one of another room */
  async getIn(actor: Actor, roomRef: string, id: string): Promise<MessageView> {
    const { room } = await this.access.toRead(actor, roomRef);
    const plain = readMessageId(id);
    const [message] = plain ? await this.repository.byIds(room.id, [plain]) : [];
    if (!message) throw messageErrors.notFound();
    return (await this.views.ofRoom(room, [message]))[0] as MessageView;
  }

  /** What someone who knows the room up to `afterSeq` has missed; the caller has checked access. */
  async missed(room: RoomView, afterSeq: number): Promise<MissedMessages> {
    // Nobody knows what is not there yet: it is news, whatever the client says.
    const known = Math.min(afterSeq, await this.repository.lastSeq(room.id));
    const [found, changed] = await Promise.all([
      this.repository.slice(room.id, known + 1, known + MAX_MISSED + 1),
      this.repository.changedAfter(room.id, known, MAX_MISSED + 1),
    ]);
    const messages = found.slice(0, MAX_MISSED);
    const changes = changed.slice(0, MAX_MISSED);
    const views = await this.views.ofRoom(room, [...messages, ...changes]);
    return {
      messages: views.slice(0, messages.length),
      changes: views.slice(messages.length),
      hasMore: found.length > messages.length,
      changesHasMore: changed.length > changes.length,
      upToSeq: messages.at(-1)?.seq ?? known,
    };
  }

  /** The sequence number of the message that `before_message_id` names. */
  private async withBoundary(room: RoomView, query: HistoryQueryDto): Promise<HistoryQueryDto> {
    if (query.before_message_id === undefined) return query;
    const id = readMessageId(query.before_message_id);
    const [message] = id ? await this.repository.byIds(room.id, [id]) : [];
    if (!message) throw messageErrors.notFound();
    return { ...query, before_seq: Math.min(message.seq, query.before_seq ?? message.seq) };
  }

  private async filtered(
    actor: Actor,
    room: RoomView,
    filter: HistoryFilter,
    query: HistoryQueryDto,
  ): Promise<MessagePage> {
    const { page, per_page: perPage } = query;
    const [{ messages, total }, lastSeq] = await Promise.all([
      this.repository.filtered(actor.id, room.id, filter, perPage, (page - 1) * perPage),
      this.repository.lastSeq(room.id),
    ]);
    return {
      messages: await this.views.ofRoom(room, messages),
      total,
      hasMore: page * perPage < total,
      lastSeq,
    };
  }
}

/** What pages by `seq` alone cannot answer: anything beside `after_seq` or `before_seq`, or both of them. */
function filterOf(query: HistoryQueryDto): HistoryFilter | undefined {
  const { before, after, search, message_type: type, after_seq: afterSeq, before_seq: beforeSeq } = query;
  const changedAfterSeq = query.changed_after_seq;
  const filter = { before, after, search: search || undefined, type, changedAfterSeq };
  const isRange = afterSeq !== undefined && beforeSeq !== undefined;
  const isFiltered = isRange || Object.values(filter).some((value) => value !== undefined);
  return isFiltered ? { ...filter, afterSeq, beforeSeq } : undefined;
}

/** Bounds by `seq`: it is dense, so that any page is found, and what is paged through known, without counting. */
function sliceOf(query: HistoryQueryDto, lastSeq: number): { from: number; to: number; total: number } {
  const { page, per_page: perPage } = query;
  if (query.after_seq !== undefined) {
    const from = query.after_seq + 1 + (page - 1) * perPage;
    const to = Math.min(from + perPage - 1, lastSeq);
    return { from, to, total: Math.max(0, lastSeq - query.after_seq) };
  }
  const newest = query.before_seq === undefined ? lastSeq : Math.min(query.before_seq - 1, lastSeq);
  const to = newest - (page - 1) * perPage;
  return { from: Math.max(1, to - perPage + 1), to, total: Math.max(0, newest) };
}
