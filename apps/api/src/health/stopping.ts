import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { commonErrors } from '#libs/platform/errors';
import { isAboutServer } from './only-operations.js';

/** Whether the server is on its way out. */
@Injectable()
export class Stopping {
  private stopping = false;

  begin(): void {
    this.stopping = true;
  }

  /** @throws SERVICE_UNAVAILABLE once the server is stopping. */
  refuse(): void {
    if (this.stopping) throw commonErrors.unavailable('The server is stopping.');
  }
}

/** While the server stops it takes no new requests, but for those about itself; what is under way finishes. */
export function refuseWhileStopping(stopping: Stopping) {
  return (request: Request, response: Response, next: NextFunction): void => {
    try {
      if (!isAboutServer(request)) stopping.refuse();
      next();
    } catch (error) {
      response.setHeader('Connection', 'close');
      next(error);
    }
  };
}
