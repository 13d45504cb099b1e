import { z } from 'zod';
import { defineServerEvents } from '#libs/platform/realtime';
import { shownClientId } from '#libs/messages';
import { BOOKING_DIALECT } from './booking.dialect.js';
import { messageExample, messageSchema, reactionCountSchema } from './booking.presenter.js';

const sessionId = z.string().meta({ examples: [messageExample.session_id] });
const person = { user_id: z.string(), user_name: z.string().meta({ examples: ['Samia Reader'] }) };

export const chatJoinedSchema = z.object({ session_id: sessionId });
export const attendanceSchema = z.object({ session_id: sessionId, ...person, timestamp: z.string() });
export const typingSchema = z.object({ session_id: sessionId, ...person, is_typing: z.boolean() });
export const deletedSchema = z.object({ message_id: z.string(), session_id: sessionId });

export const messageSentSchema = z.object({
  message_id: z.string().meta({ description: 'Id that the message is stored under' }),
  session_id: sessionId,
  client_id: shownClientId,
  timestamp: z.string(),
  message: messageSchema,
});

export const reactionAnswerSchema = z.object({
  message_id: z.string(),
  session_id: sessionId,
  reaction: z.string().meta({ examples: ['❤️'] }),
  added: z.boolean().meta({ description: 'False when it was taken back' }),
  reactions: z.array(reactionCountSchema).meta({ description: 'What the message has now' }),
});

const reactionUpdateSchema = reactionAnswerSchema.extend({
  ...person,
  reaction_counts: z.record(z.string(), z.number()).meta({ examples: [{ '❤️': 2 }] }),
});

const errorSchema = z.object({
  success: z.literal(false),
  error: z.string(),
  message: z.string(),
  code: z.string().meta({ examples: ['CHAT_ACCESS_DENIED'] }),
  details: z.array(z.string()),
  event: z.string().meta({ description: 'The event that was refused', examples: ['join_chat'] }),
});

export const bookingServerEvents = defineServerEvents(BOOKING_DIALECT, {
  chat_joined: { summary: 'This socket receives the session from now on', payload: chatJoinedSchema },
  chat_left: { summary: 'This socket does not receive the session any more', payload: chatJoinedSchema },
  user_joined: { summary: 'Someone else joined the chat', payload: attendanceSchema },
  user_left: { summary: 'Someone else left the chat, or lost the connection', payload: attendanceSchema },
  new_message: {
    summary: 'A message was stored in a joined session; its sender gets it too',
    payload: messageSchema,
    example: messageExample,
  },
  message_sent: { summary: 'Your message is stored', payload: messageSentSchema },
  message_edited: {
    summary: 'A message of a joined session was edited',
    payload: messageSchema,
    example: messageExample,
  },
  message_deleted: {
    summary: 'A message of a joined session was deleted; forget its content',
    payload: deletedSchema,
  },
  user_typing: {
    summary: 'Someone else started (or was typing when you joined) or stopped typing',
    payload: typingSchema,
  },
  message_reaction_update: {
    summary: 'Someone put a reaction on a message, or took it back',
    payload: reactionUpdateSchema,
  },
  error: { summary: 'An event of yours was refused', payload: errorSchema },
});
