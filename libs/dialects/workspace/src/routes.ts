import type { PathParameter } from '#libs/platform/http';
import { messageExample } from './messages.presenter.js';
import { roomExample } from './rooms.presenter.js';

/** What the parts of this contract's paths mean. */
export const ROOM_PARAMS: Record<string, PathParameter> = {
  id: { description: 'Id of the room', example: roomExample.id },
};
export const MESSAGE_PARAMS: Record<string, PathParameter> = {
  ...ROOM_PARAMS,
  messageId: { description: 'Id of the message', example: messageExample.id },
};

/** Codes of routes that take a room, and of those that take a message in it. */
export const ROOM_FAILURES = { not_found: ['CHAT_ROOM_NOT_FOUND'], forbidden: ['NOT_PARTICIPANT'] };
export const MESSAGE_FAILURES = {
  ...ROOM_FAILURES,
  not_found: ['CHAT_ROOM_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  conflict: ['ROOM_INACTIVE'],
};
