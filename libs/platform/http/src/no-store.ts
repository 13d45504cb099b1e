import type { NextFunction, Request, Response } from 'express';

/**
 * Answers hold messages and signed URLs: no browser and no proxy keeps them, failures included. A route whose answers
 * may be kept sets the header itself.
 */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}
