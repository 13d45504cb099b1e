import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { Database, type Transaction } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { closedTypes, RoomAccessService, wireRoomId, type RoomView } from '#libs/rooms';
import type { MarkDto } from './dto/messages.dto.js';
import { messageErrors } from './messages.errors.js';
import {
  MarkedUnread,
  MessagesDelivered,
  MessagesRead,
  type DeliveredArrived,
  type ReadArrived,
} from './messages.events.js';
import { readMessageId } from './messages.presenter.js';
import { MessageTargets } from './message-target.service.js';
import { MessagesRepository } from './messages.repository.js';
import { ReceiptsRepository, runsOf, type Marks } from './receipts.repository.js';
import type { StoredMessage } from './message-view.js';

export interface UnreadRoom {
  roomRef: string;
  count: number;
}

/** How far a message has come with those whom it is for. */
export interface MessageProgress {
  message: StoredMessage;
  deliveredAt: Date | null;
  readAt: Date | null;
}

/** Of a mark on a long stretch only so many messages are told one by one. */
const MAX_MARKED = 100;

/** Who has read, and received, what. Marks only move forward. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly repository: ReceiptsRepository,
    private readonly messages: MessagesRepository,
    private readonly targets: MessageTargets,
    private readonly events: EventBus,
  ) {}

  /**
   * Marks exactly the named messages, everything up to one, or everything. Someone who looks on without being a
   * participant leaves no mark.
   * @returns the number of unread messages that are left.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED; MESSAGE_NOT_FOUND when any of them is unknown, and then marks none.
   */
  async markRead(actor: Actor, roomRef: string, marks: MarkDto): Promise<number> {
    const { room, membership } = await this.access.toRead(actor, roomRef);
    const named = namedIds(marks);
    const targets = named ? await this.existing(room, named) : undefined;
    const upTo = named ? undefined : await this.boundary(room, marks);
    if (!membership) return 0;
    await this.database.transaction(async (tx) => {
      const before = await this.repository.lockMarks(tx, room.id, actor.id);
      if (!before) return;
      if (targets) await this.readExactly(tx, actor, room, targets);
      else await this.readUpTo(tx, actor, room, before, upTo as number, marks.up_to_message_id === undefined);
    });
    return (await this.repository.unreadCounts(actor.id, [room.id])).get(room.id) ?? 0;
  }

  /** Marks one message, named by its id alone. @throws MESSAGE_NOT_FOUND also where the actor may not see its room */
  async markMessageRead(actor: Actor, messageId: string): Promise<number> {
    const { message } = await this.targets.toRead(actor, messageId);
    return this.markRead(actor, message.roomId, { message_id: message.id });
  }

  /**
   * Makes a message and everything after it unread again.
   * @returns the number of unread messages.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, MESSAGE_NOT_FOUND
   */
  async markUnread(actor: Actor, roomRef: string, messageId: string): Promise<number> {
    const { room, membership } = await this.access.toRead(actor, roomRef);
    const [message] = await this.existing(room, [messageId]);
    if (!membership || !message) return 0;
    await this.database.transaction(async (tx) => {
      if (await this.repository.lockMarks(tx, room.id, actor.id)) {
        await this.repository.unreadFrom(tx, room.id, actor.id, message.seq);
      }
    });
    const unreadCount = (await this.repository.unreadCounts(actor.id, [room.id])).get(room.id) ?? 0;
    await this.events.publish(new MarkedUnread(room, actor.id, unreadCount));
    return unreadCount;
  }

  /** Marks everything up to a message (or everything) as having reached one of the user's devices. */
  async markDelivered(actor: Actor, roomRef: string, marks: MarkDto): Promise<void> {
    const { room, membership } = await this.access.toRead(actor, roomRef);
    const named = namedIds(marks);
    const seq = named
      ? Math.max(...(await this.existing(room, named)).map((message) => message.seq))
      : await this.boundary(room, marks);
    if (membership) await this.reached(room, actor.id, seq);
  }

  /**
   * Everything up to `seq` has reached a device of this person, who is a participant or is left out. However many
   * devices and servers say so, it is marked once.
   */
  async reached(room: RoomView, userId: string, seq: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      const before = await this.repository.lockMarks(tx, room.id, userId);
      if (!before || before.deliveredSeq >= seq) return;
      const fromSeq = before.deliveredSeq + 1;
      const at = await this.repository.add(tx, room.id, userId, 'delivered', [{ from: fromSeq, to: seq }]);
      await this.repository.setDelivered(tx, room.id, userId, seq);
      const [message] = await this.messages.slice(room.id, seq, seq, tx);
      if (message) tx.publish(new MessagesDelivered(room, userId, { messages: [message], at, fromSeq }));
    });
  }

  /**
   * Says of one message that it reached the actor, or that they read it. Its sender cannot; a mark that it has stays.
   * @throws MESSAGE_NOT_FOUND also where the actor may not see its room, FORBIDDEN
   */
  async advance(
    actor: Actor,
    messageId: string,
    to: 'delivered' | 'read',
  ): Promise<MessageProgress & { changed: boolean }> {
    const { message, membership } = await this.targets.toRead(actor, messageId);
    if (!membership || message.senderId === actor.id) throw messageErrors.notRecipient();
    const before = (await this.progressOf([message])).get(message.id);
    const marks = { message_id: message.id };
    if (to === 'read') await this.markRead(actor, message.roomId, marks);
    else await this.markDelivered(actor, message.roomId, marks);
    const after = (await this.progressOf([message])).get(message.id) ?? { deliveredAt: null, readAt: null };
    const changed =
      isSet(before?.readAt) !== isSet(after.readAt) ||
      isSet(before?.deliveredAt) !== isSet(after.deliveredAt);
    return { message, deliveredAt: after.deliveredAt, readAt: after.readAt, changed };
  }

  /** How far messages have come with anyone but their senders; what was read has arrived. */
  async progressOf(messages: readonly StoredMessage[]): Promise<Map<string, MessageProgress>> {
    const marks = await this.repository.progressOf(messages);
    return new Map(
      messages.map((message) => {
        const { deliveredAt = null, readAt = null } = marks.get(message.id) ?? {};
        return [message.id, { message, deliveredAt, readAt }];
      }),
    );
  }

  /** The messages that a mark was about; of a mark "up to here" the newest ones. */
  async progressOfMarked({
    room,
    userId,
    marked,
  }: DeliveredArrived | ReadArrived): Promise<MessageProgress[]> {
    const last = marked.messages.at(-1);
    if (!last) return [];
    const from = Math.max(marked.fromSeq ?? last.seq, last.seq - MAX_MARKED + 1);
    const messages =
      marked.fromSeq === undefined
        ? await this.messages.byIds(
            room.id,
            marked.messages.map(({ id }) => id),
          )
        : await this.messages.slice(room.id, from, last.seq);
    const theirs = messages.filter((message) => message.senderId !== userId && message.deletedAt === null);
    return [...(await this.progressOf(theirs)).values()];
  }

  /**
   * Unread messages of these rooms. In one that the actor may read without being a participant (a waiting support
   * session), everything that is not their own is unread. The caller has checked access.
   */
  async unreadIn(actor: Actor, roomIds: string[]): Promise<Map<string, number>> {
    const [mine, others] = await Promise.all([
      this.repository.unreadCounts(actor.id, roomIds),
      this.repository.unreadCountsFromOutside(actor.id, roomIds),
    ]);
    return new Map([...others, ...mine]);
  }

  /** Unread messages of all the actor's rooms. */
  async unread(actor: Actor): Promise<{ total: number; rooms: UnreadRoom[] }> {
    const counts = await this.repository.unreadCounts(actor.id, { exceptTypes: closedTypes(actor) });
    const rooms = await Promise.all(
      [...counts].map(async ([roomId, count]) => {
        const room = await this.access.find(roomId);
        return { roomRef: room ? wireRoomId(room) : roomId, count };
      }),
    );
    return { total: rooms.reduce((sum, room) => sum + room.count, 0), rooms };
  }

  private async readExactly(
    tx: Transaction,
    actor: Actor,
    room: RoomView,
    targets: StoredMessage[],
  ): Promise<void> {
    const unread = await this.repository.unreadAmong(
      tx,
      room.id,
      actor.id,
      targets.map((message) => message.id),
    );
    if (unread.length === 0) return;
    const runs = runsOf(unread.map((message) => message.seq));
    const at = await this.repository.add(tx, room.id, actor.id, 'read', runs);
    await this.repository.advance(tx, room.id, actor.id);
    tx.publish(new MessagesRead(room, actor.id, { messages: unread, at }, false));
  }

  private async readUpTo(
    tx: Transaction,
    actor: Actor,
    room: RoomView,
    before: Marks,
    upTo: number,
    everything: boolean,
  ): Promise<void> {
    const newest = await this.repository.newestUnread(tx, room.id, actor.id, upTo);
    if (!newest) return;
    const run = { from: before.readSeq + 1, to: upTo };
    const at = await this.repository.add(tx, room.id, actor.id, 'read', [run]);
    await this.repository.advance(tx, room.id, actor.id);
    const marked = { messages: [newest], at, fromSeq: run.from };
    tx.publish(new MessagesRead(room, actor.id, marked, true, everything));
  }

  /** Sequence number up to which everything is meant. */
  private async boundary(room: RoomView, marks: MarkDto): Promise<number> {
    if (marks.up_to_message_id === undefined) return this.messages.lastSeq(room.id);
    const [message] = await this.existing(room, [marks.up_to_message_id]);
    return (message as StoredMessage).seq;
  }

  private async existing(room: RoomView, ids: string[]): Promise<StoredMessage[]> {
    const plain = ids.map(readMessageId);
    if (plain.some((id) => id === undefined)) throw messageErrors.notFound();
    const wanted = [...new Set(plain as string[])];
    const found = await this.messages.byIds(room.id, wanted);
    if (found.length !== wanted.length) throw messageErrors.notFound();
    return found;
  }
}

const isSet = (at: Date | null | undefined): boolean => at !== null && at !== undefined;

/** Undefined where nothing is named at all; an empty list names none. */
function namedIds(marks: MarkDto): string[] | undefined {
  if (marks.message_id === undefined && marks.message_ids === undefined) return undefined;
  const ids = [...(marks.message_id === undefined ? [] : [marks.message_id]), ...(marks.message_ids ?? [])];
  return ids;
}
