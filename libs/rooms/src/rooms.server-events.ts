import { defineServerEvents } from '#libs/platform/realtime';
import {
  JoinedRoomBody,
  MessageErrorPayload,
  ParticipantUpdatedPayload,
  RoomChangedPayload,
  RoomNamedPayload,
  RoomPersonPayload,
  UserJoinedPayload,
} from './dto/room-events.body.js';
import { SERVICE_DIALECT } from './service.dialect.js';

export const roomsServerEvents = defineServerEvents(SERVICE_DIALECT, {
  room_joined: { summary: 'You joined a room with this socket', payload: JoinedRoomBody },
  room_left: { summary: 'This socket left a room', payload: RoomNamedPayload },
  room_added: {
    summary: 'You became a participant of a room; to all your sockets',
    payload: RoomChangedPayload,
  },
  room_removed: {
    summary: 'You are no longer a participant; nothing of this room will follow',
    payload: RoomNamedPayload,
  },
  room_updated: {
    summary: 'Settings or status of a joined room changed',
    payload: RoomChangedPayload,
  },
  user_joined: { summary: 'Someone became a participant of a joined room', payload: UserJoinedPayload },
  user_left: { summary: 'Someone is no longer a participant of a joined room', payload: RoomPersonPayload },
  participant_updated: {
    summary: 'Role or mute of a participant changed',
    payload: ParticipantUpdatedPayload,
  },
  room_deleted: { summary: 'A joined room is gone', payload: RoomNamedPayload },
  message_error: {
    summary: 'An event of yours was refused',
    payload: MessageErrorPayload,
    example: {
      error_code: 'MESSAGE_TOO_LONG',
      message: 'The message exceeds 2000 characters.',
      details: { max_length: 2000, current_length: 2543 },
      event: 'send_message',
    },
  },
});
