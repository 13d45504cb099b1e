import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Cluster } from '#libs/platform/cluster';
import { EventBus } from '#libs/platform/events';
import { RealtimeServer } from '#libs/platform/realtime';
import { RoomAccessService, RoomDeleted, type RoomView } from '#libs/rooms';
import {
  DeletionArrived,
  EditArrived,
  MessageArrived,
  MessageCreated,
  MessageDeleted,
  MessageEdited,
} from './messages.events.js';
import { MessagesRepository } from './messages.repository.js';
import { reviveMessage, type MessageView, type StoredMessage } from './message-view.js';
import { MessageViews } from './message-views.js';

const TOPIC = 'message';
const CHANGED_TOPIC = 'message-changed';
/** A message that follows a gap waits so long for the missing one before the database is asked for it. */
const GAP_WAIT_MS = 100;
const MAX_TRACKED_ROOMS = 50_000;
const CATCH_UP_SLICE = 200;
/** Of a room in one absence of Redis; who needs more reads the room again. */
const MAX_CHANGES = 1_000;
/** The loss of Redis is noticed late, and the database has a clock of its own. */
const CHANGED_BEFORE_MS = 10_000;

interface RoomOrder {
  /** As it was when it was last looked up: delivering waits for no look-up, which later events would overtake. */
  room: RoomView;
  /** Everything up to here has been delivered on this server. */
  delivered: number;
  waiting: Map<number, MessageView>;
  /** Edits and deletions, by `seq`, of messages that have not been delivered here yet. */
  changes: Map<number, StoredMessage>;
  timer: NodeJS.Timeout | undefined;
  /** Redis was away while nobody was here: more than `delivered` may be old news. */
  stale: boolean;
}

/**
 * Delivers each message on every server once and in the order of `seq`. A message that another server stored comes by
 * the cluster; a gap (it was lost, or is late) is filled from the database, and so is what was missed while Redis was
 * away. A single server delivers at once: its writer commits in order.
 */
@Injectable()
export class MessageFanout implements OnModuleInit {
  private readonly logger = new Logger(MessageFanout.name);
  private readonly orders = new LRUCache<string, RoomOrder>({ max: MAX_TRACKED_ROOMS });

  constructor(
    private readonly cluster: Cluster,
    private readonly events: EventBus,
    private readonly realtime: RealtimeServer,
    private readonly access: RoomAccessService,
    private readonly repository: MessagesRepository,
    private readonly views: MessageViews,
  ) {}

  onModuleInit(): void {
    this.events.on(MessageCreated, ({ message, room }) => this.created(message, room));
    for (const type of [MessageEdited, MessageDeleted])
      this.events.on<MessageEdited | MessageDeleted>(type, ({ message, room }) =>
        this.changed(message, room),
      );
    this.events.on(RoomDeleted, ({ room }) => void this.orders.delete(room.id));
    this.cluster.on(TOPIC, (data) => this.arrived(reviveMessage(data)));
    this.cluster.on(CHANGED_TOPIC, (data) => this.inBackground(this.changeArrived(reviveMessage(data))));
    this.cluster.onReconnected((since) => this.inBackground(this.catchUp(since)));
  }

  /** From the newest stored message on, deliver the room's messages here. Costs a look-up for a room new to this server. */
  async follow(roomId: string): Promise<void> {
    if (!this.cluster.shared) return;
    const known = this.orders.get(roomId);
    if (known && !known.stale && this.cluster.connected) return;
    const [room, newest] = await Promise.all([this.access.find(roomId), this.repository.lastSeq(roomId)]);
    if (!room) return;
    // Meanwhile another join may have done the same, and messages may have come.
    const order = this.orders.get(roomId);
    if (!order) {
      this.orders.set(roomId, {
        room,
        delivered: newest,
        waiting: new Map(),
        changes: new Map(),
        timer: undefined,
        stale: false,
      });
      return;
    }
    order.stale = false;
    // Those who are here hear now what the one who comes is about to read; nobody hears it twice.
    if (this.realtime.isRoomOpenHere(roomId)) await this.readFrom(roomId, order, newest);
    else this.skipTo(order, newest);
  }

  private skipTo(order: RoomOrder, newest: number): void {
    order.delivered = Math.max(order.delivered, newest);
    for (const waiting of [order.waiting, order.changes])
      for (const seq of waiting.keys()) if (seq <= order.delivered) waiting.delete(seq);
    this.deliverReady(order);
  }

  private changed(message: StoredMessage, room: RoomView): Promise<void> {
    if (!this.cluster.shared) return this.tell(message, room);
    void this.cluster.publish(CHANGED_TOPIC, message);
    return this.changeArrived(message);
  }

