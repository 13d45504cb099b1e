import { defineErrors, DomainError } from '#libs/platform/errors';

/** Codes of events about a session, and of those that write to it. */
export const SESSION_CODES = ['ROOM_NOT_FOUND', 'ACCESS_DENIED'];
export const WRITE_CODES = [...SESSION_CODES, 'ROOM_INACTIVE'];

export const bookingErrors = defineErrors('booking', {
  noChatJoined: () =>
    new DomainError('VALIDATION_ERROR', 'validation', 'Join a chat first: join_chat {session_id}.'),
  nobodyNamed: () =>
    new DomainError(
      'VALIDATION_ERROR',
      'validation',
      'A session needs a booking or at least one other participant.',
      { details: [{ field: 'participant_ids', message: 'must name someone, unless booking_id is given' }] },
    ),
});
