import type { RoomPriority, RoomStatus, RoomType } from './entities/room.entity.js';
import type { ParticipantRole } from './entities/participant.entity.js';

/** A room as services and presenters see it. */
export interface RoomView {
  readonly id: string;
  readonly key: string | null;
  readonly type: RoomType;
  readonly status: RoomStatus;
  readonly name: string | null;
  readonly description: string | null;
  readonly subject: string | null;
  readonly category: string | null;
  readonly priority: RoomPriority;
  readonly isPrivate: boolean;
  readonly maxMembers: number | null;
  readonly createdBy: string | null;
  readonly assigneeId: string | null;
  /** Who blocked it, while it is blocked. */
  readonly blockedBy: string | null;
  readonly contextType: string | null;
  readonly contextId: string | null;
  readonly metadata: Record<string, unknown>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly closedAt: Date | null;
}

export interface Membership {
  readonly role: ParticipantRole;
  readonly joinedAt: Date;
  /** May not write until then. */
  readonly mutedUntil: Date | null;
}

/** Where somebody stands with a room. Mutes and bans are kept of people who left, bans also of those who never came. */
export interface Standing {
  /** Null: no participant. */
  readonly membership: Membership | null;
  readonly mutedUntil: Date | null;
  /** Not for participants: whom the host brought back is in. */
  readonly bannedUntil: Date | null;
}

export const ofMember = (membership: Membership): Standing => ({
  membership,
  mutedUntil: membership.mutedUntil,
  bannedUntil: null,
});

/** Nothing is known of them here. */
export const STRANGER: Standing = { membership: null, mutedUntil: null, bannedUntil: null };

export interface ParticipantView extends Membership {
  readonly userId: string;
}

interface RoomRow {
  id: string;
  key: string | null;
  type: RoomType;
  status: RoomStatus;
  name: string | null;
  description: string | null;
  subject: string | null;
  category: string | null;
  priority: RoomPriority;
  is_private: boolean;
  max_members: number | null;
  created_by: string | null;
  assignee_id: string | null;
  blocked_by: string | null;
  context_type: string | null;
  context_id: string | null;
  metadata: Record<string, unknown>;
  created_at: Date;
  updated_at: Date;
  closed_at: Date | null;
}
export type { RoomRow };

/** Columns of a view; positions in the room (`last_seq`) are read where they are needed, never cached. */
export const ROOM_COLUMNS = [
  'id',
  'key',
  'type',
  'status',
  'name',
  'description',
  'subject',
  'category',
  'priority',
  'is_private',
  'max_members',
  'created_by',
  'assignee_id',
  'blocked_by',
  'context_type',
  'context_id',
  'metadata',
  'created_at',
  'updated_at',
  'closed_at',
]
  .map((column) => `r.${column}`)
  .join(', ');

export function toRoomView(row: RoomRow): RoomView {
  return {
    id: row.id,
    key: row.key,
    type: row.type,
    status: row.status,
    name: row.name,
    description: row.description,
    subject: row.subject,
    category: row.category,
    priority: row.priority,
    isPrivate: row.is_private,
    maxMembers: row.max_members,
    createdBy: row.created_by,
    assigneeId: row.assignee_id,
    blockedBy: row.blocked_by,
    contextType: row.context_type,
    contextId: row.context_id,
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    closedAt: row.closed_at,
  };
}
