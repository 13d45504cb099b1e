import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Cluster } from '#libs/platform/cluster';
import { EventBus } from '#libs/platform/events';
import { RealtimeServer } from '#libs/platform/realtime';
import { RoomAccessService, RoomDeleted, type RoomView } from '#libs/rooms';
import { MessageArrived, MessageCreated } from './messages.events.js';
import { MessagesRepository } from './messages.repository.js';
import { reviveMessage, type MessageView } from './message-view.js';
import { MessageViews } from './message-views.js';

const TOPIC = 'message';
/** A message that follows a gap waits so long for the missing one before the database is asked for it. */
const GAP_WAIT_MS = 100;
const MAX_TRACKED_ROOMS = 50_000;
const CATCH_UP_SLICE = 200;

interface RoomOrder {
  /** Everything up to here has been delivered on this server. */
  delivered: number;
  waiting: Map<number, MessageView>;
  timer: NodeJS.Timeout | undefined;
  /** While the room itself is looked up: nothing may overtake what waits for it. */
  lookingUp: boolean;
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
    this.events.on(RoomDeleted, ({ room }) => void this.orders.delete(room.id));
    this.cluster.on(TOPIC, (data) => this.arrived(reviveMessage(data)));
    this.cluster.onReconnected(() => this.inBackground(this.catchUp()));
  }

  /** From the newest stored message on, deliver the room's messages here. Costs a look-up for a room new to this server. */
  async follow(roomId: string): Promise<void> {
    if (!this.cluster.shared || this.orders.has(roomId)) return;
    const delivered = await this.repository.lastSeq(roomId);
    // Meanwhile another join may have done the same, and messages may have come.
    if (!this.orders.has(roomId))
      this.orders.set(roomId, { delivered, waiting: new Map(), timer: undefined, lookingUp: false });
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

  private deliverReady(order: RoomOrder, found?: RoomView): void {
    for (;;) {
      const next = order.waiting.get(order.delivered + 1);
      if (!next) break;
      const room = found ?? this.access.known(next.roomId);
      if (!room) {
        if (!order.lookingUp) this.inBackground(this.lookUp(next.roomId, order));
        return;
      }
      order.waiting.delete(next.seq);
      order.delivered = next.seq;
      void this.events.publish(new MessageArrived(next, room));
    }
    if (order.waiting.size > 0) return;
    clearTimeout(order.timer);
    order.timer = undefined;
  }

  private async lookUp(roomId: string, order: RoomOrder): Promise<void> {
    order.lookingUp = true;
    try {
      const room = await this.access.find(roomId);
      if (room) this.deliverReady(order, room);
    } finally {
      order.lookingUp = false;
    }
  }

  /** The missing messages did not come: they are committed, so the database has them. */
  private async fill(roomId: string, order: RoomOrder): Promise<void> {
    order.timer = undefined;
    const newest = Math.max(...order.waiting.keys());
    await this.readFrom(roomId, order, newest);
  }

  private async catchUp(): Promise<void> {
    for (const [roomId, order] of [...this.orders.entries()]) {
      if (!this.realtime.isRoomOpenHere(roomId)) continue;
      await this.readFrom(roomId, order, await this.repository.lastSeq(roomId));
    }
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
      this.deliverReady(order, room);
    }
  }

  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.logger.error({ err: error }, 'Messages of another server could not be delivered'),
    );
  }
}
