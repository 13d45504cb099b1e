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
  type EmitOptions,
} from '#libs/platform/realtime';
import { UsersService, type UserView } from '#libs/directory';
import { DeletionArrived, EditArrived, MessageArrived, ReadArrived } from '#libs/messages';
import { TypingChanged } from '#libs/presence';
import {
  DepartureArrived,
  isSupportTeam,
  JoinArrived,
  RoomAssigned,
  RoomUpdated,
  showsPeople,
  SUPPORT_QUEUE,
  SupportQueueChanged,
  type RoomView,
} from '#libs/rooms';
import { SessionViews } from './session-views.js';
import { SUPPORT_DIALECT, supportDialect } from './support.dialect.js';
import { toMessage, toRole, toStatus } from './support.presenter.js';
import { supportServerEvents } from './support.server-events.js';

/** Who hears what of sessions in the support dialect. */
@Injectable()
export class SupportPublisher implements OnModuleInit, ConnectionObserver {
  readonly emitter: DialectEmitter<typeof supportServerEvents>;

  constructor(
    realtime: RealtimeServer,
    private readonly connections: Connections,
    private readonly events: EventBus,
    private readonly users: UsersService,
    private readonly sessions: SessionViews,
  ) {
    this.emitter = new DialectEmitter(realtime, SUPPORT_DIALECT, supportServerEvents);
  }

  onModuleInit(): void {
    this.connections.observe(this);
    // Synchronous: the order of commits is the order of delivery.
    this.events.on(MessageArrived, ({ message, room }) => {
      if (this.emitter.isAnyoneHere(room.id))
        this.emitter.toRoomHere(room.id, 'new_message', { message: toMessage(message) });
    });
    this.events.on(EditArrived, ({ message, room }) =>
      this.emitter.toRoomHere(room.id, 'message_edited', { message: toMessage(message) }),
    );
    this.events.on(DeletionArrived, ({ message, room }) =>
      this.emitter.toRoomHere(room.id, 'message_deleted', { message_id: message.id, session_id: room.id }),
    );
    this.events.on(TypingChanged, (event) => this.typing(event));
    this.events.on(ReadArrived, (event) => this.read(event));
    this.events.on(JoinArrived, ({ room, userId }) => this.userJoined(room, userId, { here: true }));
    this.events.on(DepartureArrived, ({ room, userId }) => this.userLeft(room, userId, { here: true }));
    this.events.on(SupportQueueChanged, ({ room }) => this.statusChanged(room, [room.id, SUPPORT_QUEUE]));
    this.events.on(RoomUpdated, (event) => this.updated(event));
    this.events.on(RoomAssigned, (event) => this.assigned(event));
  }

  /** The support team sees its queue before it has joined anything. */
  connected(actor: Actor, socket: ChatSocket): void {
    if (supportDialect.namespaces.includes(socket.nsp.name) && isSupportTeam(actor))
      void socket.join(dialectRoom(SUPPORT_DIALECT, SUPPORT_QUEUE));
  }

  disconnected(): void {
    // SessionEntryService tells the sessions that the socket was in.
  }

  /** @param audience all of the session, or only sockets of this server */
  async userJoined(room: RoomView, userId: string, audience: Pick<EmitOptions, 'here'> = {}): Promise<void> {
    const user = await this.heardOf(room, userId);
    if (!user) return;
    const payload = { session_id: room.id, user_id: userId, role: toRole(user), name: user.name };
    this.emitter.toRoom(room.id, 'user_joined', payload, { exceptUser: userId, ...audience });
  }

  /** @param audience as of `userJoined` */
  async userLeft(room: RoomView, userId: string, audience: Pick<EmitOptions, 'here'> = {}): Promise<void> {
    const user = await this.heardOf(room, userId);
    if (!user) return;
    const payload = { session_id: room.id, user_id: userId, role: toRole(user) };
    this.emitter.toRoom(room.id, 'user_left', payload, { exceptUser: userId, ...audience });
  }

  private async typing({ roomId, userId, typing }: TypingChanged): Promise<void> {
    if (!this.emitter.isAnyoneIn(roomId)) return;
    const who = { session_id: roomId, user_id: userId };
    const options = { exceptUser: userId };
    if (!typing) return this.emitter.toRoom(roomId, 'typing_stopped', who, options);
    const user = this.users.cached(userId) ?? (await this.users.find(userId));
    if (user) this.emitter.toRoom(roomId, 'user_typing', { ...who, user_name: user.name }, options);
  }

  private read({ room, userId, marked, everything }: ReadArrived): void {
    if (!showsPeople(room) || !this.emitter.isAnyoneHere(room.id)) return;
    this.emitter.toRoomHere(room.id, 'messages_read', {
      session_id: room.id,
      user_id: userId,
      ...(everything ? {} : { message_ids: marked.messages.map(({ id }) => id) }),
    });
  }

  private async updated({ room, actorId, previousStatus }: RoomUpdated): Promise<void> {
    const status = toStatus(room.status);
    if (status === toStatus(previousStatus)) return;
    // Those of support rooms are told together with the queue.
    if (room.type !== 'support') this.statusChanged(room, [room.id]);
    if (status !== 'closed' || !this.emitter.isAnyoneIn(room.id)) return;
    const session = await this.sessions.shared(room);
    this.emitter.toRoom(room.id, 'chat_closed', { session, closed_by: actorId });
  }

  private async assigned({ room, assigneeId }: RoomAssigned): Promise<void> {
    if (assigneeId === null || !this.emitter.isAnyoneIn(room.id)) return;
    const session = await this.sessions.shared(room);
    const agent = { agent_id: assigneeId, agent_name: session.agent_name ?? `User ${assigneeId}` };
    this.emitter.toRoom(room.id, 'chat_accepted', { session, ...agent });
  }

  private statusChanged(room: RoomView, audience: string[]): void {
    this.emitter.toRooms(audience, 'session_status_changed', {
      session_id: room.id,
      status: toStatus(room.status),
      ...(room.assigneeId === null ? {} : { agent_id: room.assigneeId }),
    });
  }

  private async heardOf(room: RoomView, userId: string): Promise<UserView | undefined> {
    if (!showsPeople(room) || !this.emitter.isAnyoneIn(room.id)) return undefined;
    return this.users.find(userId);
  }
}
