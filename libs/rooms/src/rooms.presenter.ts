import { toPublicUser, wireId, type UserView } from '#libs/directory';
import type { InvitationBody } from './dto/invitation.body.js';
import type { Pagination } from './dto/pagination.body.js';
import type { ParticipantBody } from './dto/participant.body.js';
import type { MyRoomBody, RoomBody } from './dto/room.body.js';
import type { InvitationView } from './invitations.service.js';
import type { RoomActivity } from './room-activity.js';
import type { ParticipantView, RoomView } from './room-view.js';

/** What the service dialect calls a room's id. */
export const wireRoomId = (room: Pick<RoomView, 'id' | 'key'>): string => room.key ?? room.id;

export function toRoom(room: RoomView, participantCount: number): RoomBody {
  return {
    room_id: wireRoomId(room),
    id: room.id,
    type: room.type,
    status: room.status,
    name: room.name,
    description: room.description,
    subject: room.subject,
    category: room.category,
    priority: room.priority,
    is_private: room.isPrivate,
    max_members: room.maxMembers,
    participant_count: participantCount,
    created_by: room.createdBy === null ? null : wireId(room.createdBy),
    assignee_id: room.assigneeId === null ? null : wireId(room.assigneeId),
    context:
      room.contextType === null || room.contextId === null
        ? null
        : { type: room.contextType, id: wireId(room.contextId) },
    metadata: room.metadata,
    created_at: room.createdAt.toISOString(),
    updated_at: room.updatedAt.toISOString(),
    closed_at: room.closedAt?.toISOString() ?? null,
  };
}

export function toParticipant(participant: ParticipantView, user: UserView | undefined): ParticipantBody {
  const shown = user
    ? toPublicUser(user)
    : {
        id: wireId(participant.userId),
        name: `User ${participant.userId}`,
        type: 'customer' as const,
        avatar: null,
      };
  return {
    ...shown,
    role: participant.role,
    joined_at: participant.joinedAt.toISOString(),
    muted_until: activeMute(participant),
  };
}

const activeMute = ({ mutedUntil }: ParticipantView): string | null =>
  mutedUntil !== null && mutedUntil.getTime() > Date.now() ? mutedUntil.toISOString() : null;

export function toInvitation(invitation: InvitationView): InvitationBody {
  return {
    id: invitation.id,
    created_by: invitation.createdBy === null ? null : wireId(invitation.createdBy),
    expires_at: invitation.expiresAt.toISOString(),
    max_uses: invitation.maxUses,
    uses: invitation.uses,
    created_at: invitation.createdAt.toISOString(),
  };
}

export function toMyRoom(
  room: RoomView,
  participantCount: number,
  activity: RoomActivity | undefined,
  archived: boolean,
): MyRoomBody {
  return {
    ...toRoom(room, participantCount),
    last_message: activity?.lastMessage ?? null,
    unread_count: activity?.unreadCount ?? 0,
    last_seq: activity?.lastSeq ?? 0,
    archived,
  };
}

export function toPagination(page: number, perPage: number, total: number): Pagination {
  const pages = Math.ceil(total / perPage);
  return { page, per_page: perPage, total, pages, has_next: page < pages, has_prev: page > 1 };
}
