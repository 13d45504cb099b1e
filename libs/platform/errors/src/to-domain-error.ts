import { commonErrors } from './common-errors.js';
import { fromDatabaseError } from './database-errors.js';
import { DomainError } from './domain-error.js';

/** The one place where anything thrown becomes an error that a client may see. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  return fromDatabaseError(error) ?? commonErrors.internal(error);
}
