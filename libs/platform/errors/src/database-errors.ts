import { commonErrors } from './common-errors.js';
import type { DomainError } from './domain-error.js';

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);
/** SQLSTATE classes: 08 connection, 53 resources, 57P operator intervention; 57014 is a statement timeout, 25006 a standby. */
const UNAVAILABLE_STATES = /^(08...|53...|57P..|57014|25006|58...)$/;
const UNAVAILABLE_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|not queryable|Cannot use a pool after calling end/i;
/** Values that PostgreSQL cannot store: bad encoding, out of range, bad text representation, too long. */
const BAD_VALUE_STATES = new Set(['22021', '22003', '22P02', '22P05', '22001', '22007', '22008']);

/** What was taken back for the sake of another transaction (a deadlock, a conflict), more often than it is tried again. */
const CONFLICT_STATES = new Set(['40P01', '40001']);
/** A row refers to one that is gone by now. */
const GONE_STATE = '23503';

interface DriverError {
  code?: unknown;
  message?: unknown;
  driverError?: unknown;
  cause?: unknown;
}

function chain(error: unknown): DriverError[] {
  const found: DriverError[] = [];
  let current = error;
  while (typeof current === 'object' && current !== null && found.length < 5) {
    const entry = current as DriverError;
    found.push(entry);
    current = entry.driverError ?? entry.cause;
  }
  return found;
}

/** SQLSTATE or system code of the innermost database error, if there is one. */
export function databaseErrorCode(error: unknown): string | undefined {
  const codes = chain(error).flatMap((entry) => (typeof entry.code === 'string' ? [entry.code] : []));
  return codes.at(-1);
}

/** True when the database could not be reached or did not answer in time: retryable, 503. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return chain(error).some(
    (entry) =>
      (typeof entry.code === 'string' &&
        (CONNECTION_CODES.has(entry.code) || UNAVAILABLE_STATES.test(entry.code))) ||
      (typeof entry.message === 'string' && UNAVAILABLE_MESSAGES.test(entry.message)),
  );
}

/** True when the database took a transaction back only because of others: the same again will pass. */
export function isDatabaseConflict(error: unknown): boolean {
  return CONFLICT_STATES.has(databaseErrorCode(error) ?? '');
}

/** Translates what the database driver throws; undefined where it is not a database's doing. */
export function fromDatabaseError(error: unknown): DomainError | undefined {
  if (isDatabaseUnavailable(error)) {
    return commonErrors.unavailable('The database is not available right now; try again shortly.', error);
  }
  if (isDatabaseConflict(error))
    return commonErrors.unavailable('Too much happens at once; try again.', error);
  const code = databaseErrorCode(error);
  if (code === GONE_STATE) return commonErrors.notFound('What this is about');
  if (code !== undefined && BAD_VALUE_STATES.has(code)) {
    return commonErrors.validation([{ message: 'A value cannot be stored.' }]);
  }
  return undefined;
}
