import { z } from 'zod';
import { roomRef } from '#libs/rooms';
import { clientId, messageId } from './messages.dto.js';

export const editMessageBody = z.object({ message: z.string('must be text').max(1_000_000) });
export const editMessagePayload = editMessageBody.extend({ message_id: messageId });

/** An emoji, or a short name such as :shipit:. */
export const reaction = z
  .string('must be an emoji')
  .trim()
  .min(1, 'must not be empty')
  .max(32, 'must have at most 32 characters')
  .regex(/^[^\s\p{C}]\S*$/u, 'must be an emoji or a name without spaces')
  .meta({ examples: ['❤️'] });

export const reactBody = z.object({ reaction });
export type ReactBody = z.output<typeof reactBody>;
export const reactPayload = reactBody.extend({ message_id: messageId });
export const messagePayload = z.object({ message_id: messageId });
export const forwardBody = z.object({
  room_ids: z.array(roomRef).min(1).max(10, 'must have at most 10 entries'),
  client_id: clientId.meta({
    description:
      'Your own id: a repeat answers with the stored messages, and sends to the rooms that it missed',
  }),
});
export type ForwardBody = z.output<typeof forwardBody>;
export const unreadBody = z.object({
  message_id: messageId.meta({ description: 'The first message that is unread again' }),
});
export const unreadPayload = unreadBody.extend({ room_id: roomRef });
