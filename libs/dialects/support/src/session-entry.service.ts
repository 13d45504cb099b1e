import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import {
  DeliveryGate,
  dialectRoom,
  RealtimeServer,
  type AlreadyKnown,
  type ChatSocket,
  type EventTurn,
} from '#libs/platform/realtime';
import { HistoryService } from '#libs/messages';
import { PresenceService } from '#libs/presence';
import {
  MembersService,
  RoomAccessService,
  RoomJoinService,
  SUPPORT_QUEUE,
  type RoomView,
} from '#libs/rooms';
import type { SessionJoinedPayload } from './dto/session-events.body.js';
import type { ParticipantBody } from './dto/session.body.js';
import { SessionViews } from './session-views.js';
import { SUPPORT_DIALECT } from './support.dialect.js';
import { toMessage, toRole } from './support.presenter.js';
import { SupportPublisher } from './support.publisher.js';

const HISTORY = 50;

/** Entering and leaving a session with a socket. */
@Injectable()
export class SessionEntryService {
  private readonly logger = new Logger(SessionEntryService.name);
  private readonly watched = new WeakSet<ChatSocket>();

  constructor(
    private readonly members: MembersService,
    private readonly access: RoomAccessService,
    private readonly joining: RoomJoinService,
    private readonly history: HistoryService,
    private readonly presence: PresenceService,
    private readonly realtime: RealtimeServer,
    private readonly sessions: SessionViews,
    private readonly publisher: SupportPublisher,
  ) {}

  /**
   * The answer holds the history, and what is stored from then on follows as events: delivery is held back while the
   * answer is made, so that no message is missing or comes twice.
   */
  async join(
    actor: Actor,
    ref: string,
    { socket, turn }: { socket: ChatSocket; turn: EventTurn },
  ): Promise<SessionJoinedPayload> {
    const wasMember = await this.isMember(actor, ref);
    const room = await this.members.join(actor, ref);
    const gate = DeliveryGate.hold(socket);
    let known: AlreadyKnown | undefined;
    const wasOpen = this.hears(socket, room);
    turn.afterAnswer(() => {
      // Of a join that fails nothing is told, unless the session was open before.
      if (known || wasOpen) gate.release(known);
      else gate.abandon(concerns(room.id));
    });
    return this.enter(socket, actor, room, wasMember, async () => {
      const { messages } = await this.history.page(actor, room.id, { page: 1, per_page: HISTORY });
      const [session, participants] = await Promise.all([
        this.sessions.mine(actor, room),
        this.participantsOf(room),
      ]);
      const told = new Set(messages.map(({ id }) => id));
      known = (event, payload) => event === 'new_message' && isTold(payload, told);
      return { session, messages: messages.map(toMessage), participants };
    });
  }

  /** Whether this socket hears the session. */
  hears(socket: ChatSocket, room: RoomView): boolean {
    return socket.rooms.has(dialectRoom(SUPPORT_DIALECT, room.id));
  }

  /** The session as it is before something is done with it. */
  current(ref: string): Promise<RoomView | undefined> {
    return this.access.find(ref);
  }

  async isMember(actor: Actor, ref: string): Promise<boolean> {
    const room = await this.access.find(ref);
    return room !== undefined && (await this.access.membership(room.id, actor.id)) !== null;
  }

  /**
   * The socket hears the session from now on, and the others hear who came.
   * @param answer what the one who comes is told first; where it cannot be made nobody came
   */
  async enter<T>(
    socket: ChatSocket,
    actor: Actor,
    room: RoomView,
    wasMember: boolean,
    answer: () => Promise<T>,
  ): Promise<T> {
    const wasAbsent = !this.hears(socket, room) && (await this.isAbsent(room.id, actor, socket));
    return this.joining.subscribe(actor, room, socket, SUPPORT_DIALECT, async () => {
      const told = await answer();
      // Who became a participant just now was announced as such.
      const isNew = !wasMember && (await this.isMember(actor, room.id));
      if (!isNew && wasAbsent) await this.publisher.userJoined(room, actor.id);
      this.watch(socket, actor);
      return told;
    });
  }

  /** @throws SESSION_NOT_FOUND, ACCESS_DENIED */
  async leave(actor: Actor, ref: string, socket: ChatSocket): Promise<RoomView> {
    const { room, wasOpen } = await this.joining.unsubscribe(actor, ref, socket, SUPPORT_DIALECT);
    if (wasOpen) await this.left(room.id, actor, socket);
    return room;
  }

  /** Tells the sessions that the socket is in when it goes away. */
  private watch(socket: ChatSocket, actor: Actor): void {
    if (this.watched.has(socket)) return;
    this.watched.add(socket);
    const prefix = dialectRoom(SUPPORT_DIALECT, '');
    socket.once('disconnecting', () => {
      for (const name of socket.rooms) {
        if (!name.startsWith(prefix) || name === prefix + SUPPORT_QUEUE) continue;
        this.left(name.slice(prefix.length), actor, socket).catch((error: unknown) =>
          this.logger.warn({ err: error }, 'A session was not told who left'),
        );
      }
    });
  }

  /** The others hear of it when no other socket of the user is there. */
  private async left(sessionId: string, actor: Actor, socket: ChatSocket): Promise<void> {
    const room = await this.access.find(sessionId);
    if (room && (await this.isAbsent(sessionId, actor, socket)))
      await this.publisher.userLeft(room, actor.id);
  }

  private async isAbsent(sessionId: string, actor: Actor, socket: ChatSocket): Promise<boolean> {
    return !(await this.realtime.isUserIn(SUPPORT_DIALECT, sessionId, actor.id, socket.id));
  }

  private async participantsOf(room: RoomView): Promise<ParticipantBody[]> {
    const shown = await this.members.shown(room);
    const online = await this.presence.online(shown.map(({ participant }) => participant.userId));
    return shown.map(({ participant: { userId, joinedAt }, user }) => ({
      user_id: userId,
      name: user?.name ?? `User ${userId}`,
      role: toRole(user),
      avatar: user?.avatar ?? null,
      is_online: online.has(userId),
      joined_at: joinedAt.toISOString(),
    }));
  }
}

/** Whether a packet of this contract is about the session; one is an object. */
const concerns =
  (sessionId: string): AlreadyKnown =>
  (_event, payload) => {
    const { session_id, message } = (payload ?? {}) as {
      session_id?: unknown;
      message?: { session_id?: unknown };
    };
    return session_id === sessionId || message?.session_id === sessionId;
  };

/** By what only messages of this dialect have. */
function isTold(payload: unknown, told: ReadonlySet<string>): boolean {
  const { message } = payload as { message?: { id?: unknown; sender_role?: unknown } };
  return typeof message?.sender_role === 'string' && told.has(String(message.id));
}
