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
import { MessagesRepository, type RoomMarks } from './messages.repository.js';
import { reviveMessage, type MessageView, type StoredMessage } from './message-view.js';
import { MessageViews } from './message-views.js';
import { RoomOrder } from './room-order.js';

const TOPIC = 'message';
const CHANGED_TOPIC = 'message-changed';
/** What follows a gap waits so long for the missing one before the database is asked for it. */
const GAP_WAIT_MS = 100;
/** And so long where the database did not say. */
const GAP_AGAIN_MS = 1_000;
const MAX_TRACKED_ROOMS = 50_000;
const CATCH_UP_SLICE = 200;
const CATCH_UP_ROOMS = 500;
/** Of a room at once; who needs more reads the room again. */
const MAX_CHANGES = 1_000;
/** Messages of which is known which change was told last. */
const REMEMBERED_CHANGES = 50_000;

/**
 * Delivers each message on every server once and in the order of `seq`, and each edit and deletion after it, never an
 * older one after a newer one. What another server stored comes by the cluster; a gap (it was lost, or is late) is filled
 * from the database, and so is whatever else may have been missed. A single server delivers at once: its writer commits
 * in order.
 */
@Injectable()
export class MessageFanout implements OnModuleInit {
  private readonly logger = new Logger(MessageFanout.name);
  private readonly orders = new LRUCache<string, RoomOrder>({ max: MAX_TRACKED_ROOMS });
  /** Messages, with their rooms, whose change could not be told since the database was away. */
  private readonly untold = new LRUCache<string, string>({ max: REMEMBERED_CHANGES });
  /** Number of the change that was told last, by message. */
  private readonly told = new LRUCache<string, number>({ max: REMEMBERED_CHANGES });

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
    this.cluster.catchUp.then(async (sinceMs) => {
      await (this.cluster.shared ? this.catchUp() : this.catchUpAlone(sinceMs));
      await this.tellAgain();
    });
  }

  /** From the newest stored message on, deliver the room's messages here. Costs a look-up for a room new to this server. */
  async follow(roomId: string): Promise<void> {
    if (!this.cluster.shared) return;
    const known = this.orders.get(roomId);
    if (known && !known.stale && this.cluster.connected) return;
    const [room, marks] = await Promise.all([
      this.access.find(roomId),
      this.repository.marksOf([roomId]).then((found) => found.get(roomId)),
    ]);
    if (!room || !marks) return;
    // Meanwhile another join may have done the same, and messages may have come.
    const order = this.orders.get(roomId);
    if (!order) {
      this.orders.set(roomId, new RoomOrder(room, marks));
      return;
    }
    order.stale = false;
    // Those who are here hear now what the one who comes is about to read; nobody hears it twice.
    if (this.realtime.here.isOpen(roomId)) await this.bringUpTo(order, marks);
    else {
      order.skipTo(marks);
      this.deliverReady(order);
    }
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
    const telling = order.receiveChange(change) ? this.tell(change, this.roomOf(order)) : undefined;
    this.watchGap(order);
    await telling;
  }

  /** Unless a newer state of the message was told. */
  private async tell(change: StoredMessage, room: RoomView): Promise<void> {
    if (!this.isNews(change)) return;
    // Of an edit the whole message is told.
    const isTold = await this.events.publish(
      change.deletedAt === null
        ? new EditArrived(room, change as MessageView)
        : new DeletionArrived(room, change),
    );
    if (isTold) return;
    this.untold.set(change.id, change.roomId);
    this.cluster.catchUp.soon();
  }

  /** As the messages are now. Contracts that could tell it at first tell it twice. */
  private async tellAgain(): Promise<void> {
    for (const [id, roomId] of [...this.untold.entries()]) {
      const room = await this.access.find(roomId);
      const stored = room ? await this.repository.byIds(roomId, [id]) : [];
      this.untold.delete(id);
      this.told.delete(id);
      if (room) for (const message of await this.views.ofRoom(room, stored)) await this.tell(message, room);
    }
  }

  private isNews({ id, changeNo }: StoredMessage): boolean {
    if (changeNo === null) return true;
    if ((this.told.get(id) ?? 0) >= changeNo) return false;
    this.told.set(id, changeNo);
    return true;
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
    // A room that nobody has joined here is not followed: who joins asks for what they missed.
    const order = this.orders.get(message.roomId);
    if (!order) return;
    order.receive(message);
    this.deliverReady(order);
    this.watchGap(order);
  }

  private deliverReady(order: RoomOrder): void {
    for (let message = order.next(); message; message = order.next()) {
      if (message.changeNo !== null) this.told.set(message.id, message.changeNo);
      void this.events.publish(new MessageArrived(message, this.roomOf(order)));
    }
  }

  private watchGap(order: RoomOrder, waitMs = GAP_WAIT_MS): void {
    if (!order.hasGap) {
      clearTimeout(order.timer);
      order.timer = undefined;
      return;
    }
    // What is missing did not come: it is committed, so the database has it.
    order.timer ??= setTimeout(() => void this.fillGap(order), waitMs);
  }

  private async fillGap(order: RoomOrder): Promise<void> {
    order.timer = undefined;
    try {
      await this.bringUpTo(order, order.newest);
    } catch (error) {
      this.logger.warn({ err: error }, 'Messages of another server could not be read; trying again');
      // Perhaps nothing follows that would bring them up.
      this.watchGap(order, GAP_AGAIN_MS);
    }
  }

  /** As cached; after a change of the room, until it is read again, as it was before. */
  private roomOf(order: RoomOrder): RoomView {
    const cached = this.access.known(order.room.id);
    if (cached) order.room = cached;
    else this.inBackground(this.access.find(order.room.id));
    return order.room;
  }

  /** Compares all rooms that are open here with the database. */
  private async catchUp(): Promise<void> {
    const open: RoomOrder[] = [];
    for (const order of this.orders.values()) {
      order.stale = !this.realtime.here.isOpen(order.room.id);
      if (!order.stale) open.push(order);
    }
    for (let at = 0; at < open.length; at += CATCH_UP_ROOMS) {
      const some = open.slice(at, at + CATCH_UP_ROOMS);
      const marks = await this.repository.marksOf(some.map(({ room }) => room.id));
      for (const order of some) {
        const stored = marks.get(order.room.id);
        if (stored) await this.bringUpTo(order, stored);
      }
    }
  }

  /** A single server tells messages by itself whatever happens; edits and deletions it may not know to be committed. */
  private async catchUpAlone(sinceMs: number): Promise<void> {
    const open = [...this.realtime.here.openRooms()];
    const changed = await this.repository.changedWithin(open, sinceMs, MAX_CHANGES);
    const news = changed.filter(
      ({ id, changeNo }) => changeNo !== null && (this.told.get(id) ?? 0) < changeNo,
    );
    for (const message of await this.views.ofRooms(news)) {
      const room = await this.access.find(message.roomId);
      if (room) await this.tell(message, room);
    }
  }

  private async bringUpTo(order: RoomOrder, { lastSeq, lastChange }: RoomMarks): Promise<void> {
    await this.readMessages(order, lastSeq);
    if (order.changed >= lastChange) return;
    const changed = await this.repository.changedSince(order.room.id, order.changed, MAX_CHANGES);
    const news = changed.filter((change) => order.receiveChange(change));
    for (const message of await this.views.ofRoom(order.room, news))
      await this.tell(message, this.roomOf(order));
    order.changesKnownUpTo(lastChange);
  }

  private async readMessages(order: RoomOrder, upTo: number): Promise<void> {
    const { id: roomId } = order.room;
    const room = order.delivered < upTo ? await this.access.find(roomId) : undefined;
    while (room && order.delivered < upTo) {
      const to = Math.min(order.delivered + CATCH_UP_SLICE, upTo);
      const stored = await this.repository.slice(roomId, order.delivered + 1, to);
      if (stored.length === 0) return;
      for (const message of await this.views.ofRoom(room, stored)) order.receive(message);
      this.deliverReady(order);
    }
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      this.logger.error({ err: error }, 'Messages of another server could not be delivered'),
    );
  }
}
