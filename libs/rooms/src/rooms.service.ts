import { Injectable } from '@nestjs/common';
import { isStaffSide, type Actor } from '#libs/platform/auth';
import { Database, type Transaction } from '#libs/platform/database';
import { commonErrors } from '#libs/platform/errors';
import { ContextsService, UsersService } from '#libs/directory';
import { ClosedRooms } from './closed-rooms.service.js';
import type { CreateRoomDto, ListRoomsQueryDto, UpdateRoomDto } from './dto/rooms.dto.js';
import { directDedupeKey, DirectRoomsRepository } from './direct-rooms.repository.js';
import type { RoomStatus } from './entities/room.entity.js';
import { MembersRepository } from './members.repository.js';
import { RoomAccessService } from './room-access.service.js';
import { RoomActivityPort, type RoomActivity } from './room-activity.js';
import { RoomErasure } from './room-erasure.js';
import { closedTypes, hasEnded, mayCreate, mayManage, mayReadDetails, maySetStatus } from './room-policy.js';
import type { RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { ParticipantJoined, RoomCreated, RoomUpdated } from './rooms.events.js';
import { RoomsRepository, type MyRoom, type NewRoom } from './rooms.repository.js';

export interface RoomDetails {
  room: RoomView;
  participantCount: number;
}
export interface ListedRoom extends MyRoom {
  participantCount: number;
  activity: RoomActivity | undefined;
}

/** Opening, listing, changing and ending rooms. */
@Injectable()
export class RoomsService {
  constructor(
    private readonly database: Database,
    private readonly rooms: RoomsRepository,
    private readonly directRooms: DirectRoomsRepository,
    private readonly members: MembersRepository,
    private readonly access: RoomAccessService,
    private readonly users: UsersService,
    private readonly contexts: ContextsService,
    private readonly closedRooms: ClosedRooms,
    private readonly activity: RoomActivityPort,
    private readonly erasure: RoomErasure,
  ) {}

  /**
   * Opens a room. The same two people get the same direct room, the same department the same internal room.
   * @throws FORBIDDEN, INVALID_PARTICIPANTS, UNKNOWN_USERS
   */
  async create(actor: Actor, body: CreateRoomDto): Promise<RoomDetails & { created: boolean }> {
    const verdict = mayCreate(body.type, actor);
    if (!verdict.allowed) throw commonErrors.forbidden(verdict.reason);
    // Of others' objects only the support team is told.
    if (body.context && body.type !== 'support')
      await this.contexts.requireNotForeign(actor, body.context.type, body.context.id);
    const people = peopleOf(actor, body, await this.namedBy(actor, body));
    return this.open(actor, plan(actor, body, people), people);
  }

  /** Opens a room with these people, or answers the one with the same key or dedupe key. */
  async open(actor: Actor, room: NewRoom, people: string[]): Promise<RoomDetails & { created: boolean }> {
    const result = await this.database.transaction((tx) => this.openIn(tx, actor.id, room, people));
    return {
      ...result,
      participantCount: await this.members.countOf(result.room.id),
    };
  }

  /** The service dialect's `internal_{dept}` rooms exist as soon as staff ask for them. */
  async ensureInternal(actor: Actor, department: string): Promise<RoomView> {
    const { room } = await this.open(actor, internalRoom(department), []);
    return room;
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async get(actor: Actor, ref: string): Promise<RoomDetails> {
    const { room } = await this.access.require(actor, ref, mayReadDetails, 'room.override.read');
    return this.detailsOf(room);
  }

  async list(actor: Actor, query: ListRoomsQueryDto): Promise<{ rooms: ListedRoom[]; total: number }> {
    const filter = {
      types: query.type,
      statuses: query.status,
      archived: query.archived,
      orArchived: query.or_archived,
      contextType: query.context_type,
      contextId: query.context_id,
      search: query.search,
      exceptTypes: closedTypes(actor),
    };
    const { rooms, total } = await this.rooms.listOf(
      actor.id,
      filter,
      query.per_page,
      (query.page - 1) * query.per_page,
    );
    const ids = rooms.map(({ room }) => room.id);
    const [counts, activity] = await Promise.all([
      this.members.countsOf(ids),
      this.activity.activityOf(actor.id, ids),
    ]);
    return {
      total,
      rooms: rooms.map((mine) => ({
        ...mine,
        participantCount: counts.get(mine.room.id) ?? 0,
        activity: activity.get(mine.room.id),
      })),
    };
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_FULL when the new capacity is below the number of members. */
  async update(actor: Actor, ref: string, body: UpdateRoomDto): Promise<RoomDetails> {
    const { room } = await this.access.require(actor, ref, mayManage, 'room.override.update');
    await this.database.transaction(async (tx) => {
      const before = await this.rooms.lock(tx, room.id);
      if (body.max_members && (await this.members.count(tx, room.id)) > body.max_members)
        throw roomErrors.full(body.max_members);
      const after = await this.rooms.update(tx, room.id, {
        name: body.name,
        description: body.description,
        subject: body.subject,
        category: body.category,
        priority: body.priority,
        isPrivate: body.is_private,
        maxMembers: body.max_members,
        metadata: body.metadata,
      });
      tx.publish(new RoomUpdated(after, actor.id, before.status));
    });
    return this.detailsOf((await this.access.find(room.id)) ?? room);
  }

  /**
   * Ends (`resolved`, `closed`) or reopens (`active`) a conversation; the same status again changes nothing.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED; CONFLICT for a blocked room, for a session that nobody has taken yet, and
   * for one of two people who have another open one
   */
  async setStatus(actor: Actor, ref: string, status: 'active' | 'resolved' | 'closed'): Promise<RoomDetails> {
    const policy = maySetStatus(status);
    const { room } = await this.access.require(actor, ref, policy, 'room.override.status');
    const changed = await this.database.transaction(async (tx) => {
      const pair = room.type === 'direct' && status === 'active' ? await this.holdPair(tx, room) : [];
      const before = await this.rooms.lock(tx, room.id);
      if (before.status === status) return before;
      if (!mayBecome(before, status)) throw roomErrors.badTransition(before.status, status);
      // The cached room may have been resolved when it was judged, and closed since.
      const verdict = policy(before, await this.access.standing(room.id, actor.id), actor);
      if (!verdict.allowed) throw roomErrors.accessDenied(verdict.reason);
      if (pair.length > 0 && (await this.directRooms.openOf(tx, pair))) throw roomErrors.anotherIsOpen();
      const closedAt = hasEnded(status) ? new Date() : null;
      const after = await this.rooms.update(tx, room.id, { status, closedAt });
      tx.publish(new RoomUpdated(after, actor.id, before.status));
      return after;
    });
    return this.detailsOf(changed);
  }

  /** Inside a transaction of the caller. Existing rooms are answered as they are. @throws INVALID_PARTICIPANTS */
  async openIn(
    tx: Transaction,
    actorId: string | null,
    plan: NewRoom,
    people: string[],
  ): Promise<{ room: RoomView; created: boolean }> {
    const others = people.filter((id) => id !== actorId);
    await this.closedRooms.requireOpenTo(tx, plan.type, others);
    const { room, created } = await this.rooms.insertOrGet(tx, plan);
    if (!created) {
      // Whoever left a direct room is in it again when one of the two opens it.
      if (plan.type === 'direct') await this.bringBack(tx, room, people);
      return { room, created };
    }
    await this.users.ensure(
      tx,
      people.map((id) => ({ id })),
    );
    const owner = plan.type === 'group' || plan.type === 'channel' ? plan.createdBy : undefined;
    await this.members.add(
      tx,
      room.id,
      people.map((userId) => ({ userId, role: userId === owner ? ('owner' as const) : ('member' as const) })),
    );
    tx.publish(new RoomCreated(room, people, actorId));
    for (const userId of people)
      tx.publish(new ParticipantJoined(room, userId, userId === owner ? 'owner' : 'member', 'added'));
    return { room, created };
  }

  /** Takes back a room that was just opened and in which nothing was written, because what it was for failed. */
  async discard(room: RoomView): Promise<void> {
    await this.database.transaction((tx) => this.erasure.eraseUnused(tx, room));
  }

  /**
   * Whom the actor may bring in: a customer only staff into a support session. Other customers, and people whom the chat
   * does not know yet, did not ask to hear of it; they are left out.
   */
  private async namedBy(actor: Actor, { type, participant_ids: named }: CreateRoomDto): Promise<string[]> {
    if (type !== 'support' || actor.family !== 'customer' || named.length === 0) return named;
    const known = await this.users.findMany(named);
    return named.filter((id) => {
      const user = known.get(id);
      return user !== undefined && isStaffSide(user);
    });
  }

  private async holdPair(tx: Transaction, room: RoomView): Promise<string[]> {
    const pair = await this.directRooms.peopleOf(tx, room.id);
    await this.directRooms.hold(tx, pair);
    return pair;
  }

  private async bringBack(tx: Transaction, room: RoomView, people: string[]): Promise<void> {
    await this.rooms.lock(tx, room.id);
    const members = people.map((userId) => ({ userId, role: 'member' as const }));
    for (const userId of await this.members.add(tx, room.id, members)) {
      tx.publish(new ParticipantJoined(room, userId, 'member', 'added'));
    }
  }

  private async detailsOf(room: RoomView): Promise<RoomDetails> {
    return { room, participantCount: await this.members.countOf(room.id) };
  }
}

function peopleOf(actor: Actor, body: CreateRoomDto, named: string[]): string[] {
  const people = [...new Set(actor.family === 'service' ? named : [actor.id, ...named])];
  if (body.type === 'direct' && people.length !== 2) {
    throw roomErrors.invalidParticipants(
      'A direct room has exactly two different people; name the other one.',
    );
  }
  if (body.type === 'support' && people.length === 0) {
    throw roomErrors.invalidParticipants('A support room needs the customer whom it is for.');
  }
  if (body.max_members !== undefined && people.length > body.max_members)
    throw roomErrors.invalidParticipants('There are more people than max_members allows.');
  return people;
}

/** A waiting support session becomes active by being taken, so that somebody has it. */
function mayBecome({ type, status }: RoomView, to: RoomStatus): boolean {
  if (status === 'blocked') return false;
  if (status === 'closed' && to === 'resolved') return false;
  return !(type === 'support' && status === 'waiting' && to === 'active');
}

const internalRoom = (department: string): NewRoom => ({
  type: 'internal',
  key: `internal_${department}`,
  name: department,
  isPrivate: true,
});

function plan(actor: Actor, body: CreateRoomDto, people: string[]): NewRoom {
  const createdBy = actor.family === 'service' ? null : actor.id;
  const common: NewRoom = {
    type: body.type,
    name: body.name,
    description: body.description,
    subject: body.subject,
    category: body.category,
    priority: body.priority,
    isPrivate: body.is_private ?? true,
    maxMembers: body.max_members,
    contextType: body.context?.type,
    contextId: body.context?.id,
    metadata: body.metadata,
    createdBy,
  };
  switch (body.type) {
    case 'direct':
      return { ...common, dedupeKey: directDedupeKey(people), isPrivate: true };
    case 'support':
      return { ...common, status: 'waiting', key: (id) => `support_${id}`, isPrivate: true };
    case 'internal':
      if (!body.department) throw roomErrors.missing('department', 'An internal room needs a department.');
      return { ...common, ...internalRoom(body.department), name: body.name ?? body.department };
    default:
      if (!body.name) throw roomErrors.missing('name', 'A group or channel needs a name.');
      return common;
  }
}