  /** Never before the message itself: one that has not been delivered yet will be as it was changed. */
  private async changeArrived(change: StoredMessage): Promise<void> {
    const order = this.orders.get(change.roomId);
    if (!order) return;
    if (change.seq <= order.delivered) return this.tell(change, this.roomOf(order));
    const noted = order.changes.get(change.seq);
    if (!noted || isNewer(change, noted)) order.changes.set(change.seq, change);
  }

  private tell(change: StoredMessage, room: RoomView): Promise<void> {
    // Of an edit the whole message is told.
    return this.events.publish(
      change.deletedAt === null
        ? new EditArrived(room, change as MessageView)
        : new DeletionArrived(room, change),
    );
  }

  private created(message: MessageView, room: RoomView): void {
    if (!this.cluster.shared) {
      void this.events.publish(new MessageArrived(message, room));
      return;
    }
    void this.cluster.publish(TOPIC, message);
    this.arrived(message);
  }

  private arrived(message: MessageView): void {
    const { roomId, seq } = message;
    // A room that nobody has joined here is not followed: who joins asks for what they missed.
    const order = this.orders.get(roomId);
    if (!order || seq <= order.delivered) return;
    order.waiting.set(seq, message);
    this.deliverReady(order);
    if (order.waiting.size > 0 && !order.timer) {
      order.timer = setTimeout(() => this.inBackground(this.fill(roomId, order)), GAP_WAIT_MS);
    }
  }

  private deliverReady(order: RoomOrder): void {
    for (;;) {
      const next = order.waiting.get(order.delivered + 1);
      if (!next) break;
      const change = order.changes.get(next.seq);
      order.waiting.delete(next.seq);
      order.changes.delete(next.seq);
      order.delivered = next.seq;
      const message = change && isNewer(change, next) ? changedBy(change, next) : next;
      void this.events.publish(new MessageArrived(message, this.roomOf(order)));
    }
    if (order.waiting.size > 0) return;
    clearTimeout(order.timer);
    order.timer = undefined;
  }

  /** As cached; after a change of the room, until it is read again, as it was before. */
  private roomOf(order: RoomOrder): RoomView {
    const cached = this.access.known(order.room.id);
    if (cached) order.room = cached;
    else this.inBackground(this.access.find(order.room.id));
    return order.room;
  }

  /** The missing messages did not come: they are committed, so the database has them. */
  private async fill(roomId: string, order: RoomOrder): Promise<void> {
    order.timer = undefined;
    const newest = Math.max(...order.waiting.keys());
    await this.readFrom(roomId, order, newest);
  }

  private async catchUp(since: Date): Promise<void> {
    const orders = [...this.orders.entries()];
    for (const [roomId, order] of orders) order.stale = !this.realtime.isRoomOpenHere(roomId);
    for (const [roomId, order] of orders) {
      if (order.stale) continue;
      const known = order.delivered;
      await this.readFrom(roomId, order, await this.repository.lastSeq(roomId));
      await this.tellChanges(order, new Date(since.getTime() - CHANGED_BEFORE_MS), known);
    }
  }

  private async tellChanges(order: RoomOrder, since: Date, upToSeq: number): Promise<void> {
    const changed = await this.repository.changedFrom(order.room.id, since, upToSeq, MAX_CHANGES);
    for (const message of await this.views.ofRoom(order.room, changed)) await this.tell(message, order.room);
  }

  private async readFrom(roomId: string, order: RoomOrder, upTo: number): Promise<void> {
    const room = await this.access.find(roomId);
    while (room && order.delivered < upTo) {
      const to = Math.min(order.delivered + CATCH_UP_SLICE, upTo);
      const stored = await this.repository.slice(roomId, order.delivered + 1, to);
      if (stored.length === 0) return;
      for (const message of await this.views.ofRoom(room, stored)) {
        if (message.seq > order.delivered) order.waiting.set(message.seq, message);
      }
      this.deliverReady(order);
    }
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      this.logger.error({ err: error }, 'Messages of another server could not be delivered'),
    );
  }
}

/** A deletion is the last word; of two edits the later one counts. */
function isNewer(change: StoredMessage, than: StoredMessage): boolean {
  if (than.deletedAt !== null) return false;
  return change.deletedAt !== null || Number(change.editedAt) > Number(than.editedAt);
}

function changedBy(change: StoredMessage, message: MessageView): MessageView {
  const changed = { ...message, ...change };
  return change.deletedAt === null ? changed : { ...changed, attachments: [], reactions: [] };
}
