import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ENDPOINT, type EndpointOptions } from '../endpoint.js';
import { JSON_BODY_LIMIT } from '../error-filter.js';
import { httpErrors } from '../http.errors.js';
import { HttpOnly } from '../http-only.js';
import { jsonReader } from './json-reader.js';

/** Bytes of a JSON body from somebody who need not say who they are. */
const PUBLIC_BODY_LIMIT = 16 * 1024;

/**
 * Reads the bodies of the routes that take one. It comes after the guard of access: who may not call a route, or has
 * called too often, costs no parsing. What no route takes is never read.
 */
@Injectable()
@HttpOnly()
export class BodyGuard implements CanActivate {
  private readonly readOfActor = jsonReader(JSON_BODY_LIMIT);
  private readonly readOfAnyone = jsonReader(PUBLIC_BODY_LIMIT);

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const options = Reflect.getMetadata(ENDPOINT, context.getHandler()) as EndpointOptions | undefined;
    if (!options?.body) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    if (options.form && request.is('multipart/form-data')) return true;
    const read = options.access === 'public' ? this.readOfAnyone : this.readOfActor;
    await read(request, http.getResponse<Response>());
    request.body ??= emptyBody(request);
    return true;
  }
}

/**
 * No body is an empty object. One that no parser took is of a type that we do not read.
 * @throws UNSUPPORTED_MEDIA_TYPE
 */
function emptyBody({ headers }: Request): object {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  if (encoding !== undefined || Number(length ?? 0) > 0) throw httpErrors.unsupportedMediaType();
  return {};
}
