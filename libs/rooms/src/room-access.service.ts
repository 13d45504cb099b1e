import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { AuditLog } from '#libs/platform/audit';
import { Cluster } from '#libs/platform/cluster';
import { Database } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { parseUuid } from '#libs/platform/validation';
import { UserErased } from '#libs/directory';
import { AccessCache } from './access-cache.js';
import {
  isOpenForMessages,
  mayRead,
  mayReadDetails,
  mayWrite,
  type Policy,
  type Verdict,
} from './room-policy.js';
import {
  ROOM_COLUMNS,
  ofMember,
  STRANGER,
  toRoomView,
  type Membership,
  type RoomRow,
  type RoomView,
  type Standing,
} from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import {
  BanChanged,
  ParticipantChanged,
  ParticipantJoined,
  ParticipantLeft,
  RoomDeleted,
  RoomUpdated,
} from './rooms.events.js';

const MAX_REF_LENGTH = 200;
const INTERNAL_KEY = /^internal_/;

const ACCESS_TOPIC = 'room-access';
type ParticipantEvent = ParticipantJoined | ParticipantLeft | ParticipantChanged | BanChanged;

/** Where one stands, a room, or (neither named) everything must be read again. */
interface Invalidation {
  roomId?: string;
  userId?: string;
}

export interface RoomAccess {
  room: RoomView;
  membership: Membership | null;
}

/** Answers, from memory where it can, which room an id means and whether the actor may do something in it. */
@Injectable()
export class RoomAccessService {
  private readonly cache = new AccessCache();

  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
    private readonly cluster: Cluster,
    events: EventBus,
  ) {
    events.on(RoomUpdated, ({ room }) => this.invalidate({ roomId: room.id }));
    events.on(RoomDeleted, ({ room }) => this.invalidate({ roomId: room.id }));
    for (const type of [ParticipantJoined, ParticipantLeft, ParticipantChanged, BanChanged]) {
      events.on<ParticipantEvent>(type, ({ room, userId }) => this.invalidate({ roomId: room.id, userId }));
    }
    events.on(UserErased, () => this.invalidate({}));
    cluster.on(ACCESS_TOPIC, (data) => this.forget(data as Invalidation));
    cluster.catchUp.first(() => this.cache.clear());
  }

  /** By key (`service_789`) or plain id; a malformed id is an unknown one. */
  async find(ref: string): Promise<RoomView | undefined> {
    const id = parseUuid(ref);
    const known = this.cache.roomByRef(id ?? ref);
    // What other servers changed is not heard of while the connection to them is lost.
    if (known && this.cluster.connected) return known;
    if (ref.length > MAX_REF_LENGTH || ref.includes('\u0000') || !ref.isWellFormed()) return undefined;
    const epoch = this.cache.begin();
    const rows = await this.database.query<RoomRow>(
      `SELECT ${ROOM_COLUMNS} FROM rooms r WHERE ${id ? 'r.id' : 'r.key'} = $1`,
      [id ?? ref],
    );
    if (!rows[0]) return undefined;
    const room = toRoomView(rows[0]);
    this.cache.keepRoom(room, epoch);
    return room;
  }

  /** What is in memory, without asking the database. */
  known(roomId: string): RoomView | undefined {
    return this.cache.roomByRef(roomId);
  }

  /** @throws ROOM_NOT_FOUND; ACCESS_DENIED for internal rooms where the actor is no staff, whether they exist or not. */
  async get(actor: Actor, ref: string): Promise<RoomView> {
    if (INTERNAL_KEY.test(ref) && actor.family === 'customer')
      throw roomErrors.notParticipant('Internal rooms are for staff.');
    const room = await this.find(ref);
    if (!room) throw roomErrors.notFound();
    return room;
  }

  async membership(roomId: string, userId: string): Promise<Membership | null> {
    return (await this.standing(roomId, userId)).membership;
  }

  async standing(roomId: string, userId: string): Promise<Standing> {
    const known = this.cache.standing(roomId, userId);
    // That someone is no participant is not remembered where another server may be letting them in.
    if (known && this.cluster.connected && !(known.membership === null && this.cluster.shared)) return known;
    const epoch = this.cache.begin();
    const rows = await this.database.query<StandingRow>(
      'SELECT role, joined_at, left_at, muted_until, banned_until FROM participants WHERE room_id = $1 AND user_id = $2',
      [roomId, userId],
    );
    const standing = rows[0] ? toStanding(rows[0]) : STRANGER;
    this.cache.keepStanding(roomId, userId, standing, epoch);
    return standing;
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  toRead(actor: Actor, ref: string): Promise<RoomAccess> {
    return this.require(actor, ref, mayRead, 'room.override.read');
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_INACTIVE */
  async toWrite(actor: Actor, ref: string): Promise<RoomAccess> {
    const access = await this.require(actor, ref, mayWrite, 'room.override.write');
    if (!isOpenForMessages(access.room.status)) throw roomErrors.inactive(access.room.status);
    return access;
  }

  /** For what tells nothing of the room, and so is no override to record. @throws ACCESS_DENIED */
  async requireSeen(actor: Actor, room: RoomView): Promise<void> {
    requireAllowed(mayReadDetails(room, await this.standing(room.id, actor.id), actor));
  }

  /** One path for every rule: load, judge, record an override, refuse. */
  async require(actor: Actor, ref: string, policy: Policy, auditAction: string): Promise<RoomAccess> {
    const room = await this.get(actor, ref);
    const standing = await this.standing(room.id, actor.id);
    const verdict = policy(room, standing, actor);
    requireAllowed(verdict);
    if (verdict.override) {
      await this.audit.record(actor, { action: auditAction, targetType: 'room', targetId: room.id });
    }
    return { room, membership: standing.membership };
  }

  /** Whether delivery may go on right now, for checks after an await. */
  async mayStillRead(actor: Actor, room: RoomView): Promise<boolean> {
    return mayRead(room, await this.standing(room.id, actor.id), actor).allowed;
  }

  private invalidate(what: Invalidation): Promise<void> {
    this.forget(what);
    return this.cluster.publish(ACCESS_TOPIC, what);
  }

  private forget({ roomId, userId }: Invalidation): void {
    if (roomId === undefined) this.cache.clear();
    else if (userId === undefined) this.cache.forgetRoom(roomId);
    else this.cache.forgetStanding(roomId, userId);
  }
}

export function requireAllowed(verdict: Verdict): asserts verdict is Extract<Verdict, { allowed: true }> {
  if (verdict.allowed) return;
  if (verdict.outside) throw roomErrors.notParticipant(verdict.reason, verdict.details);
  throw roomErrors.accessDenied(verdict.reason, verdict.details);
}

interface StandingRow {
  role: Membership['role'];
  joined_at: Date;
  left_at: Date | null;
  muted_until: Date | null;
  banned_until: Date | null;
}

const toStanding = (row: StandingRow): Standing =>
  row.left_at === null
    ? ofMember({ role: row.role, joinedAt: row.joined_at, mutedUntil: row.muted_until })
    : { membership: null, mutedUntil: row.muted_until, bannedUntil: row.banned_until };
