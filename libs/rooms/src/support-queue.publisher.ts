import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { EventBus } from '#libs/platform/events';
import {
  Connections,
  DialectEmitter,
  dialectRoom,
  RealtimeServer,
  type ChatSocket,
  type ConnectionObserver,
} from '#libs/platform/realtime';
import { MembersRepository } from './members.repository.js';
import { isSupportTeam } from './room-policy.js';
import type { RoomView } from './room-view.js';
import { RoomAssigned, RoomCreated, RoomDeleted, RoomUpdated, SupportQueueChanged } from './rooms.events.js';
import { toRoom } from './rooms.presenter.js';
import { SERVICE_DIALECT } from './service.dialect.js';
import { supportQueueServerEvents } from './support-queue.server-events.js';

/** In place of a room's id: the socket room of the support team, which hears of every session. */
export const SUPPORT_QUEUE = 'support-queue';
/** Where nothing but the service dialect is spoken; on `/` the team hears of the queue in the support dialect. */
const NAMESPACE = '/chat';

/** What the support team hears of its queue in the service dialect, before it has joined anything. */
@Injectable()
export class SupportQueuePublisher implements OnModuleInit, ConnectionObserver {
  private readonly emitter: DialectEmitter<typeof supportQueueServerEvents>;

  constructor(
    realtime: RealtimeServer,
    private readonly connections: Connections,
    private readonly events: EventBus,
    private readonly members: MembersRepository,
  ) {
    this.emitter = new DialectEmitter(realtime, SERVICE_DIALECT, supportQueueServerEvents);
  }

  onModuleInit(): void {
    this.connections.observe(this);
    this.events.on(RoomCreated, ({ room }) => this.changed(room));
    this.events.on(RoomUpdated, ({ room, previousStatus }) =>
      room.status === previousStatus ? undefined : this.changed(room),
    );
    this.events.on(RoomAssigned, ({ room, previousStatus }) =>
      // Taken while active: reopened sessions may have nobody. Otherwise RoomUpdated has told it.
      room.status === previousStatus ? this.changed(room) : undefined,
    );
    this.events.on(RoomDeleted, ({ room }) => this.changed({ ...room, status: 'closed' }));
    this.events.on(SupportQueueChanged, ({ room }) => this.tell(room));
  }

  connected(actor: Actor, socket: ChatSocket): void {
    if (socket.nsp.name === NAMESPACE && isSupportTeam(actor))
      void socket.join(dialectRoom(SERVICE_DIALECT, SUPPORT_QUEUE));
  }

  disconnected(): void {
    // Socket.IO takes it out of its rooms.
  }

  private async changed(room: RoomView): Promise<void> {
    if (room.type === 'support') await this.events.publish(new SupportQueueChanged(room));
  }

  private async tell(room: RoomView): Promise<void> {
    if (!this.emitter.isAnyoneIn(SUPPORT_QUEUE)) return;
    const body = toRoom(room, await this.members.countOf(room.id));
    const { room_id, status, assignee_id } = body;
    this.emitter.toRoom(SUPPORT_QUEUE, 'support_queue_changed', { room_id, status, assignee_id, room: body });
  }
}
