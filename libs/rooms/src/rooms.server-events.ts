import { z } from 'zod';
import { publicUserSchema } from '#libs/directory';
import { defineServerEvents } from '#libs/platform/realtime';
import { participantSchema, roomSchema } from './rooms.presenter.js';
import { SERVICE_DIALECT } from './service.dialect.js';

const roomId = z.string().meta({ examples: ['service_789'] });

export const joinedRoomSchema = z.object({
  room_id: roomId,
  participants: z.array(participantSchema).meta({ description: 'The first 200, in order of joining' }),
  room: roomSchema,
  last_seq: z.number().meta({ description: 'Sequence number of the newest message' }),
  messages: z.array(z.unknown()).optional().meta({
    description:
      'With after_seq: what followed, oldest first, at most 200; nothing of it comes again as an event',
  }),
  changes: z.array(z.unknown()).optional().meta({
    description:
      'With after_seq: older messages that were edited or deleted since, at most 200, oldest first; replace yours by them',
  }),
  has_more: z.boolean().optional().meta({
    description: 'With after_seq: more than 200 were missed; fetch the rest by REST with after_seq',
  }),
  changes_has_more: z
    .boolean()
    .optional()
    .meta({
      description:
        'With after_seq: more than 200 older messages were changed; fetch the rest by REST with the same number as ' +
        'changed_after_seq, and the seq of the last of changes as after_seq',
    }),
});

export const roomsServerEvents = defineServerEvents(SERVICE_DIALECT, {
  room_joined: { summary: 'You joined a room with this socket', payload: joinedRoomSchema },
  room_left: { summary: 'This socket left a room', payload: z.object({ room_id: roomId }) },
  room_added: {
    summary: 'You became a participant of a room; to all your sockets',
    payload: z.object({ room_id: roomId, room: roomSchema }),
  },
  room_removed: {
    summary: 'You are no longer a participant; nothing of this room will follow',
    payload: z.object({ room_id: roomId }),
  },
  room_updated: {
    summary: 'Settings or status of a joined room changed',
    payload: z.object({ room_id: roomId, room: roomSchema }),
  },
  user_joined: {
    summary: 'Someone became a participant of a joined room',
    payload: z.object({ room_id: roomId, user: publicUserSchema, role: z.string() }),
  },
  user_left: {
    summary: 'Someone is no longer a participant of a joined room',
    payload: z.object({ room_id: roomId, user: publicUserSchema }),
  },
  participant_updated: {
    summary: 'Role or mute of a participant changed',
    payload: z.object({
      room_id: roomId,
      user: publicUserSchema,
      role: z.string(),
      muted_until: z.string().nullable(),
    }),
  },
  room_deleted: { summary: 'A joined room is gone', payload: z.object({ room_id: roomId }) },
  message_error: {
    summary: 'An event of yours was refused',
    payload: z.object({
      error_code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()),
      event: z.string().meta({ description: 'Name of the refused event' }),
    }),
    example: {
      error_code: 'MESSAGE_TOO_LONG',
      message: 'The message exceeds 2000 characters.',
      details: { max_length: 2000, current_length: 2543 },
      event: 'send_message',
    },
  },
});
