import { z } from 'zod';
import { publicUserSchema, toPublicUser, wireId, wireIdSchema, type UserView } from '#libs/directory';
import { ApiFlag, ApiInteger, Schema } from '#libs/platform/schemas';
import type { InvitationView } from './invitations.service.js';
import type { RoomActivity } from './room-activity.js';
import type { ParticipantView, RoomView } from './room-view.js';

export const roomSchema = z
  .object({
    room_id: z
      .string()
      .meta({ description: 'Key where the room has one, else its id', examples: ['service_789'] }),
    id: z
      .string()
      .meta({ description: 'Plain id (UUID)', examples: ['0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f'] }),
    type: z.string().meta({ examples: ['service'] }),
    status: z.string().meta({ examples: ['active'] }),
    name: z.string().nullable(),
    description: z.string().nullable(),
    subject: z.string().nullable(),
    category: z.string().nullable(),
    priority: z.string().meta({ examples: ['normal'] }),
    is_private: z.boolean(),
    max_members: z.number().nullable(),
    participant_count: z.number(),
    created_by: wireIdSchema.nullable(),
    assignee_id: wireIdSchema.nullable(),
    context: z.object({ type: z.string(), id: wireIdSchema }).nullable(),
    metadata: z.record(z.string(), z.unknown()),
    created_at: z.string(),
    updated_at: z.string(),
    closed_at: z.string().nullable(),
  })
  .meta({ id: 'Room', description: 'A conversation' });
export type RoomBody = z.output<typeof roomSchema>;

export const participantSchema = publicUserSchema
  .extend({
    role: z.string().meta({ description: 'owner, admin, moderator or member', examples: ['member'] }),
    joined_at: z.string(),
    muted_until: z.string().nullable().meta({ description: 'May not write until then' }),
  })
  .meta({ id: 'Participant', description: 'A person in a room' });
export type ParticipantBody = z.output<typeof participantSchema>;

export const myRoomSchema = roomSchema
  .extend({
    last_message: z.unknown().meta({ description: 'The newest message, or null' }),
    unread_count: z.number(),
    last_seq: z.number().meta({ description: 'Sequence number of the newest message' }),
    archived: z.boolean(),
  })
  .meta({ id: 'MyRoom', description: 'A conversation as one of its participants sees it' });

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

export const invitationSchema = z
  .object({
    id: z.string(),
    created_by: wireIdSchema.nullable(),
    expires_at: z.string(),
    max_uses: z.number().nullable(),
    uses: z.number(),
    created_at: z.string(),
  })
  .meta({ id: 'Invitation', description: 'A way into a room' });

export function toInvitation(invitation: InvitationView): z.output<typeof invitationSchema> {
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
): z.output<typeof myRoomSchema> {
  return {
    ...toRoom(room, participantCount),
    last_message: activity?.lastMessage ?? null,
    unread_count: activity?.unreadCount ?? 0,
    last_seq: activity?.lastSeq ?? 0,
    archived,
  };
}

@Schema('Pagination', {
  example: { page: 1, per_page: 50, total: 120, pages: 3, has_next: true, has_prev: false },
})
export class Pagination {
  @ApiInteger() page!: number;
  @ApiInteger() per_page!: number;
  @ApiInteger() total!: number;
  @ApiInteger() pages!: number;
  @ApiFlag() has_next!: boolean;
  @ApiFlag() has_prev!: boolean;
}

/** Of schemas that are not classes yet. */
export const paginationSchema = z
  .object({
    page: z.number(),
    per_page: z.number(),
    total: z.number(),
    pages: z.number(),
    has_next: z.boolean(),
    has_prev: z.boolean(),
  })
  .meta({
    id: 'Pagination',
    examples: [{ page: 1, per_page: 50, total: 120, pages: 3, has_next: true, has_prev: false }],
  });

export function toPagination(page: number, perPage: number, total: number): Pagination {
  const pages = Math.ceil(total / perPage);
  return { page, per_page: perPage, total, pages, has_next: page < pages, has_prev: page > 1 };
}
