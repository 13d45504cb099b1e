import { HttpException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { commonErrors, DomainError, toDomainError } from '#libs/platform/errors';

/** As `toDomainError`, also for what Nest's own guards and pipes throw. */
export function toEventError(thrown: unknown): DomainError {
  if (thrown instanceof WsException) return malformed(thrown.message);
  if (!(thrown instanceof HttpException)) return toDomainError(thrown);
  const status = thrown.getStatus();
  if (status === 401) return commonErrors.unauthorized();
  if (status === 403) return commonErrors.forbidden();
  if (status === 404) return new DomainError('NOT_FOUND', 'not_found', thrown.message);
  return status >= 400 && status < 500 ? malformed(thrown.message) : toDomainError(thrown);
}

const malformed = (message: string): DomainError => commonErrors.validation([{ message }], message);
