import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from '#libs/platform/metrics';
import { loggedPath } from './logged-path.js';

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** What every log line about a request carries. */
export interface LogIds {
  requestId: string;
  userId?: string;
}

const idsOf = new WeakMap<Request, LogIds>();

/** Of a request that has passed `requestContext`. */
export const logIdsOf = (request: Request): LogIds | undefined => idsOf.get(request);

/**
 * Gives each request an id (the client's `X-Request-Id` where it is sane), which its log lines carry and its answer
 * repeats; logs the outcome without bodies, tokens or query strings, and measures the duration.
 */
export function requestContext(logger: Logger, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    const started = performance.now();
    response.setHeader('X-Request-Id', requestId);
    const ids: LogIds = { requestId };
    idsOf.set(request, ids);
    response.once('finish', () => {
      const seconds = (performance.now() - started) / 1000;
      metrics.httpSeconds.observe({ method: request.method, status: String(response.statusCode) }, seconds);
      logger.debug(
        {
          ...ids,
          method: request.method,
          path: loggedPath(request),
          status: response.statusCode,
          ms: Math.round(seconds * 1000),
        },
        'request',
      );
    });
    next();
  };
}
