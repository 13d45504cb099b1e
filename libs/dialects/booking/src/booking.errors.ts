import { z } from 'zod';
import { DomainError, type ErrorDetail } from '#libs/platform/errors';
import type { ErrorStyle } from '#libs/platform/http';
import type { SocketDialect } from '#libs/platform/realtime';

export const BOOKING_DIALECT = 'booking';

/** Codes of events about a session, and of those that write to it. */
export const SESSION_CODES = ['SESSION_NOT_FOUND', 'CHAT_ACCESS_DENIED'];
export const WRITE_CODES = [...SESSION_CODES, 'SESSION_INACTIVE'];

/** The document's codes for ours; those that it does not have keep their names. */
export const BOOKING_CODES: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'AUTHENTICATION_REQUIRED',
  ACCESS_DENIED: 'CHAT_ACCESS_DENIED',
  ROOM_NOT_FOUND: 'SESSION_NOT_FOUND',
  ROOM_INACTIVE: 'SESSION_INACTIVE',
  RATE_LIMITED: 'RATE_LIMIT_EXCEEDED',
  INVALID_PARTICIPANTS: 'VALIDATION_ERROR',
  UNKNOWN_USERS: 'VALIDATION_ERROR',
};

const codeOf = ({ code }: DomainError): string => BOOKING_CODES[code] ?? code;

function toText(value: unknown): string {
  return Array.isArray(value)
    ? value.map(String).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

/** `{field: "content", message: "must not be empty"}` is "content: must not be empty". */
function toSentence(detail: ErrorDetail): string {
  const { field, message, ...rest } = detail;
  const fault = [field, message].filter((part) => part !== undefined).map(toText);
  const facts = Object.entries(rest).map(([name, value]) => `${name}: ${toText(value)}`);
  return [...(fault.length > 0 ? [fault.join(': ')] : []), ...facts].join(', ');
}

const detailsOf = ({ details }: DomainError): string[] => details.map(toSentence);

export const bookingErrorStyle: ErrorStyle = { codeOf, detailsOf };

export const bookingFailureSchema = z
  .object({
    success: z.literal(false),
    error: z.string().meta({ description: 'What went wrong and what to do, for people' }),
    code: z.string().meta({ description: 'Stable code, for programs' }),
    details: z.array(z.string()),
  })
  .meta({ id: 'BookingFailure', description: 'Every answer of the booking contract that is not a success' });

export const bookingSocketDialect: SocketDialect = {
  name: BOOKING_DIALECT,
  namespaces: ['/'],
  codeOf,
  detailsOf,
  authErrorEvent: 'auth_error',
  errorEvents: (error, event) => [
    {
      event: 'error',
      payload: {
        success: false,
        error: error.message,
        message: error.message,
        code: codeOf(error),
        details: detailsOf(error),
        event,
      },
    },
  ],
};

export const bookingErrors = {
  noChatJoined: () =>
    new DomainError('VALIDATION_ERROR', 'validation', 'Join a chat first: join_chat {session_id}.'),
  nobodyNamed: () =>
    new DomainError(
      'VALIDATION_ERROR',
      'validation',
      'A session needs a booking or at least one other participant.',
      { details: [{ field: 'participant_ids', message: 'must name someone, unless booking_id is given' }] },
    ),
} as const;
