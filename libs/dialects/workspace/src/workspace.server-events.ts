import { z } from 'zod';
import { defineServerEvents } from '#libs/platform/realtime';
import { messageExample, messageSchema, reactionSchema } from './messages.presenter.js';
import { roomUserSchema } from './people.presenter.js';
import { detailedRoomSchema, roomExample, roomSchema } from './rooms.presenter.js';
import { WORKSPACE_DIALECT } from './workspace.dialect.js';

const roomId = z.string().meta({ examples: [roomExample.id] });
const messageId = z.string().meta({ examples: [messageExample.id] });
const userEmail = z.string().meta({
  description: 'Of those without an e-mail the user name, else the name',
  examples: ['john@example.com'],
});

export const joinedSchema = z.object({ roomId, room: detailedRoomSchema });
export const leftSchema = z.object({ roomId });
export const messageAnswerSchema = z.object({ message: messageSchema });
const personInRoom = z.object({ roomId, userId: z.string(), userEmail });
const oneMessage = { payload: messageAnswerSchema, example: { message: messageExample } };

const errorSchema = z.object({
  message: z.string(),
  code: z.string(),
  details: z.array(z.record(z.string(), z.unknown())).optional(),
  event: z.string().optional().meta({ description: 'Name of the refused event' }),
});
const refused = (code: string, event: string) => ({
  payload: errorSchema,
  example: { message: 'A sentence that says what is wrong.', code, details: [], event },
});

export const workspaceServerEvents = defineServerEvents(WORKSPACE_DIALECT, {
  connection: { summary: 'The connection is up; once on each new socket', payload: z.undefined() },
  authenticated: {
    summary: 'The token was accepted',
    payload: z.object({ userId: z.union([z.string(), z.number()]), user: z.record(z.string(), z.unknown()) }),
    example: { userId: 'user_id', user: { id: 'user_id', name: 'John Doe', role: 'client', avatar: null } },
  },
  authentication_error: {
    summary: 'The token was refused or has ended, or an event came before one',
    ...refused('UNAUTHORIZED', 'authenticate'),
  },
  room_joined: { summary: 'This socket receives the room from now on', payload: joinedSchema },
  room_left: { summary: 'This socket does not receive the room any more', payload: leftSchema },
  room_updated: {
    summary: 'Settings or activity of a joined room changed',
    payload: z.object({ roomId, room: roomSchema }),
    example: { roomId: roomExample.id, room: roomExample },
  },
  room_deleted: { summary: 'A joined room is gone', payload: leftSchema },
  message_sent: { summary: 'Your message is stored', ...oneMessage },
  new_message: { summary: 'A message was stored in a joined room; its sender gets it too', ...oneMessage },
  message_updated: {
    summary: 'A message of a joined room was edited',
    payload: z.object({ roomId, message: messageSchema }),
    example: { roomId: roomExample.id, message: messageExample },
  },
  message_deleted: {
    summary: 'A message of a joined room was deleted; forget its content',
    payload: z.object({ roomId, messageId }),
  },
  reaction_updated: {
    summary: 'Reactions of a message changed',
    payload: z.object({ roomId, messageId, reactions: z.array(reactionSchema) }),
  },
  user_typing: { summary: 'Someone else types', payload: personInRoom },
  user_stopped_typing: { summary: 'Someone else stopped typing', payload: personInRoom },
  messages_read: {
    summary: 'Someone read the room; without userId: you did',
    payload: z.object({ roomId, userId: z.string().optional(), readAt: z.string().optional() }),
    example: { roomId: roomExample.id, userId: 'user_id', readAt: '2024-01-01T00:00:00.000Z' },
  },
  user_online: {
    summary: 'A participant of a joined room came online, or someone who is online came into it',
    payload: personInRoom,
  },
  user_offline: {
    summary: 'A participant of a joined room went offline, or someone who is online left it for good',
    payload: personInRoom.extend({ lastSeen: z.string() }),
  },
  room_users_update: {
    summary: 'Who is online in a joined room, after it changed; yourself included',
    payload: z.object({ roomId, users: z.array(roomUserSchema) }),
  },
  room_error: { summary: 'An event about a room was refused', ...refused('NOT_PARTICIPANT', 'typing_start') },
  message_error: { summary: 'A message was refused', ...refused('ROOM_INACTIVE', 'send_message') },
  error: { summary: 'Any other event was refused', ...refused('RATE_LIMITED', 'join_room') },
});
