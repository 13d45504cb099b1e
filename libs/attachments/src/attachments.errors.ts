import { commonErrors, defineErrors, DomainError } from '#libs/platform/errors';
import { messageErrors } from '#libs/messages';

const RETRY_WAITING_SECONDS = 10;

export const attachmentErrors = defineErrors(
  'attachments',
  {
    notFound: () => new DomainError('NOT_FOUND', 'not_found', 'This file does not exist.'),
    tooLarge: (maxBytes: number) =>
      new DomainError('FILE_TOO_LARGE', 'too_large', `A file may have at most ${maxBytes} bytes.`, {
        details: [{ max_size: maxBytes, limit_bytes: maxBytes }],
      }),
    tooManyPixels: (limits: Record<string, number>) =>
      new DomainError(
        'FILE_TOO_LARGE',
        'too_large',
        'The picture has too many pixels or frames; see details.',
        {
          details: [limits],
        },
      ),
    tooMany: messageErrors.tooManyFiles,
    tooManyWaiting: () => commonErrors.rateLimited(RETRY_WAITING_SECONDS, 'files that wait for their turn'),
    noFile: (field: string) =>
      commonErrors.validation(
        [{ field, message: 'must hold a file' }],
        `There is no file in the field ${field}.`,
      ),
    empty: (field: string, fileName: string) =>
      commonErrors.validation(
        [{ field, filename: fileName, message: 'must not be empty' }],
        'The file is empty.',
      ),
    badForm: (why: string) =>
      commonErrors.validation([{ field: '(body)', message: why }], `The upload is not valid: ${why}.`),
    /** Nobody reads it: whoever sent the upload has gone. */
    clientGone: () =>
      commonErrors.validation(
        [{ field: '(body)', message: 'the connection ended before the upload was over' }],
        'The connection ended before the upload was over.',
      ),
    unsupported: (why: string, allowed: readonly string[]) =>
      new DomainError('UNSUPPORTED_FILE_TYPE', 'unsupported', why, {
        details: [{ allowed_types: [...allowed] }],
      }),
    infected: (fileName: string) =>
      new DomainError('FILE_INFECTED', 'validation', 'The virus scanner refused this file; it was deleted.', {
        details: [{ filename: fileName }],
      }),
    quotaExceeded: (quotaBytes: number, usedBytes: number) =>
      new DomainError('QUOTA_EXCEEDED', 'too_large', 'Your files would take more space than you may use.', {
        details: [{ quota_bytes: quotaBytes, used_bytes: usedBytes }],
      }),
    notReady: (what: 'send' | 'forward') =>
      new DomainError(
        'FILE_NOT_READY',
        'conflict',
        `A file waits for the virus scanner; ${what} the message when it is ready.`,
        {
          retryAfter: 10,
        },
      ),
    claimInDoubt: () =>
      commonErrors.unavailable('A file belongs to a message that is being stored; try again shortly.'),
    scannerAway: (cause?: unknown) =>
      commonErrors.unavailable('Files cannot be checked for viruses right now; try again shortly.', cause),
    badRange: (size: number) =>
      new DomainError('RANGE_NOT_SATISFIABLE', 'validation', 'The range lies outside the file.', {
        details: [{ size }],
      }),
    forgedUrl: () => new DomainError('FORBIDDEN', 'forbidden', 'This file URL is not valid.'),
    expiredUrl: () =>
      new DomainError(
        'URL_EXPIRED',
        'forbidden',
        'This file URL has expired; read the message again for a fresh one.',
      ),
  },
  (errors) => [
    errors.tooLarge(10_485_760),
    errors.unsupported('Files of this type are not accepted; send jpg, png, pdf.', ['jpg', 'png', 'pdf']),
    errors.infected('report.pdf'),
    errors.quotaExceeded(1_073_741_824, 1_073_000_000),
    errors.notReady('send'),
  ],
);

/** Codes of routes that receive files. */
export const UPLOAD_ERRORS = [
  'VALIDATION_ERROR',
  'TOO_MANY_FILES',
  'FILE_INFECTED',
  'REQUEST_TIMEOUT',
  'FILE_TOO_LARGE',
  'QUOTA_EXCEEDED',
  'UNSUPPORTED_FILE_TYPE',
];
