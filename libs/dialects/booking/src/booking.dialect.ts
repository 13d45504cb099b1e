import { defineDialect, has } from '#libs/platform/dialects';
import type { ErrorDetail } from '#libs/platform/errors';
import { BookingFailure } from './booking-failure.js';

export const BOOKING_DIALECT = 'booking';

function toText(value: unknown): string {
  return Array.isArray(value)
    ? value.map(String).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

/** `{field: "content", message: "must not be empty"}` is "content: must not be empty". */
function toSentence({ field, message, ...rest }: ErrorDetail): string {
  const fault = [field, message].filter((part) => part !== undefined).map(toText);
  const facts = Object.entries(rest).map(([name, value]) => `${name}: ${toText(value)}`);
  return [...(fault.length > 0 ? [fault.join(': ')] : []), ...facts].join(', ');
}

/** contracts/booking: rooms are chat sessions, details are sentences. */
export const bookingDialect = defineDialect({
  name: BOOKING_DIALECT,
  description: 'The booking contract: chat sessions of bookings',
  namespaces: ['/'],
  rest: { prefixes: ['api/chat/sessions', 'api/chat/messages', 'api/chat/voice-notes'] },
  codes: {
    UNAUTHORIZED: 'AUTHENTICATION_REQUIRED',
    ACCESS_DENIED: 'CHAT_ACCESS_DENIED',
    ROOM_NOT_FOUND: 'SESSION_NOT_FOUND',
    ROOM_INACTIVE: 'SESSION_INACTIVE',
    RATE_LIMITED: 'RATE_LIMIT_EXCEEDED',
    INVALID_PARTICIPANTS: 'VALIDATION_ERROR',
    UNKNOWN_USERS: 'VALIDATION_ERROR',
  },
  toDetail: toSentence,
  failure: BookingFailure,
  authErrorEvent: 'auth_error',
  errorEvents: ({ message, code, details }, event) => [
    { event: 'error', payload: { success: false, error: message, message, code, details, event } },
  ],
  recognises: [
    // Before support, whose messages are text.
    {
      order: 30,
      fits: (_event, payload) =>
        has(payload, 'session_id') && typeof payload?.message === 'object' && payload.message !== null,
    },
    // Typing is about the chat joined last, or the named one. After support and workspace, who know their own rooms.
    {
      order: 60,
      fits: (event, payload) =>
        event.startsWith('typing_') && (payload === undefined || has(payload, 'session_id')),
    },
  ],
});
