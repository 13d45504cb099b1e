import { defineErrors, DomainError } from '#libs/platform/errors';
import { ROOM_ERRORS } from '#libs/rooms';

/** Codes of events that write to a session. */
export const WRITE_CODES = [...ROOM_ERRORS, 'ROOM_INACTIVE'];

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
