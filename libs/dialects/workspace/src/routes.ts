import type { PathParameter } from '#libs/platform/http';
import { SENDING_FILES_ERRORS } from '#libs/messages';
import { ROOM_ERRORS } from '#libs/rooms';
import { messageExample } from './dto/messages.body.js';
import { roomExample } from './rooms.presenter.js';

/** What the parts of this contract's paths mean. */
export const ROOM_PARAMS: Record<string, PathParameter> = {
  id: { description: 'Id of the room', example: roomExample.id },
};
export const MESSAGE_PARAMS: Record<string, PathParameter> = {
  ...ROOM_PARAMS,
  messageId: { description: 'Id of the message', example: messageExample.id },
};

/** Codes of sending a message, by route or event. */
export const SEND_ERRORS = [...SENDING_FILES_ERRORS, 'MESSAGE_SEND_FAILED'];

/** Codes of routes that take a message in a room. */
export const MESSAGE_ERRORS = [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND', 'ROOM_INACTIVE'];
