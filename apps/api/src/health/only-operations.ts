import type { NextFunction, Request, Response } from 'express';
import { commonErrors } from '#libs/platform/errors';

/** Requests about the server itself: health and figures. */
export const isAboutServer = ({ path }: Request): boolean => /^\/(health\/|metrics$)/.test(path);

/** For a process that runs jobs and serves no clients. */
export function onlyOperations(request: Request, _response: Response, next: NextFunction): void {
  next(isAboutServer(request) ? undefined : commonErrors.notFound('What you asked for, on a worker,'));
}
