import { isStaffSide, mayOverride, type Actor, type Role } from '#libs/platform/auth';
import type { ParticipantRole } from './entities/participant.entity.js';
import type { RoomStatus, RoomType } from './entities/room.entity.js';
import type { Membership, RoomView, Standing } from './room-view.js';

/** Pure rules: who may do what in a room. A refusal carries a reason that a user can read. */
export type Verdict =
  | { allowed: true; override?: boolean }
  /** `outside`: for want of membership, not of a role or permission. */
  | { allowed: false; reason: string; details?: Record<string, unknown>[]; outside?: boolean };
export type Policy = (room: RoomView, standing: Standing, actor: Actor) => Verdict;

const ALLOWED: Verdict = { allowed: true };
const OVERRIDE: Verdict = { allowed: true, override: true };
const refused = (reason: string, details?: Record<string, unknown>[]): Verdict => ({
  allowed: false,
  reason,
  details,
});
const OUTSIDE: Verdict = {
  allowed: false,
  reason: 'You are not a participant of this room.',
  outside: true,
};
const NOT_FOR_CUSTOMERS: Verdict = { allowed: false, reason: 'Internal rooms are for staff.', outside: true };

const RANK = { owner: 3, admin: 2, moderator: 1, member: 0 } as const satisfies Record<
  ParticipantRole,
  number
>;
/** Types that are closed to the customer side, whoever was written down as a participant. */
const STAFF_ONLY: readonly RoomType[] = ['internal'];
const CLOSED_TO_NOBODY: readonly RoomType[] = [];
/** Roles that take support sessions (readers, providers, businesses and suppliers do not). */
const SUPPORT_TEAM = new Set<Role>(['staff', 'agent', 'support', 'admin']);
/** Types that anyone may find and enter unless they are private. */
const OPEN_TYPES = new Set<RoomType>(['group', 'channel']);
const SELF_MANAGED = new Set<RoomType>(['group', 'channel', 'internal']);
const HOST_MANAGED = new Set<RoomType>(['service', 'booking', 'order']);

/** Types of rooms that do not exist for this side: judged before membership, which counts for nothing there. */
export const closedTypes = ({ family }: Pick<Actor, 'family'>): readonly RoomType[] =>
  family === 'customer' ? STAFF_ONLY : CLOSED_TO_NOBODY;

/** What comes before every rule: closed types, and bans, which only administrators and the host pass. */
export const byStanding =
  (policy: Policy): Policy =>
  (room, standing, actor) => {
    if (closedTypes(actor).includes(room.type)) return NOT_FOR_CUSTOMERS;
    return (mayOverride(actor) ? undefined : whileBanned(standing)) ?? policy(room, standing, actor);
  };

function whileBanned({ bannedUntil }: Standing): Verdict | undefined {
  if (!isInForce(bannedUntil)) return undefined;
  const until = bannedUntil.toISOString();
  const reason = `You are banned from this room until ${until}.`;
  return { allowed: false, reason, details: [{ banned_until: until }], outside: true };
}

export const isInForce = (until: Date | null): until is Date =>
  until !== null && until.getTime() > Date.now();

/** Resolved or closed: over, unless someone reopens it. */
export const ENDED: readonly RoomStatus[] = ['resolved', 'closed'];
export const hasEnded = (status: RoomStatus): boolean => ENDED.includes(status);

export const isOpenForMessages = (status: RoomStatus): boolean => status === 'active' || status === 'waiting';

export const hasRank = (membership: Membership | null, least: ParticipantRole): boolean =>
  membership !== null && RANK[membership.role] >= RANK[least];

export const isSupportTeam = (actor: Actor): boolean => SUPPORT_TEAM.has(actor.role);
/** Waiting sessions are open to the whole team; looking into those that a colleague has is an override. */
const asSupportTeam = (room: RoomView, actor: Actor): Verdict | undefined => {
  if (room.type !== 'support' || !isSupportTeam(actor)) return undefined;
  return room.status === 'waiting' ? ALLOWED : OVERRIDE;
};

/** Readers of announcements do not hear of each other: everyone is one, which is no acquaintance. */
export const showsPeople = (room: RoomView): boolean => room.type !== 'broadcast';

