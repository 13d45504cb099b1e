import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { EventBus } from '#libs/platform/events';
import { dialectRoom, RealtimeServer, type ChatSocket } from '#libs/platform/realtime';
import {
  MembersService,
  DepartureArrived,
  RoomAccessService,
  RoomJoinService,
  showsPeople,
  type RoomView,
} from '#libs/rooms';
import { BOOKING_DIALECT } from './booking.dialect.js';
import { bookingErrors } from './booking.errors.js';
import { BookingPublisher } from './booking.publisher.js';

/** Coming and going of sockets in chats of this dialect. */
@Injectable()
export class BookingAttendance implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(BookingAttendance.name);
  /** Chats that a socket joined, the last one at the end. */
  private readonly joined = new WeakMap<ChatSocket, string[]>();
  private stopping = false;

  constructor(
    private readonly members: MembersService,
    private readonly joining: RoomJoinService,
    private readonly access: RoomAccessService,
    private readonly realtime: RealtimeServer,
    private readonly publisher: BookingPublisher,
    private readonly events: EventBus,
  ) {}

  onModuleInit(): void {
    this.events.on(DepartureArrived, ({ room, userId }) =>
      showsPeople(room) ? this.publisher.attended('user_left', room.id, userId, { here: true }) : undefined,
    );
  }

  /** A server that stops is no reason to say that people left: they reconnect. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  /**
   * The others hear of a person's first socket. `entered`: this socket was not in the chat before.
   * @throws SESSION_NOT_FOUND, CHAT_ACCESS_DENIED, ROOM_FULL
   */
  async join(actor: Actor, socket: ChatSocket, ref: string): Promise<{ room: RoomView; entered: boolean }> {
    const room = await this.members.join(actor, ref);
    const entered = !isIn(socket, room.id);
    const isNews = entered && (await this.isAbsent(actor, socket, room.id));
    return this.joining.subscribe(actor, room, socket, BOOKING_DIALECT, async () => {
      if (!socket.connected) return { room, entered: false };
      if (isNews) await this.announce('user_joined', actor, room);
      this.watch(actor, socket);
      this.joined.set(socket, [...this.chatsOf(socket).filter((id) => id !== room.id), room.id]);
      return { room, entered };
    });
  }

  /**
   * Stops receiving one chat, or the one joined last; the person stays a participant.
   * @throws SESSION_NOT_FOUND, CHAT_ACCESS_DENIED
   */
  async leave(actor: Actor, socket: ChatSocket, ref: string | undefined): Promise<RoomView> {
    const { id } = await this.access.get(actor, ref ?? this.joinedLast(socket));
    // Also one that the person was removed from is not the one joined last any more.
    this.joined.set(
      socket,
      this.chatsOf(socket).filter((joined) => joined !== id),
    );
    const { room, wasOpen } = await this.joining.unsubscribe(actor, id, socket, BOOKING_DIALECT);
    if (wasOpen) await this.left(actor, socket, room.id);
    return room;
  }

  /** The chat that events without a payload mean. @throws VALIDATION_ERROR before any was joined */
  joinedLast(socket: ChatSocket): string {
    const last = this.chatsOf(socket).at(-1);
    if (last === undefined) throw bookingErrors.noChatJoined();
    return last;
  }

  private chatsOf(socket: ChatSocket): string[] {
    return this.joined.get(socket) ?? [];
  }

  private watch(actor: Actor, socket: ChatSocket): void {
    if (this.joined.has(socket)) return;
    socket.once('disconnecting', () => {
      if (this.stopping) return;
      // Those that the person was removed from are not among the socket's rooms any more.
      for (const roomId of this.chatsOf(socket).filter((id) => isIn(socket, id))) {
        this.left(actor, socket, roomId).catch((error: unknown) =>
          this.logger.warn({ err: error }, 'A chat was not told who left'),
        );
      }
    });
  }

  /** The others hear of the end of a person's last socket. */
  private async left(actor: Actor, socket: ChatSocket, roomId: string): Promise<void> {
    const room = await this.access.find(roomId);
    if (room && (await this.isAbsent(actor, socket, roomId))) await this.announce('user_left', actor, room);
  }

  private async isAbsent(actor: Actor, socket: ChatSocket, roomId: string): Promise<boolean> {
    return !(await this.realtime.isUserIn(BOOKING_DIALECT, roomId, actor.id, socket.id));
  }

  /** Administrators who look on are not announced: they are no participants. */
  private async announce(event: 'user_joined' | 'user_left', actor: Actor, room: RoomView): Promise<void> {
    if (showsPeople(room) && (await this.access.membership(room.id, actor.id)))
      await this.publisher.attended(event, room.id, actor.id);
  }
}

const isIn = (socket: ChatSocket, roomId: string): boolean =>
  socket.rooms.has(dialectRoom(BOOKING_DIALECT, roomId));
