import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { dialectOfPath, type Dialect } from '#libs/platform/dialects';
import { commonErrors, DomainError, HTTP_STATUS_BY_KIND, toDomainError } from '#libs/platform/errors';
import type { FailureBody } from './envelope.js';
import { httpErrors } from './http.errors.js';
import { logIdsOf } from './request-context.js';

/** Bytes of a JSON body: far more than a message may have, with its metadata. */
export const JSON_BODY_LIMIT = 256 * 1024;

/** Errors of Express and Nest themselves, which know nothing of our codes. */
function fromFramework(error: unknown): DomainError | undefined {
  const { status } = error as { status?: unknown };
  const code = error instanceof HttpException ? error.getStatus() : status;
  if (typeof code !== 'number') return undefined;
  switch (code) {
    case 401:
      return commonErrors.unauthorized();
    case 403:
      return commonErrors.forbidden();
    case 404:
      return new DomainError('NOT_FOUND', 'not_found', 'There is no such route; see /docs.');
    case 405:
      return httpErrors.methodNotAllowed();
    case 413:
      return commonErrors.payloadTooLarge(JSON_BODY_LIMIT);
    case 415:
      return httpErrors.unsupportedMediaType();
    default:
      return code >= 400 && code < 500
        ? commonErrors.validation([{ message: 'The request is malformed.' }], 'The request is malformed.')
        : undefined;
  }
}

export function failureBody(error: DomainError, dialect?: Dialect): FailureBody {
  return {
    success: false,
    error: error.message,
    code: dialect?.codeOf(error) ?? error.code,
    details: dialect?.detailsOf(error) ?? error.details,
  };
}

/** The only place where REST answers are made of errors. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(HttpErrorFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const error = thrown instanceof DomainError ? thrown : (fromFramework(thrown) ?? toDomainError(thrown));
    if (error.kind === 'internal') {
      const failed = http.getRequest<Request & { route?: { path?: string } }>();
      const { method, route } = failed;
      this.logger.error({ err: thrown, ...logIdsOf(failed), method, route: route?.path }, 'A request failed');
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error.retryAfter !== undefined) response.setHeader('Retry-After', String(error.retryAfter));
    // The rest of its body would be taken for the next request.
    if (error.kind === 'timeout') response.setHeader('Connection', 'close');
    if (error.kind === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer');
    // By the path, not by the route: also of those that were refused before any route was found.
    const dialect = dialectOfPath(http.getRequest<Request>().path);
    response.status(HTTP_STATUS_BY_KIND[error.kind]).json(failureBody(error, dialect));
  }
}
