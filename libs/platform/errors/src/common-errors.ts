import { defineErrors, SHARED_ERRORS } from './define-errors.js';
import { DomainError, type ErrorDetail } from './domain-error.js';

const factories = {
  validation: (details: ErrorDetail[], message = 'The request is not valid; see details.') =>
    new DomainError('VALIDATION_ERROR', 'validation', message, { details }),
  unauthorized: (message = 'A valid bearer token is required.') =>
    new DomainError('UNAUTHORIZED', 'unauthenticated', message),
  forbidden: (message = 'You are not allowed to do this.', details: ErrorDetail[] = []) =>
    new DomainError('FORBIDDEN', 'forbidden', message, { details }),
  notFound: (what: string) => new DomainError('NOT_FOUND', 'not_found', `${what} does not exist.`),
  conflict: (message: string) => new DomainError('CONFLICT', 'conflict', message),
  payloadTooLarge: (limitBytes: number) =>
    new DomainError('PAYLOAD_TOO_LARGE', 'too_large', `The request body exceeds ${limitBytes} bytes.`, {
      details: [{ limit_bytes: limitBytes }],
    }),
  requestTimeout: () =>
    new DomainError('REQUEST_TIMEOUT', 'timeout', 'The request did not arrive in time; send it again.'),
  rateLimited: (seconds: number, what = 'requests') => {
    const wait = Math.max(1, Math.ceil(seconds));
    return new DomainError('RATE_LIMITED', 'rate_limited', `Too many ${what}; try again in ${wait} s.`, {
      details: [{ retry_after: wait }],
      retryAfter: wait,
    });
  },
  unavailable: (message = 'The service is not available right now; try again shortly.', cause?: unknown) =>
    new DomainError('SERVICE_UNAVAILABLE', 'unavailable', message, { retryAfter: 2, cause }),
  /** Of a search or a list that PostgreSQL was told to end. Waiting helps little: the next one must ask for less. */
  tooSlow: (limitMs: number) =>
    new DomainError(
      'QUERY_TOO_SLOW',
      'unavailable',
      `This took longer than ${limitMs / 1_000} s and was stopped. Ask for less: name rooms, a shorter period, ` +
        'longer or rarer words.',
      { details: [{ limit_ms: limitMs }], retryAfter: 2 },
    ),
  internal: (cause?: unknown) =>
    new DomainError('INTERNAL', 'internal', 'Something went wrong on our side; it has been logged.', {
      cause,
    }),
} as const;

/** Codes that every part of the chat shares (host contract, ruling 10). */
export const commonErrors = defineErrors(SHARED_ERRORS, factories, (errors) => [
  errors.validation([{ field: 'message', message: 'must not be empty' }]),
  errors.payloadTooLarge(262_144),
  errors.rateLimited(12),
  errors.tooSlow(3_000),
  errors.internal(),
]);
