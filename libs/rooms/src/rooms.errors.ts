import { commonErrors, defineErrors, DomainError, type ErrorDetail } from '#libs/platform/errors';
import { wireId } from '#libs/directory';

/** ACCESS_DENIED for want of membership, which some dialects tell apart from a missing role or permission. */
export class NotParticipantError extends DomainError {
  constructor(message: string, details: ErrorDetail[]) {
    super('ACCESS_DENIED', 'forbidden', message, { details });
  }
}

export const roomErrors = defineErrors(
  'rooms',
  {
    notFound: () => new DomainError('ROOM_NOT_FOUND', 'not_found', 'This room does not exist.'),
    notParticipant: (why = 'You are not a participant of this room.', details: ErrorDetail[] = []) =>
      new NotParticipantError(why, details),
    accessDenied: (why = 'You have no access to this room.', details: ErrorDetail[] = []) =>
      new DomainError('ACCESS_DENIED', 'forbidden', why, { details }),
    inactive: (status: string) =>
      new DomainError('ROOM_INACTIVE', 'conflict', `This room is ${status}; it takes no new messages.`, {
        details: [{ status }],
      }),
    full: (maxMembers: number) =>
      new DomainError('ROOM_FULL', 'conflict', `This room has no place left (${maxMembers} members).`, {
        details: [{ max_members: maxMembers }],
      }),
    invalidParticipants: (why: string, field = 'participant_ids') =>
      new DomainError('INVALID_PARTICIPANTS', 'validation', why, { details: [{ field, message: why }] }),
    missing: (field: string, why: string) =>
      commonErrors.validation([{ field, message: 'is required' }], why),
    notAParticipant: () => new DomainError('NOT_FOUND', 'not_found', 'This person is not in the room.'),
    lastOwner: () =>
      new DomainError('CONFLICT', 'conflict', 'The last owner cannot leave; make someone else owner first.'),
    banned: (until: Date) =>
      new DomainError(
        'ACCESS_DENIED',
        'forbidden',
        `This person is banned from the room until ${until.toISOString()}.`,
        {
          details: [{ banned_until: until.toISOString() }],
        },
      ),
    imposedFromAbove: (what: 'ban' | 'mute') =>
      new DomainError('ACCESS_DENIED', 'forbidden', `Somebody of a higher rank imposed this ${what}.`),
    invitationNotFound: () =>
      new DomainError(
        'INVITATION_NOT_FOUND',
        'not_found',
        'This invitation does not exist, has ended or is used up.',
      ),
    notBlockable: () =>
      new DomainError('CONFLICT', 'conflict', 'Only conversations between two sides can be blocked.'),
    alreadyAssigned: (assigneeId: string) =>
      new DomainError('ALREADY_ASSIGNED', 'conflict', 'Someone else has taken this session already.', {
        details: [{ assignee_id: wireId(assigneeId) }],
      }),
    anotherIsOpen: () =>
      new DomainError(
        'CONFLICT',
        'conflict',
        'These two have another conversation that is open; close that one before you reopen this one.',
      ),
    badTransition: (from: string, to: string) =>
      new DomainError('CONFLICT', 'conflict', `A room that is ${from} cannot become ${to}.`),
  },
  (errors) => [
    errors.inactive('closed'),
    errors.full(50),
    errors.badTransition('closed', 'active'),
    errors.alreadyAssigned('789'),
    errors.invalidParticipants('There are more people than max_members allows.'),
  ],
);

/** For the documentation of routes and events that take a room. */
export const ROOM_ERRORS = ['ROOM_NOT_FOUND', 'ACCESS_DENIED'];
