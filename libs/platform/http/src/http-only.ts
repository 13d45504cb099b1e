import { SetMetadata, type Type } from '@nestjs/common';

const HTTP_ONLY = 'switchboard:http-only';

/** Marks a global guard, pipe or interceptor that only requests pass through; any other also sees the events of sockets. */
export const HttpOnly = (): ClassDecorator => SetMetadata(HTTP_ONLY, true);

export const isHttpOnly = (type: Type): boolean => Reflect.getMetadata(HTTP_ONLY, type) === true;