/** Reading details, messages, presence. */
export const mayRead = byStanding((room, { membership }, actor) => {
  if (membership || room.type === 'broadcast') return ALLOWED;
  if (room.type === 'internal' && isStaffSide(actor)) return ALLOWED;
  const asTeam = asSupportTeam(room, actor);
  if (asTeam) return asTeam;
  if (mayOverride(actor) || mayModerate(room, actor)) return OVERRIDE;
  return OUTSIDE;
});

/** Moderators look into private groups and channels, which they cannot simply enter. */
const mayModerate = (room: RoomView, actor: Actor): boolean =>
  OPEN_TYPES.has(room.type) && room.isPrivate && actor.permissions.has('chats:moderate');

/** Details of rooms that are not private need no membership; their messages do. */
export const mayReadDetails = byStanding((room, standing, actor) => {
  if (OPEN_TYPES.has(room.type) && !room.isPrivate && actor.permissions.has('chats:read')) return ALLOWED;
  return mayRead(room, standing, actor);
});

/** Sending, typing, reacting. The room's status is checked apart from this. */
export const mayWrite = byStanding((room, standing, actor) => {
  if (room.type === 'broadcast') {
    return mayOverride(actor) ? ALLOWED : refused('Only administrators write announcements.');
  }
  const isOpen = room.type === 'internal' && isStaffSide(actor);
  if (standing.membership || isOpen) return whileNotMuted(standing);
  if (mayOverride(actor)) return OVERRIDE;
  return OUTSIDE;
});

function whileNotMuted({ mutedUntil }: Standing): Verdict {
  if (!isInForce(mutedUntil)) return ALLOWED;
  const until = mutedUntil.toISOString();
  return refused(`You are muted in this room until ${until}.`, [{ muted_until: until }]);
}

/** Becoming a participant without being added by someone. */
export const mayJoin = byStanding((room, { membership, bannedUntil }, actor) => {
  if (actor.family === 'service') return refused("The host platform's server is never a participant.");
  // Of the banned only administrators come so far: they may look on.
  if (isInForce(bannedUntil)) return OVERRIDE;
  if (membership || room.type === 'broadcast' || room.type === 'internal') return ALLOWED;
  const asTeam = asSupportTeam(room, actor);
  if (asTeam) return asTeam;
  if (!OPEN_TYPES.has(room.type)) {
    return actor.family === 'admin' ? OVERRIDE : refused('This room is only open to its participants.');
  }
  if (!room.isPrivate)
    return actor.permissions.has('chats:read') ? ALLOWED : refused('This needs the permission chats:read.');
  if (actor.permissions.has('chats:join_private')) return ALLOWED;
  return refused('This room is private.');
});

/** What a role of the room allows; a higher one may do all that a lower one may. `docs/permissions.md` shows it. */
export const LEAST_ROLE = {
  update_room: 'admin',
  add_people: 'admin',
  invite: 'admin',
  set_roles: 'admin',
  set_status: 'admin',
  remove_people: 'moderator',
  mute: 'moderator',
  ban: 'moderator',
  delete_messages: 'moderator',
  pin_messages: 'moderator',
  read_edits: 'moderator',
  transfer_ownership: 'owner',
  delete_room: 'owner',
} as const satisfies Record<string, ParticipantRole>;
export type RoomAction = keyof typeof LEAST_ROLE;

/** A participant's role, raised to moderator where the host grants chats:moderate. */
export function effectiveRole(membership: Membership, actor: Actor): ParticipantRole {
  if (membership.role === 'member' && actor.permissions.has('chats:moderate')) return 'moderator';
  return membership.role;
}

/** As `mayDo`, for what is done to someone: an administrator who may not by rank (see `outranks`) overrides. */
export const mayActOn =
  (action: RoomAction): Policy =>
  (room, standing, actor) =>
    mayOverride(actor) && standing.membership?.role !== 'owner'
      ? OVERRIDE
      : mayDo(action)(room, standing, actor);

