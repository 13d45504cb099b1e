/** What went wrong, independent of transport. Every kind has one HTTP status (http-status.ts). */
export type ErrorKind =
  | 'validation'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'timeout'
  | 'too_large'
  | 'unsupported'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

export type ErrorDetail = Record<string, unknown>;

export interface DomainErrorOptions {
  details?: ErrorDetail[];
  /** Seconds to wait before trying again; becomes `Retry-After` on REST. */
  retryAfter?: number;
  cause?: unknown;
}

/**
 * An error that a caller may see: a stable code, a sentence that says what to do, and details.
 * Knows no transport; the HTTP filter and the socket router render it, a dialect may rename its code.
 */
export class DomainError extends Error {
  readonly details: ErrorDetail[];
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    options: DomainErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.details = options.details ?? [];
    this.retryAfter = options.retryAfter;
  }
}
