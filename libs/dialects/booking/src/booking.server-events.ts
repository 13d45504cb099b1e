import { defineServerEvents } from '#libs/platform/realtime';
import { BOOKING_DIALECT } from './booking.dialect.js';
import {
  AttendancePayload,
  ChatBody,
  ErrorPayload,
  MessageDeletedPayload,
  MessageSentBody,
  ReactionPayload,
  TypingPayload,
} from './dto/booking-events.body.js';
import { BookingMessageBody, messageExample } from './dto/message.body.js';

export const bookingServerEvents = defineServerEvents(BOOKING_DIALECT, {
  chat_joined: { summary: 'This socket receives the session from now on', payload: ChatBody },
  chat_left: { summary: 'This socket does not receive the session any more', payload: ChatBody },
  user_joined: { summary: 'Someone else joined the chat', payload: AttendancePayload },
  user_left: { summary: 'Someone else left the chat, or lost the connection', payload: AttendancePayload },
  new_message: {
    summary: 'A message was stored in a joined session; its sender gets it too',
    payload: BookingMessageBody,
    example: messageExample,
  },
  message_sent: { summary: 'Your message is stored', payload: MessageSentBody },
  message_edited: {
    summary: 'A message of a joined session was edited',
    payload: BookingMessageBody,
    example: messageExample,
  },
  message_deleted: {
    summary: 'A message of a joined session was deleted; forget its content',
    payload: MessageDeletedPayload,
  },
  user_typing: {
    summary: 'Someone else started (or was typing when you joined) or stopped typing',
    payload: TypingPayload,
  },
  message_reaction_update: {
    summary: 'Someone put a reaction on a message, or took it back',
    payload: ReactionPayload,
  },
  error: { summary: 'An event of yours was refused', payload: ErrorPayload },
});