/** Who is in the room: of direct rooms nobody decides, of service, booking and order rooms the host does. */
export const mayChangePeople =
  (action: RoomAction): Policy =>
  (room, standing, actor) => {
    if (room.type === 'direct') return refused('A direct room has exactly two people.');
    if (HOST_MANAGED.has(room.type) && standing.membership && !mayOverride(actor))
      return refused('The host platform decides who is in this room.');
    return mayActOn(action)(room, standing, actor);
  };

/** Actions on rooms that people run by themselves, and moderation in all of them. */
export function mayDo(action: RoomAction): Policy {
  return byStanding((room, { membership }, actor) => {
    if (room.type === 'broadcast' && !mayOverride(actor))
      return refused('Only administrators run the announcement room.');
    // What administrators may beyond their own role in the room is an override, and recorded.
    const role = membership && (mayOverride(actor) ? membership.role : effectiveRole(membership, actor));
    if (role && RANK[role] >= RANK[LEAST_ROLE[action]]) return ALLOWED;
    if (mayOverride(actor)) return OVERRIDE;
    if (!membership) return OUTSIDE;
    if (LEAST_ROLE[action] === 'admin' && mayRunRoom(room, actor)) return ALLOWED;
    return refused(`This needs the role ${LEAST_ROLE[action]} in the room.`, [
      { required_role: LEAST_ROLE[action] },
    ]);
  });
}

/** Participants whom the host lets change rooms: staff in support rooms, chats:update in groups and channels. */
const mayRunRoom = (room: RoomView, actor: Actor): boolean =>
  (room.type === 'support' && isStaffSide(actor)) ||
  (SELF_MANAGED.has(room.type) && actor.permissions.has('chats:update'));

export const mayManage = mayDo('update_room');

/** Whether someone of this role may act on someone of that one: only on those below, an owner on everyone. */
export const outranks = (mine: ParticipantRole, theirs: ParticipantRole): boolean =>
  mine === 'owner' || RANK[mine] > RANK[theirs];

/** Administrators and the host stand above every role of a room. */
const PLATFORM_RANK = RANK.owner + 1;

/** With what rank somebody mutes and bans in a room: only the same or a higher one changes that again. */
export const sanctionRank = (membership: Membership | null, actor: Actor): number => {
  if (mayOverride(actor)) return PLATFORM_RANK;
  return membership ? RANK[effectiveRole(membership, actor)] : RANK.member;
};

const BLOCKABLE = new Set<RoomType>(['direct', 'order', 'booking']);
export const isBlockable = (room: RoomView): boolean => BLOCKABLE.has(room.type);

/** Ending or reopening a conversation. */
export const maySetStatus = (to: RoomStatus): Policy =>
  byStanding((room, standing, actor) => {
    if (!standing.membership) {
      const asTeam = asSupportTeam(room, actor);
      if (asTeam) return asTeam;
      return mayOverride(actor) ? OVERRIDE : OUTSIDE;
    }
    if (SELF_MANAGED.has(room.type) || room.type === 'broadcast')
      return mayDo('set_status')(room, standing, actor);
    if (to !== 'active' || isStaffSide(actor)) return ALLOWED;
    return room.status === 'resolved' ? ALLOWED : refused('Only staff may reopen a closed conversation.');
  });

/** Taking a waiting support session. */
export const mayTake = byStanding((room, _standing, actor) => {
  if (room.type !== 'support') return refused('Only support sessions are taken.');
  return isSupportTeam(actor) ? ALLOWED : refused('Agents, support, staff and administrators take sessions.');
});

/** Giving a support session back to the queue. */
export const mayRelease = byStanding((room, _standing, actor) => {
  if (room.type !== 'support') return refused('Only support sessions are given back.');
  if (room.assigneeId === actor.id && isSupportTeam(actor)) return ALLOWED;
  return mayOverride(actor) ? OVERRIDE : refused('Only the one who has the session may give it back.');
});

/** What a person may open by themselves; customers' "limited" chats:create means direct and support rooms. */
export function mayCreate(type: RoomType, actor: Actor): Verdict {
  if (type === 'direct' || type === 'support') return ALLOWED;
  if (actor.family === 'customer')
    return refused('Customers may open conversations of two people and support sessions.');
  if (type === 'group' || type === 'channel' || type === 'internal') return ALLOWED;
  return mayOverride(actor) ? ALLOWED : refused('The host platform opens rooms of this type.');
}
