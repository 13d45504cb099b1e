import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import {
  DeliveryGate,
  type AlreadyKnown,
  dialectRoom,
  RealtimeServer,
  type ChatSocket,
  type EventTurn,
} from '#libs/platform/realtime';
import type { JoinedRoomBody } from './dto/room-events.body.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { RoomAccessService } from './room-access.service.js';
import { RoomActivityPort, type MissedActivity } from './room-activity.js';
import type { RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { toParticipant, toRoom, wireRoomId } from './rooms.presenter.js';
import { SERVICE_DIALECT } from './service.dialect.js';

/** Joining a room with a socket: membership, delivery, and what the one who joined gets to see first. */
@Injectable()
export class RoomJoinService {
  constructor(
    private readonly members: MembersService,
    private readonly repository: MembersRepository,
    private readonly access: RoomAccessService,
    private readonly activity: RoomActivityPort,
    private readonly realtime: RealtimeServer,
  ) {}

  /**
   * In the service dialect. With `afterSeq` the answer holds what was missed, and everything else follows as events:
   * together complete, in order and without repeats, since delivery is held back while the answer is made.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_FULL
   */
  async join(
    actor: Actor,
    ref: string,
    { socket, turn }: { socket: ChatSocket; turn: EventTurn },
    afterSeq?: number,
  ): Promise<JoinedRoomBody> {
    const room = await this.members.join(actor, ref);
    if (afterSeq === undefined)
      return this.subscribe(actor, room, socket, SERVICE_DIALECT, () => this.describe(room));
    const gate = DeliveryGate.hold(socket);
    let known: AlreadyKnown | undefined;
    const wasOpen = socket.rooms.has(dialectRoom(SERVICE_DIALECT, room.id));
    turn.afterAnswer(() => {
      // Of a join that fails nothing is told, unless the room was open before.
      if (known || wasOpen) gate.release(known);
      else gate.abandon((_event, payload) => isIn(wireRoomId(room), payload));
    });
    return this.subscribe(actor, room, socket, SERVICE_DIALECT, async () => {
      const missed = await this.activity.missedSince(room, afterSeq);
      const joined = await this.describe(room);
      known = isTold(wireRoomId(room), missed);
      return {
        ...joined,
        messages: missed.messages,
        changes: missed.changes,
        has_more: missed.hasMore,
        changes_has_more: missed.changesHasMore,
      };
    });
  }

  /**
   * From now on the socket hears the room. Where its answer cannot be made, or the person was removed while this was
   * under way, it hears no more of it than before.
   * @param answer what the one who joins is told first
   * @throws ACCESS_DENIED, and what `answer` throws
   */
  async subscribe<T>(
    actor: Actor,
    room: RoomView,
    socket: ChatSocket,
    dialect: string,
    answer: () => Promise<T>,
  ): Promise<T> {
    const name = dialectRoom(dialect, room.id);
    let undo = !socket.rooms.has(name);
    await this.activity.beforeJoin(room.id);
    await this.realtime.join(socket, dialect, room.id);
    try {
      if (await this.access.mayStillRead(actor, room)) return await answer();
      undo = true;
      throw roomErrors.notParticipant();
    } catch (error) {
      if (undo) await socket.leave(name);
      throw error;
    }
  }

  /**
   * Ends delivery to this socket; the person stays a participant. What it has open, it may leave, also for somebody who
   * was removed meanwhile.
   * @returns whether it was open
   * @throws ROOM_NOT_FOUND; ACCESS_DENIED for a room that is not open and that the person may not see
   */
  async unsubscribe(
    actor: Actor,
    ref: string,
    socket: ChatSocket,
    dialect: string,
  ): Promise<{ room: RoomView; wasOpen: boolean }> {
    const room = await this.access.get(actor, ref);
    const name = dialectRoom(dialect, room.id);
    const wasOpen = socket.rooms.has(name);
    if (!wasOpen) await this.access.requireSeen(actor, room);
    await socket.leave(name);
    return { room, wasOpen };
  }

  private async describe(room: RoomView): Promise<JoinedRoomBody> {
    const [shown, { participants, lastSeq }] = await Promise.all([
      this.members.shown(room),
      this.repository.summaryOf(room.id),
    ]);
    return {
      room_id: wireRoomId(room),
      participants: shown.map(({ participant, user }) => toParticipant(participant, user)),
      room: toRoom(room, participants),
      last_seq: lastSeq,
    };
  }
}

const isIn = (ref: string, payload: unknown): boolean =>
  (payload as Partial<ToldMessage> | undefined)?.room_id === ref;

/** What the answer to a join has told already: messages up to a number, and of others the newest change. */
function isTold(ref: string, { messages, changes, upToSeq }: MissedActivity): AlreadyKnown {
  const told = new Map<unknown, number>();
  for (const { id, change_seq } of [...messages, ...changes] as ToldMessage[])
    if (change_seq !== undefined) told.set(id, change_seq);
  return (event, payload) => {
    const { room_id, seq, change_seq, id, message_id } = (payload ?? {}) as Partial<ToldMessage>;
    if (room_id !== ref) return false;
    if (event === 'new_message') return typeof seq === 'number' && seq <= upToSeq;
    if (event !== 'message_edited' && event !== 'message_deleted') return false;
    return change_seq !== undefined && change_seq <= (told.get(message_id ?? id) ?? 0);
  };
}

/** Of a message, or of what tells of its deletion. */
interface ToldMessage {
  id: string;
  message_id: string;
  room_id: string;
  seq: number;
  change_seq?: number;
}
