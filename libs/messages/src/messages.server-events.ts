import { z } from 'zod';
import { publicUserSchema } from '#libs/directory';
import { defineServerEvents } from '#libs/platform/realtime';
import { SERVICE_DIALECT } from '#libs/rooms';
import { deletedSchema, messageExample, messageSchema, reactionGroupSchema } from './messages.presenter.js';

const roomId = z.string().meta({ examples: ['service_789'] });

export const messageReadSchema = z.object({
  room_id: roomId,
  message_id: z.string().meta({ description: 'The message, or the last of all that were read with it' }),
  seq: z.number(),
  up_to: z.boolean().meta({ description: 'True when every message before this one was read with it' }),
  user: publicUserSchema,
  read_at: z.string(),
});

export const messageDeliveredSchema = z.object({
  room_id: roomId,
  message_id: z.string().meta({ description: 'This message and all before it' }),
  seq: z.number(),
  user: publicUserSchema,
  delivered_at: z.string(),
});

export const reactionSchema = z.object({
  message_id: z.string(),
  room_id: roomId,
  user: publicUserSchema,
  reaction: z.string(),
  added: z.boolean().meta({ description: 'False when it was taken back' }),
  reactions: z.array(reactionGroupSchema),
});

export const messagesServerEvents = defineServerEvents(SERVICE_DIALECT, {
  new_message: {
    summary: 'A message was stored in a joined room; the sender gets it too',
    payload: messageSchema,
    example: messageExample,
  },
  message_read: { summary: 'Someone read messages of a joined room', payload: messageReadSchema },
  message_delivered: {
    summary: 'Messages of a joined room reached someone',
    payload: messageDeliveredSchema,
  },
  message_edited: {
    summary: 'A message of a joined room was edited',
    payload: messageSchema,
    example: messageExample,
  },
  message_deleted: {
    summary: 'A message of a joined room was deleted; forget its content',
    payload: deletedSchema,
  },
  message_reaction: {
    summary: 'Someone put an emoji on a message, or took it back',
    payload: reactionSchema,
  },
  message_pinned: {
    summary: 'A message was pinned or unpinned (see `pinned`)',
    payload: messageSchema,
    example: messageExample,
  },
  mention: {
    summary: 'A message names you by @; to all your sockets, joined or not',
    payload: z.object({ room_id: roomId, message: messageSchema }),
  },
  unread_changed: {
    summary: 'You marked messages as unread on one of your devices',
    payload: z.object({ room_id: roomId, unread_count: z.number() }),
  },
});
