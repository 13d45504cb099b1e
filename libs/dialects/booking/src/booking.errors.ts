import { defineErrors, DomainError } from '#libs/platform/errors';

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
