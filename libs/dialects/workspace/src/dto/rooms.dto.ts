import { z } from 'zod';
import { hostId, MAX_PAGE, queryInteger, textField } from '#libs/platform/validation';
import { ROOM_TYPES } from '../types.js';

const MAX_PARTICIPANTS = 1_000;

const name = textField(128);
const maxMembers = z
  .int('must be a whole number')
  .min(2, 'must be at least 2')
  .max(100_000, 'must be at most 100000')
  .nullable()
  .meta({ description: 'Capacity; null or left out: no limit' });
/** Forms send what was left empty as an empty text. */
const description = z
  .union([textField(1_000), z.literal('').transform(() => null)], 'must have at most 1000 characters')
  .nullable();

export const createRoomBody = z.object({
  name: name.optional().meta({ description: 'Needed for GROUP and CHANNEL' }),
  description: description.optional(),
  type: z.enum(ROOM_TYPES, `must be one of ${ROOM_TYPES.join(', ')}`),
  isPrivate: z
    .boolean()
    .default(false)
    .meta({ description: 'Of GROUP and CHANNEL; the others are private in any case' }),
  maxMembers: maxMembers.optional(),
  participantIds: z
    .array(hostId)
    .max(MAX_PARTICIPANTS, `must have at most ${MAX_PARTICIPANTS} entries`)
    .default([])
    .meta({ description: 'People besides yourself' }),
});
export type CreateRoomBody = z.output<typeof createRoomBody>;

export const updateRoomBody = z
  .object({
    name: name.optional(),
    description: description.optional(),
    isPrivate: z.boolean().optional(),
    maxMembers: maxMembers.optional(),
    isActive: z.boolean().optional().meta({ description: 'false closes the room: it takes no messages' }),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type UpdateRoomBody = z.output<typeof updateRoomBody>;

export const listRoomsQuery = z.object({
  page: queryInteger(1, MAX_PAGE).optional().meta({ description: 'With limit: page number' }),
  limit: queryInteger(1, 100).optional().meta({ description: 'Rooms per page; left out: all rooms' }),
});
export type ListRoomsQuery = z.output<typeof listRoomsQuery>;

/** The room of a socket event; a malformed id answers like an unknown one. */
export const roomPayload = z.object({
  roomId: z
    .union([z.string().min(1), z.number().transform(String)], 'must be a room id')
    .meta({ examples: ['0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10'] }),
});
export type RoomPayload = z.output<typeof roomPayload>;
