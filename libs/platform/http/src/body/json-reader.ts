import bodyParser from 'body-parser';
import type { Request, Response } from 'express';
import { commonErrors } from '#libs/platform/errors';
import { DEFAULT_BOUNDS, inspectJson } from '#libs/platform/validation';
import { httpErrors } from '../http.errors.js';
import { bodyDeadline } from './body-deadline.js';
import { discardRest } from './discard-rest.js';

export type JsonReader = (request: Request, response: Response) => Promise<void>;

const TOO_LARGE = 413;
/** Deeper than a route allows, whose refusal names the field; far from what would hold anybody up. */
const BEFORE_PARSING = { ...DEFAULT_BOUNDS, maxDepth: 64 };

/**
 * Reads a JSON body into `request.body`, at most so many bytes; a body of another type is left alone. What is nested
 * too deep or holds too much is refused before it is parsed, which would hold up everybody else.
 * @throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR, REQUEST_TIMEOUT
 */
export function jsonReader(limitBytes: number): JsonReader {
  const parse = bodyParser.json({
    limit: limitBytes,
    verify: (_request, _response, bytes, charset) => {
      if (charset !== 'utf-8' && charset !== 'utf8') throw httpErrors.unsupportedMediaType();
      inspectJson(bytes, BEFORE_PARSING);
    },
  });
  return async (request, response) => {
    if (!request.is('application/json')) return;
    try {
      await new Promise<void>((resolve, reject) => {
        const tooLarge = (): void => reject(commonErrors.payloadTooLarge(limitBytes));
        // The parser would read all of what is too large before it says so.
        if (Number(request.headers['content-length'] ?? 0) > limitBytes) return tooLarge();
        let bytes = 0;
        request.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > limitBytes) tooLarge();
        });
        bodyDeadline(request)?.addEventListener('abort', () => reject(commonErrors.requestTimeout()));
        parse(request, response, (error?: unknown) => {
          if (!error) resolve();
          else if ((error as { status?: number }).status === TOO_LARGE) tooLarge();
          else reject(error as Error);
        });
      });
    } catch (error) {
      discardRest(request);
      throw error;
    }
  };
}
