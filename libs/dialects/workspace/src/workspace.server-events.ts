import { defineServerEvents } from '#libs/platform/realtime';
import {
  WorkspaceAuthenticatedPayload,
  WorkspaceErrorPayload,
  WorkspaceJoinedRoomPayload,
  WorkspaceMessageDeletedPayload,
  WorkspaceMessagesReadPayload,
  WorkspaceMessageUpdatedPayload,
  WorkspacePersonEventPayload,
  WorkspaceReactionUpdatedPayload,
  WorkspaceRoomEventPayload,
  WorkspaceRoomUpdatedPayload,
  WorkspaceRoomUsersPayload,
  WorkspaceUserOfflinePayload,
} from './dto/events.payload.js';
import { messageExample, WorkspaceStoredMessageBody } from './dto/messages.body.js';
import { roomExample } from './rooms.presenter.js';
import { WORKSPACE_DIALECT } from './workspace.dialect.js';

const oneMessage = { payload: WorkspaceStoredMessageBody, example: { message: messageExample } };

const refused = (code: string, event: string) => ({
  payload: WorkspaceErrorPayload,
  example: { message: 'A sentence that says what is wrong.', code, details: [], event },
});

export const workspaceServerEvents = defineServerEvents(WORKSPACE_DIALECT, {
  connection: { summary: 'The connection is up; once on each new socket', payload: null },
  authenticated: {
    summary: 'The token was accepted',
    payload: WorkspaceAuthenticatedPayload,
    example: { userId: 'user_id', user: { id: 'user_id', name: 'John Doe', role: 'client', avatar: null } },
  },
  authentication_error: {
    summary: 'The token was refused or has ended, or an event came before one',
    ...refused('UNAUTHORIZED', 'authenticate'),
  },
  room_joined: { summary: 'This socket receives the room from now on', payload: WorkspaceJoinedRoomPayload },
  room_left: {
    summary: 'This socket does not receive the room any more',
    payload: WorkspaceRoomEventPayload,
  },
  room_updated: {
    summary: 'Settings or activity of a joined room changed',
    payload: WorkspaceRoomUpdatedPayload,
    example: { roomId: roomExample.id, room: roomExample },
  },
  room_deleted: { summary: 'A joined room is gone', payload: WorkspaceRoomEventPayload },
  message_sent: { summary: 'Your message is stored', ...oneMessage },
  new_message: { summary: 'A message was stored in a joined room; its sender gets it too', ...oneMessage },
  message_updated: {
    summary: 'A message of a joined room was edited',
    payload: WorkspaceMessageUpdatedPayload,
    example: { roomId: roomExample.id, message: messageExample },
  },
  message_deleted: {
    summary: 'A message of a joined room was deleted; forget its content',
    payload: WorkspaceMessageDeletedPayload,
  },
  reaction_updated: {
    summary: 'Reactions of a message changed',
    payload: WorkspaceReactionUpdatedPayload,
  },
  user_typing: { summary: 'Someone else types', payload: WorkspacePersonEventPayload },
  user_stopped_typing: { summary: 'Someone else stopped typing', payload: WorkspacePersonEventPayload },
  messages_read: {
    summary: 'Someone read the room; without userId: you did',
    payload: WorkspaceMessagesReadPayload,
    example: { roomId: roomExample.id, userId: 'user_id', readAt: '2024-01-01T00:00:00.000Z' },
  },
  user_online: {
    summary: 'A participant of a joined room came online, or someone who is online came into it',
    payload: WorkspacePersonEventPayload,
  },
  user_offline: {
    summary: 'A participant of a joined room went offline, or someone who is online left it for good',
    payload: WorkspaceUserOfflinePayload,
  },
  room_users_update: {
    summary: 'Who is online in a joined room, after it changed; yourself included',
    payload: WorkspaceRoomUsersPayload,
  },
  room_error: { summary: 'An event about a room was refused', ...refused('NOT_PARTICIPANT', 'typing_start') },
  message_error: { summary: 'A message was refused', ...refused('ROOM_INACTIVE', 'send_message') },
  error: { summary: 'Any other event was refused', ...refused('RATE_LIMITED', 'join_room') },
});
