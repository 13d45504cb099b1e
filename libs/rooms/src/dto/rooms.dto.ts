import { z } from 'zod';
import {
  hostId,
  isoDate,
  metadataField,
  pageQuery,
  queryFlag,
  queryList,
  textField,
} from '#libs/platform/validation';
import { PARTICIPANT_ROLES } from '../entities/participant.entity.js';
import { ROOM_PRIORITIES, ROOM_STATUSES, ROOM_TYPES } from '../entities/room.entity.js';

const MAX_PARTICIPANTS = 1_000;
const DEPARTMENT = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export const department = z
  .string()
  .regex(DEPARTMENT, 'must be 1 to 63 lower-case letters, digits, - or _')
  .meta({ examples: ['billing'] });

export const createRoomBody = z.object({
  type: z
    .enum(
      ['direct', 'group', 'channel', 'support', 'internal'],
      'must be direct, group, channel, support or internal',
    )
    .meta({ description: 'service, booking and order rooms come from the directory' }),
  name: textField(128).optional(),
  description: textField(1_000).optional(),
  subject: textField(256).optional(),
  category: textField(128).optional(),
  priority: z.enum(ROOM_PRIORITIES, 'must be low, normal, high or urgent').optional(),
  is_private: z.boolean().optional(),
  max_members: z.int().min(2).max(100_000).optional(),
  participant_ids: z
    .array(hostId)
    .max(MAX_PARTICIPANTS)
    .default([])
    .meta({ description: 'People besides yourself' }),
  department: department
    .optional()
    .meta({ description: 'For internal rooms: the room becomes internal_{department}' }),
  context: z
    .object({
      type: z.enum(['ticket', 'restaurant', 'order'], 'must be ticket, restaurant or order'),
      id: hostId,
    })
    .optional()
    .meta({ description: 'The business object that the conversation is about' }),
  metadata: metadataField.optional(),
});
export type CreateRoomBody = z.output<typeof createRoomBody>;

export const updateRoomBody = z
  .object({
    name: textField(128).optional(),
    description: textField(1_000).nullable().optional(),
    subject: textField(256).nullable().optional(),
    category: textField(128).nullable().optional(),
    priority: z.enum(ROOM_PRIORITIES, 'must be low, normal, high or urgent').optional(),
    is_private: z.boolean().optional(),
    max_members: z.int().min(2).max(100_000).nullable().optional(),
    metadata: metadataField.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type UpdateRoomBody = z.output<typeof updateRoomBody>;

export const leaveRoomBody = z.object({
  hand_over: z.boolean().default(false).meta({
    description: 'The last owner leaves the room to the one of the highest role who has been in it longest',
  }),
});

export const closeRoomBody = z.object({
  status: z.enum(['resolved', 'closed'], 'must be resolved or closed').default('closed'),
});

export const listRoomsQuery = pageQuery.extend({
  type: queryList(ROOM_TYPES.length)
    .refine(
      (list) => list.every((type) => (ROOM_TYPES as readonly string[]).includes(type)),
      `must be of ${ROOM_TYPES.join(', ')}`,
    )
    .optional(),
  status: queryList(ROOM_STATUSES.length)
    .refine(
      (list) => list.every((status) => (ROOM_STATUSES as readonly string[]).includes(status)),
      `must be of ${ROOM_STATUSES.join(', ')}`,
    )
    .optional(),
  archived: queryFlag
    .optional()
    .meta({ description: 'Only rooms that you archived (true) or did not (false)' }),
  or_archived: queryFlag
    .optional()
    .meta({ description: 'Beside status: also rooms that you archived, whatever their status' }),
  context_type: z
    .string()
    .trim()
    .max(64)
    .optional()
    .meta({ description: 'Only rooms about an object of this type, such as booking' }),
  context_id: hostId.optional().meta({ description: 'Only rooms about the object with this id' }),
  search: z.string().trim().max(128).optional().meta({ description: 'In name and subject' }),
});
export type ListRoomsQuery = z.output<typeof listRoomsQuery>;

export const addParticipantsBody = z.object({
  user_ids: z.array(hostId).min(1, 'must name at least one person').max(100, 'must have at most 100 entries'),
});

export const setRoleBody = z.object({
  role: z.enum(PARTICIPANT_ROLES, 'must be owner, admin, moderator or member'),
});

const until = isoDate
  .refine((date) => date.getTime() > Date.now(), 'must lie in the future')
  .meta({ description: 'ISO 8601; left out: until further notice' });
export const muteBody = z.object({ until: until.nullable().optional() });
export const banBody = z.object({ until: until.optional() });

const DAY_SECONDS = 86_400;
export const createInvitationBody = z.object({
  expires_in: z
    .int()
    .min(60)
    .max(365 * DAY_SECONDS)
    .default(7 * DAY_SECONDS)
    .meta({ description: 'Seconds; 7 days unless told' }),
  max_uses: z.int().min(1).max(100_000).optional().meta({ description: 'Left out: no limit' }),
});

/** The room of a socket event; `service_request_id` and the like beside it are accepted and not needed. */
export const roomRef = z
  // Of any length: an id that cannot exist answers like an unknown one.
  .union([z.string().min(1), z.int().nonnegative().transform(String)], 'must be a room id')
  .meta({ description: 'Key such as service_789, or plain id', examples: ['service_789'] });
export const roomPayload = z.object({ room_id: roomRef });
export type RoomPayload = z.output<typeof roomPayload>;

export const joinRoomPayload = roomPayload.extend({
  after_seq: z
    .int('must be a whole number')
    .min(0)
    .optional()
    .meta({ description: 'Sequence number of the last message you have: the answer holds what you missed' }),
});
export type JoinRoomPayload = z.output<typeof joinRoomPayload>;
