import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { Database, type Transaction } from '#libs/platform/database';
import { MembersService } from './members.service.js';
import { RoomAccessService } from './room-access.service.js';
import { closedTypes, isOpenForMessages, isSupportTeam, mayRelease, mayTake } from './room-policy.js';
import type { RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { RoomAssigned, RoomUpdated } from './rooms.events.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';
import { SupportQueueRepository, type SupportSession } from './support-queue.repository.js';

export type { SupportSession };

/** As support sessions show them; see `sessionsOf` in the repository for what is blocked or archived. */
export type SessionStatus = 'waiting' | 'active' | 'resolved' | 'closed';

/** Support sessions: waiting for the team, taken by one of it, resolved, closed, reopened. */
@Injectable()
export class SupportQueueService {
  constructor(
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly rooms: RoomsService,
    private readonly roomsRepository: RoomsRepository,
    private readonly members: MembersService,
    private readonly queueRepository: SupportQueueRepository,
  ) {}

  /**
   * Takes a session that nobody has. Taking one's own again changes nothing.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, ALREADY_ASSIGNED, ROOM_INACTIVE
   */
  async take(actor: Actor, ref: string): Promise<RoomView> {
    const { room } = await this.access.require(actor, ref, mayTake, 'room.override.take');
    return this.database.transaction(async (tx) => {
      const taken = await this.queueRepository.take(tx, room.id, actor.id);
      if (!taken) return this.whyNotTaken(tx, actor, room.id);
      tx.publish(new RoomUpdated(taken.room, actor.id, taken.previousStatus));
      await this.members.enterIn(tx, taken.room, [actor.id], 'joined');
      tx.publish(new RoomAssigned(taken.room, actor.id, taken.previousStatus));
      return taken.room;
    });
  }

  /** Gives a session back to the queue; the one who had it stays in the room. @throws ROOM_NOT_FOUND, ACCESS_DENIED, CONFLICT */
  async release(actor: Actor, ref: string): Promise<RoomView> {
    const { room } = await this.access.require(actor, ref, mayRelease, 'room.override.release');
    return this.database.transaction(async (tx) => {
      const released =
        room.assigneeId === null
          ? undefined
          : await this.queueRepository.release(tx, room.id, room.assigneeId);
      if (!released) throw roomErrors.badTransition(room.status, 'waiting');
      tx.publish(new RoomUpdated(released, actor.id, 'active'));
      tx.publish(new RoomAssigned(released, null, 'active'));
      return released;
    });
  }

  /**
   * `active` takes a waiting session and reopens one that has ended, `waiting` gives it back, the others end it.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, ALREADY_ASSIGNED, CONFLICT
   */
  async setStatus(actor: Actor, ref: string, status: SessionStatus): Promise<RoomView> {
    if (status === 'waiting') return this.release(actor, ref);
    const room = await this.access.get(actor, ref);
    if (status === 'active' && room.status === 'waiting' && isSupportTeam(actor))
      return this.take(actor, ref);
    return (await this.rooms.setStatus(actor, ref, status)).room;
  }

  /** Sessions that nobody has, the longest wait first. @throws ACCESS_DENIED for all but the support team */
  async queue(actor: Actor, limit: number, offset: number): Promise<{ rooms: RoomView[]; total: number }> {
    if (!isSupportTeam(actor)) throw roomErrors.accessDenied('The queue is for the support team.');
    return this.queueRepository.queue(actor.id, limit, offset);
  }

  /** The actor's conversations, the newest first; for the support team after the queue, the longest wait first. */
  async sessionsOf(
    actor: Actor,
    statuses: readonly SessionStatus[],
    limit: number,
    offset: number,
  ): Promise<SupportSession[]> {
    return this.queueRepository.sessionsOf(
      actor.id,
      isSupportTeam(actor),
      statuses,
      closedTypes(actor),
      limit,
      offset,
    );
  }

  /** Whom each of these conversations is for; the caller has checked access. */
  async customersOf(roomIds: readonly string[]): Promise<Map<string, string>> {
    return this.queueRepository.customersOf(roomIds);
  }

  private async whyNotTaken(tx: Transaction, actor: Actor, roomId: string): Promise<RoomView> {
    const room = await this.roomsRepository.lock(tx, roomId);
    if (!isOpenForMessages(room.status)) throw roomErrors.inactive(room.status);
    if (room.assigneeId !== null && room.assigneeId !== actor.id)
      throw roomErrors.alreadyAssigned(room.assigneeId);
    return room;
  }
}
