import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { HttpOnly } from './http-only.js';

/** A success with the `message` that a dialect's document shows beside `data`. */
export class Reply<T> {
  constructor(
    readonly data: T,
    readonly message?: string,
  ) {}
}

export interface SuccessBody {
  success: true;
  data: unknown;
  message?: string;
}

export interface FailureBody {
  success: false;
  error: string;
  code: string;
  details: unknown[];
}

/** `data` is always there: null where there is nothing to tell. */
export function success(result: unknown): SuccessBody {
  if (result instanceof Reply) {
    const { data, message } = result as Reply<unknown>;
    return { success: true, data: data ?? null, ...(message === undefined ? {} : { message }) };
  }
  return { success: true, data: result ?? null };
}

const RAW = Symbol('raw answer');

/** Marks a handler's answer as not to be wrapped (metrics text, documents). */
export function raw<T extends object>(body: T): T {
  Object.defineProperty(body, RAW, { value: true });
  return body;
}

@Injectable()
@HttpOnly()
export class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next
      .handle()
      .pipe(
        map((result: unknown) =>
          typeof result === 'object' && result !== null && RAW in result ? result : success(result),
        ),
      );
  }
}
