import { commonErrors, defineErrors, DomainError } from '#libs/platform/errors';
import { ROOM_ERRORS } from '#libs/rooms';

export const messageErrors = defineErrors(
  'messages',
  {
    notFound: () =>
      new DomainError('MESSAGE_NOT_FOUND', 'not_found', 'This message does not exist in this room.'),
    tooLong: (max: number, current: number) =>
      new DomainError(
        'MESSAGE_TOO_LONG',
        'validation',
        `The message has ${current} characters; at most ${max} are allowed.`,
        {
          details: [{ max_length: max, current_length: current }],
        },
      ),
    typeNotAllowed: (type: string) =>
      commonErrors.forbidden(`Messages of type ${type} are for staff, admins and the host platform.`),
    hostMessagesOnly: () =>
      commonErrors.forbidden('The host platform sends messages of type system or status_update.'),
    noCoordinates: () =>
      commonErrors.validation(
        [{ field: 'metadata', message: 'must hold latitude (-90 to 90) and longitude (-180 to 180)' }],
        'A location needs its coordinates: metadata {latitude, longitude}.',
      ),
    empty: () =>
      commonErrors.validation([{ field: 'message', message: 'must not be empty' }], 'The message is empty.'),
    unknownReply: () =>
      commonErrors.validation(
        [{ field: 'reply_to', message: 'must name a message of this room' }],
        'The message replied to does not exist in this room.',
      ),
    unknownFiles: () =>
      commonErrors.validation(
        [{ field: 'attachments', message: 'must name files that you uploaded for this room' }],
        'An attachment names a file that you did not upload for this room.',
      ),
    /** Of a message, and of the upload before it. */
    tooManyFiles: (max: number) =>
      new DomainError(
        'TOO_MANY_FILES',
        'validation',
        `At most ${max} file${max === 1 ? '' : 's'} may be sent at once.`,
        { details: [{ max_files: max }] },
      ),
    notRecipient: () =>
      commonErrors.forbidden('Only those whom a message is for say that it was read or delivered.'),
    notYours: () => commonErrors.forbidden('You may change only your own messages.'),
    notEditable: (type: string) => commonErrors.forbidden(`Messages of type ${type} cannot be edited.`),
    tooManyReactions: (max: number) =>
      commonErrors.validation([
        { field: 'reaction', message: `a message takes at most ${max} different emojis` },
      ]),
    tooManyPins: (max: number) =>
      commonErrors.conflict(`A room has at most ${max} pinned messages; unpin one first.`),
    filesGone: () =>
      new DomainError(
        'NOT_FOUND',
        'not_found',
        'A file of this message is not there any more; ask the sender to send it again.',
      ),
    overloaded: () =>
      commonErrors.unavailable('Too many messages are waiting to be stored; try again shortly.'),
  },
  (errors) => [errors.tooLong(2_000, 2_012), errors.tooManyFiles(5), errors.tooManyPins(50)],
);

/** Codes of sending a message. */
export const SENDING_ERRORS = [
  ...ROOM_ERRORS,
  'ROOM_INACTIVE',
  'MESSAGE_TOO_LONG',
  'FORBIDDEN',
  'RATE_LIMITED',
];

/** Where it may name uploads as well: they may be too many, or wait for the virus scanner. */
export const SENDING_FILES_ERRORS = [...SENDING_ERRORS, 'TOO_MANY_FILES', 'FILE_NOT_READY'];
