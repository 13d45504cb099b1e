import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { Database, type Transaction } from '#libs/platform/database';
import { UsersService, type UserView } from '#libs/directory';
import { ClosedRooms } from './closed-rooms.service.js';
import { isDepartment } from './dto/rooms.dto.js';
import { requireStill } from './actor-now.js';
import { Departures } from './departures.js';
import { FIRST_PARTICIPANTS, MembersRepository } from './members.repository.js';
import { RoomAccessService } from './room-access.service.js';
import { requireOutranked } from './member-roles.service.js';
import { mayChangePeople, mayJoin, mayRead, showsPeople, type Verdict } from './room-policy.js';
import type { ParticipantView, RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { ParticipantJoined, type JoinReason } from './rooms.events.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';
import { SanctionsRepository } from './sanctions.repository.js';

const INTERNAL_PREFIX = 'internal_';

export interface ShownParticipant {
  participant: ParticipantView;
  user: UserView | undefined;
}

/** Who is in a room: joining, leaving, adding, removing. */
@Injectable()
export class MembersService {
  constructor(
    private readonly database: Database,
    private readonly rooms: RoomsRepository,
    private readonly members: MembersRepository,
    private readonly sanctions: SanctionsRepository,
    private readonly access: RoomAccessService,
    private readonly roomsService: RoomsService,
    private readonly closedRooms: ClosedRooms,
    private readonly departures: Departures,
    private readonly users: UsersService,
  ) {}

  /**
   * Becomes a participant; one who already is stays as they are. An administrator who enters a room that is not theirs
   * looks on and does not become one.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_FULL
   */
  async join(actor: Actor, ref: string): Promise<RoomView> {
    await this.provideInternal(actor, ref);
    const { room, membership } = await this.access.require(actor, ref, mayJoin, 'room.override.join');
    if (membership) return room;
    const looksOn =
      actor.family === 'admin' &&
      isOverride(mayJoin(room, await this.access.standing(room.id, actor.id), actor));
    if (!looksOn) await this.enter(room, [actor.id], 'joined');
    return room;
  }

  /**
   * The last owner of a room that others are in has to name the next one first, unless `handOver` leaves the room to
   * the one of the highest role who has been in it longest.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, CONFLICT
   */
  async leave(actor: Actor, ref: string, handOver = false): Promise<RoomView> {
    const { room, membership } = await this.access.toRead(actor, ref);
    if (!membership) return room;
    await this.database.transaction(async (tx) => {
      await this.rooms.lock(tx, room.id);
      const mine = await this.members.lock(tx, room.id, actor.id);
      if (mine?.role === 'owner' && !handOver) await this.departures.requireAnotherOwner(tx, room, actor.id);
      await this.departures.end(tx, room, [actor.id], 'left');
    });
    return room;
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_FULL, UNKNOWN_USERS, INVALID_PARTICIPANTS */
  async add(actor: Actor, ref: string, userIds: string[]): Promise<RoomView> {
    const { room } = await this.access.require(
      actor,
      ref,
      mayChangePeople('add_people'),
      'room.override.add',
    );
    await this.database.transaction(async (tx) => {
      await this.closedRooms.requireOpenTo(tx, room.type, userIds, 'user_ids');
      await this.enterIn(tx, room, userIds, 'added');
    });
    return room;
  }

  /** Ends their delivery at once. @throws ROOM_NOT_FOUND, ACCESS_DENIED, NOT_FOUND */
  async remove(actor: Actor, ref: string, userId: string): Promise<RoomView> {
    if (userId === actor.id) return this.leave(actor, ref);
    const policy = mayChangePeople('remove_people');
    const { room } = await this.access.require(actor, ref, policy, 'room.override.remove');
    await this.database.transaction(async (tx) => {
      await this.rooms.lock(tx, room.id);
      const mine = await requireStill(tx, this.members, actor, room, policy);
      await requireOutranked(tx, this.members, actor, room, mine, userId);
      await this.departures.end(tx, room, [userId], 'removed');
    });
    return room;
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async list(
    actor: Actor,
    ref: string,
    limit = FIRST_PARTICIPANTS,
    offset = 0,
  ): Promise<{ participants: ShownParticipant[]; total: number }> {
    const { room } = await this.access.require(actor, ref, mayRead, 'room.override.read');
    const [participants, count] = await Promise.all([
      showsPeople(room) ? this.members.list(room.id, limit, offset) : [],
      this.members.countOf(room.id),
    ]);
    return {
      participants: await this.withProfiles(participants),
      total: showsPeople(room) ? count : 0,
    };
  }

  /** The first participants of a room with their profiles; the caller has checked access. */
  async shown(room: RoomView): Promise<ShownParticipant[]> {
    return showsPeople(room) ? this.withProfiles(await this.members.first(room.id)) : [];
  }

  /** The host's word: no permission is asked. Inside the caller's transaction. */
  async assign(
    tx: Transaction,
    room: RoomView,
    added: ReadonlyMap<string, JoinReason>,
    removed: string[],
  ): Promise<void> {
    await this.rooms.lock(tx, room.id);
    const entered = await this.members.add(
      tx,
      room.id,
      [...added.keys()].map((userId) => ({ userId, role: 'member' as const })),
    );
    for (const userId of entered)
      tx.publish(new ParticipantJoined(room, userId, 'member', added.get(userId) as JoinReason));
    if (removed.length > 0) await this.departures.end(tx, room, removed, 'removed');
  }

  /** Lets people in whom the caller has judged. @throws ROOM_FULL, UNKNOWN_USERS; ACCESS_DENIED for the banned */
  async enter(room: RoomView, userIds: string[], reason: JoinReason): Promise<void> {
    await this.database.transaction((tx) => this.enterIn(tx, room, userIds, reason));
  }

  /** As `enter`, inside the caller's transaction. */
  async enterIn(tx: Transaction, room: RoomView, userIds: string[], reason: JoinReason): Promise<void> {
    // The lock makes counting and adding one step: two who take the last place at once do not both get it.
    const now = await this.rooms.lock(tx, room.id);
    await this.users.ensure(
      tx,
      userIds.map((id) => ({ id })),
    );
    const ban = await this.sanctions.latestBan(tx, room.id, userIds);
    if (ban) throw roomErrors.banned(ban);
    const entered = await this.members.add(
      tx,
      room.id,
      userIds.map((userId) => ({ userId, role: 'member' as const })),
    );
    if (
      entered.length > 0 &&
      now.maxMembers !== null &&
      (await this.members.count(tx, room.id)) > now.maxMembers
    )
      throw roomErrors.full(now.maxMembers);
    for (const userId of entered) tx.publish(new ParticipantJoined(room, userId, 'member', reason));
  }

  private async withProfiles(participants: readonly ParticipantView[]): Promise<ShownParticipant[]> {
    const users = await this.users.findMany(participants.map((participant) => participant.userId));
    return participants.map((participant) => ({ participant, user: users.get(participant.userId) }));
  }

  /** `internal_{dept}` exists as soon as staff enter it. */
  private async provideInternal(actor: Actor, ref: string): Promise<void> {
    if (!ref.startsWith(INTERNAL_PREFIX) || (actor.family !== 'staff' && actor.family !== 'admin')) return;
    const department = ref.slice(INTERNAL_PREFIX.length);
    if (!isDepartment(department) || (await this.access.find(ref))) return;
    await this.roomsService.ensureInternal(actor, department);
  }
}

const isOverride = (verdict: Verdict): boolean => verdict.allowed && verdict.override === true;
