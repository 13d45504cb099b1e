export { DomainError, type DomainErrorOptions, type ErrorDetail, type ErrorKind } from './domain-error.js';
export { HTTP_STATUS_BY_KIND } from './http-status.js';
export { commonErrors } from './common-errors.js';
export { defineErrors, errorSamples, SHARED_ERRORS } from './define-errors.js';
export {
  databaseErrorCode,
  fromDatabaseError,
  isDatabaseConflict,
  isDatabaseUnavailable,
} from './database-errors.js';
export { toDomainError } from './to-domain-error.js';
