import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { inspectPayload, parse } from '#libs/platform/validation';
import type { AuthenticatedRequest } from './token.guard.js';
import { ENDPOINT, type EndpointOptions } from './endpoint.js';
import { httpErrors } from './http.errors.js';

/** The body or query, checked and reduced to what the endpoint's schema describes. */
export const Valid = createParamDecorator((part: 'body' | 'query', context: ExecutionContext): unknown => {
  const options = Reflect.getMetadata(ENDPOINT, context.getHandler()) as EndpointOptions | undefined;
  const schema = options?.[part];
  if (!(schema instanceof z.ZodType))
    throw new Error(`@Valid('${part}') needs ${part} in @Endpoint of ${context.getHandler().name}`);
  const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (part === 'body') return readBody(request, schema);
  inspectPayload(request.query);
  return parse(schema, withoutBrackets(request.query));
});

/** The body as the schema has it; `@Valid('body')` for handlers of routes that take something else as well. */
export function readBody<S extends z.ZodType>(request: Request, schema: S): z.output<S> {
  const value = bodyOf(request);
  inspectPayload(value);
  return parse(schema, value);
}

/**
 * No body is an empty object. One that no parser took is of a type that we do not read.
 * @throws UNSUPPORTED_MEDIA_TYPE
 */
function bodyOf(request: Request): unknown {
  if (request.body !== undefined) return request.body;
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding !== undefined || Number(length ?? 0) > 0) throw httpErrors.unsupportedMediaType();
  return {};
}

/** `room_ids[]=a` means `room_ids=a`. */
function withoutBrackets(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name.replace(/\[\]$/, ''), value]));
}
