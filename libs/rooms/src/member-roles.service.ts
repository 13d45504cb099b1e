import { Injectable } from '@nestjs/common';
import { mayOverride, type Actor } from '#libs/platform/auth';
import { Database, type Transaction } from '#libs/platform/database';
import { isStorableId, UsersService } from '#libs/directory';
import type { ParticipantRole } from './entities/participant.entity.js';
import { requireStill } from './actor-now.js';
import { Departures } from './departures.js';
import { MembersRepository } from './members.repository.js';
import { RoomAccessService } from './room-access.service.js';
import {
  byStanding,
  effectiveRole,
  isInForce,
  mayActOn,
  mayChangePeople,
  mayDo,
  outranks,
  sanctionRank,
} from './room-policy.js';
import type { Membership, ParticipantView, RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { BanChanged, ParticipantChanged } from './rooms.events.js';
import { RoomsRepository } from './rooms.repository.js';
import { SanctionsRepository, type Imposer, type Sanctions } from './sanctions.repository.js';

/** "Until further notice". */
const FOREVER = new Date('9999-12-31T00:00:00Z');

/** Everyone may give up their own role. */
const mayLowerOwnRole = byStanding((room, standing, actor) =>
  standing.membership ? { allowed: true } : mayActOn('set_roles')(room, standing, actor),
);

/**
 * The one an action is aimed at: in the room, and below the actor's own role (overrides may act on everyone).
 * @param mine the actor's membership as it is under the room's lock: of two owners who remove each other one does
 * @throws NOT_FOUND, ACCESS_DENIED
 */
export async function requireOutranked(
  tx: Transaction,
  members: MembersRepository,
  actor: Actor,
  room: RoomView,
  mine: Membership | null,
  userId: string,
): Promise<ParticipantView> {
  const target = await members.lock(tx, room.id, userId);
  if (!target) throw roomErrors.notAParticipant();
  if (mine && !mayOverride(actor) && !outranks(effectiveRole(mine, actor), target.role)) {
    throw roomErrors.accessDenied(`You may not act on someone who is ${target.role} of the room.`);
  }
  return target;
}

/** Roles of participants, muting and banning. */
@Injectable()
export class MemberRolesService {
  constructor(
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly members: MembersRepository,
    private readonly sanctions: SanctionsRepository,
    private readonly rooms: RoomsRepository,
    private readonly users: UsersService,
    private readonly departures: Departures,
  ) {}

  /**
   * Gives a role below one's own (an owner also owner, which makes a second one).
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, NOT_FOUND, CONFLICT for the last owner
   */
  async setRole(actor: Actor, ref: string, userId: string, role: ParticipantRole): Promise<ParticipantView> {
    const policy = userId === actor.id ? mayLowerOwnRole : mayActOn('set_roles');
    const { room } = await this.access.require(actor, ref, policy, 'room.override.role');
    return this.database.transaction(async (tx) => {
      await this.rooms.lock(tx, room.id);
      const mine = await requireStill(tx, this.members, actor, room, policy);
      if (mine && !mayOverride(actor) && !outranks(effectiveRole(mine, actor), role))
        throw roomErrors.accessDenied(`You may not make someone ${role}.`);
      const target = await this.targetOrSelf(tx, actor, room, mine, userId);
      if (target.role === 'owner' && role !== 'owner') await this.requireAnotherOwner(tx, room, userId);
      await this.members.setRole(tx, room.id, userId, role);
      tx.publish(new ParticipantChanged(room, userId, role, target.mutedUntil));
      return { ...target, role };
    });
  }

  /** The owner becomes admin, the other one owner. @throws ROOM_NOT_FOUND, ACCESS_DENIED, NOT_FOUND */
  async transferOwnership(actor: Actor, ref: string, userId: string): Promise<RoomView> {
    const { room } = await this.access.require(
      actor,
      ref,
      mayDo('transfer_ownership'),
      'room.override.transfer',
    );
    await this.database.transaction(async (tx) => {
      await this.rooms.lock(tx, room.id);
      // As it is now: of two transfers at the same moment the second one's actor is no owner any more.
      const mine = await this.members.lock(tx, room.id, actor.id);
      if (mine?.role !== 'owner' && !mayOverride(actor))
        throw roomErrors.accessDenied('You are not the owner.');
      const target = await this.members.lock(tx, room.id, userId);
      if (!target) throw roomErrors.notAParticipant();
      if (userId === actor.id && mine?.role === 'owner') return;
      await this.members.setRole(tx, room.id, userId, 'owner');
      tx.publish(new ParticipantChanged(room, userId, 'owner', target.mutedUntil));
      if (mine?.role !== 'owner') return;
      await this.members.setRole(tx, room.id, actor.id, 'admin');
      tx.publish(new ParticipantChanged(room, actor.id, 'admin', mine.mutedUntil));
    });
    return room;
  }

  /**
   * Until a time, or until further notice; null ends it.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED also where somebody of a higher rank muted them, NOT_FOUND
   */
  async mute(
    actor: Actor,
    ref: string,
    userId: string,
    until: Date | null | undefined,
  ): Promise<ParticipantView> {
    const policy = mayActOn('mute');
    const { room } = await this.access.require(actor, ref, policy, 'room.override.mute');
    const mutedUntil = until === undefined ? FOREVER : until;
    return this.database.transaction(async (tx) => {
      await this.rooms.lock(tx, room.id);
      const mine = await requireStill(tx, this.members, actor, room, policy);
      const target = await requireOutranked(tx, this.members, actor, room, mine, userId);
      const by = await this.imposer(tx, actor, room, mine, userId, 'mute');
      await this.sanctions.setMute(tx, by, room.id, userId, mutedUntil);
      tx.publish(new ParticipantChanged(room, userId, target.role, mutedUntil));
      return { ...target, mutedUntil };
    });
  }

  /**
   * Removes someone and keeps them out, until a time or until further notice. Also before they ever came.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED also where somebody of a higher rank banned them, UNKNOWN_USERS
   */
  async ban(actor: Actor, ref: string, userId: string, until: Date | undefined): Promise<Date> {
    const policy = mayChangePeople('ban');
    const { room } = await this.access.require(actor, ref, policy, 'room.override.ban');
    if (userId === actor.id) throw roomErrors.accessDenied('You cannot ban yourself; leave the room.');
    const bannedUntil = until ?? FOREVER;
    await this.database.transaction(async (tx) => {
      await this.rooms.lock(tx, room.id);
      const mine = await requireStill(tx, this.members, actor, room, policy);
      await this.users.ensure(tx, [{ id: userId }]);
      const present = await this.members.lock(tx, room.id, userId);
      if (present) await requireOutranked(tx, this.members, actor, room, mine, userId);
      const by = await this.imposer(tx, actor, room, mine, userId, 'ban');
      await this.sanctions.setBan(tx, by, room.id, userId, bannedUntil);
      tx.publish(new BanChanged(room, userId, bannedUntil));
      await this.departures.end(tx, room, [userId], 'removed');
    });
    return bannedUntil;
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED also where somebody of a higher rank banned them */
  async unban(actor: Actor, ref: string, userId: string): Promise<void> {
    const policy = mayChangePeople('ban');
    const { room } = await this.access.require(actor, ref, policy, 'room.override.ban');
    if (!isStorableId(userId)) return;
    await this.database.transaction(async (tx) => {
      await this.rooms.lock(tx, room.id);
      const mine = await requireStill(tx, this.members, actor, room, policy);
      await this.imposer(tx, actor, room, mine, userId, 'ban');
      await this.sanctions.endBan(tx, room.id, userId);
      tx.publish(new BanChanged(room, userId, null));
    });
  }

  /** The actor, where nobody of a higher rank did the same before. @throws ACCESS_DENIED */
  private async imposer(
    tx: Transaction,
    actor: Actor,
    room: RoomView,
    mine: Membership | null,
    userId: string,
    what: keyof Sanctions,
  ): Promise<Imposer> {
    const rank = sanctionRank(mine, actor);
    const before = (await this.sanctions.of(tx, room.id, userId))[what];
    if (before && isInForce(before.until) && before.rank > rank) throw roomErrors.imposedFromAbove(what);
    return { id: actor.id, rank };
  }

  /** Everyone may give up their own role. */
  private async targetOrSelf(
    tx: Transaction,
    actor: Actor,
    room: RoomView,
    mine: Membership | null,
    userId: string,
  ): Promise<ParticipantView> {
    if (userId !== actor.id) return requireOutranked(tx, this.members, actor, room, mine, userId);
    const self = await this.members.lock(tx, room.id, userId);
    if (!self) throw roomErrors.notAParticipant();
    return self;
  }

  private async requireAnotherOwner(tx: Transaction, room: RoomView, userId: string): Promise<void> {
    if ((await this.members.otherOwners(tx, room.id, userId)).owners === 0) throw roomErrors.lastOwner();
  }
}
