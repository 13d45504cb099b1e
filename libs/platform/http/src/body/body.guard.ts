import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ENDPOINT, type EndpointOptions } from '../endpoint.js';
import { JSON_BODY_LIMIT } from '../error-filter.js';
import { jsonReader } from './json-reader.js';

/** Bytes of a JSON body from somebody who need not say who they are. */
const PUBLIC_BODY_LIMIT = 16 * 1024;

/**
 * Reads the bodies of the routes that take one. It comes after the guard of access: who may not call a route, or has
 * called too often, costs no parsing. What no route takes is never read.
 */
@Injectable()
export class BodyGuard implements CanActivate {
  private readonly readOfActor = jsonReader(JSON_BODY_LIMIT);
  private readonly readOfAnyone = jsonReader(PUBLIC_BODY_LIMIT);

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Global guards reach gateways, too; what a socket sends has been parsed.
    if (context.getType() === 'ws') return true;
    const options = Reflect.getMetadata(ENDPOINT, context.getHandler()) as EndpointOptions | undefined;
    if (!options?.body) return true;
    const http = context.switchToHttp();
    const read = options.access === 'public' ? this.readOfAnyone : this.readOfActor;
    await read(http.getRequest<Request>(), http.getResponse<Response>());
    return true;
  }
}
