import { Injectable } from '@nestjs/common';
import { mayOverride, type Actor } from '#libs/platform/auth';
import { AuditLog } from '#libs/platform/audit';
import { Database } from '#libs/platform/database';
import { MembersRepository } from './members.repository.js';
import { RoomAccessService } from './room-access.service.js';
import { byStanding, isBlockable, mayDo } from './room-policy.js';
import type { RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { RoomErasure } from './room-erasure.js';
import { RoomUpdated } from './rooms.events.js';
import { RoomsRepository } from './rooms.repository.js';

/** Archiving for oneself, blocking the other side, and removing a room for good. */
@Injectable()
export class RoomLifecycleService {
  constructor(
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly members: MembersRepository,
    private readonly rooms: RoomsRepository,
    private readonly erasure: RoomErasure,
    private readonly audit: AuditLog,
  ) {}

  /** For this person only; the next message brings the room back. @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async archive(actor: Actor, ref: string, archived: boolean): Promise<RoomView> {
    const { room, membership } = await this.access.toRead(actor, ref);
    if (!membership) throw roomErrors.notParticipant();
    await this.members.setArchived(room.id, actor.id, archived);
    return room;
  }

  /**
   * Neither side can write until the one who blocked (or an administrator) unblocks.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, CONFLICT for rooms of more than two sides or that have ended
   */
  async block(actor: Actor, ref: string): Promise<RoomView> {
    const { room } = await this.access.require(actor, ref, participantsOnly, 'room.override.block');
    if (!isBlockable(room)) throw roomErrors.notBlockable();
    return this.change(actor, room, (now) => {
      // An administrator's block comes over that of one of the two, who could end it.
      if (now.status === 'blocked' && !mayOverride(actor)) return undefined;
      if (now.status !== 'blocked' && now.status !== 'active' && now.status !== 'waiting')
        throw roomErrors.badTransition(now.status, 'blocked');
      return { status: 'blocked', blockedBy: actor.id };
    });
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED for the one who was blocked */
  async unblock(actor: Actor, ref: string): Promise<RoomView> {
    const { room, membership } = await this.access.require(
      actor,
      ref,
      participantsOnly,
      'room.override.unblock',
    );
    return this.change(actor, room, (now) => {
      if (now.status !== 'blocked') return undefined;
      if (membership && now.blockedBy !== actor.id && actor.family !== 'admin') {
        throw roomErrors.accessDenied('Only the one who blocked the conversation may unblock it.');
      }
      return { status: 'active', blockedBy: null };
    });
  }

  /** With all that is in it. @throws ROOM_NOT_FOUND also where somebody else was faster, ACCESS_DENIED */
  async remove(actor: Actor, ref: string): Promise<void> {
    const { room } = await this.access.require(actor, ref, mayRemove, 'room.override.delete');
    await this.database.transaction((tx) => this.erasure.erase(tx, room));
    await this.audit.record(actor, { action: 'room.delete', targetType: 'room', targetId: room.id });
  }

  private change(
    actor: Actor,
    room: RoomView,
    decide: (now: RoomView) => { status: RoomView['status']; blockedBy: string | null } | undefined,
  ): Promise<RoomView> {
    return this.database.transaction(async (tx) => {
      const now = await this.rooms.lock(tx, room.id);
      const patch = decide(now);
      if (!patch) return now;
      const after = await this.rooms.update(tx, room.id, patch);
      tx.publish(new RoomUpdated(after, actor.id, now.status));
      return after;
    });
  }
}

const participantsOnly = byStanding((room, standing, actor) =>
  standing.membership ? { allowed: true } : mayDo('delete_room')(room, standing, actor),
);

/** The owner, or a participant whom the host grants chats:delete. */
const mayRemove = byStanding((room, standing, actor) => {
  if (room.type === 'broadcast') return { allowed: false, reason: 'The announcement room stays.' };
  if (standing.membership && actor.permissions.has('chats:delete')) return { allowed: true };
  return mayDo('delete_room')(room, standing, actor);
});
