import type { ArgumentMetadata, CanActivate, NestInterceptor, PipeTransform, Type } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/internal';
import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import { commonErrors } from '#libs/platform/errors';
import type { ChatSocket } from '../socket-types.js';
import { EventContext, type GatewayMethod } from './event-context.js';
import type { EventTurn } from './turn.js';

/** A parameter of a method: where its value comes from, and what it passes on its way. */
export interface EventParameter {
  readonly index: number;
  readonly argument: ArgumentMetadata;
  readonly pipes: readonly PipeTransform[];
  valueOf(context: EventContext): unknown;
}

export interface EventHandlerParts {
  instance: object;
  method: GatewayMethod;
  guards: readonly CanActivate[];
  interceptors: NestInterceptor[];
  parameters: readonly EventParameter[];
}

/**
 * Answers one event by one method of a gateway: guards, interceptors, parameters with their pipes, the method. Made once
 * for all connections. Nothing waits but for what is a promise (docs/decisions/0029): Nest's own way costs ten times as
 * much for each event.
 */
export class EventHandler {
  private readonly interceptorsConsumer = new InterceptorsConsumer();
  private readonly gateway: Type;

  constructor(private readonly parts: EventHandlerParts) {
    this.gateway = parts.instance.constructor as Type;
  }

  /** @throws what guards, pipes and the method throw; FORBIDDEN where a guard only says no */
  handle(socket: ChatSocket, payload: unknown, turn: EventTurn, event: string): unknown {
    const context = new EventContext(socket, payload, turn, event, this.gateway, this.parts.method);
    const admitted = this.admit(context, 0);
    return admitted === undefined ? this.answer(context) : admitted.then(() => this.answer(context));
  }

  /** Undefined where all guards let it pass at once. */
  private admit(context: EventContext, from: number): Promise<void> | undefined {
    const { guards } = this.parts;
    for (let at = from; at < guards.length; at += 1) {
      const may = (guards[at] as CanActivate).canActivate(context);
      if (may === true) continue;
      if (may === false) throw commonErrors.forbidden();
      return settled(may).then((allowed) => {
        if (!allowed) throw commonErrors.forbidden();
        return this.admit(context, at + 1);
      });
    }
    return undefined;
  }

  private answer(context: EventContext): unknown {
    return this.parts.interceptors.length === 0 ? this.call(context) : this.intercepted(context);
  }

  private async intercepted(context: EventContext): Promise<unknown> {
    const { instance, method, interceptors } = this.parts;
    const answer = (await this.interceptorsConsumer.intercept(
      interceptors,
      context.getArgs(),
      instance,
      method,
      async () => this.call(context),
      'ws',
    )) as Observable<unknown>;
    return lastValueFrom(answer, { defaultValue: undefined });
  }

  private call(context: EventContext): unknown {
    const { instance, method, parameters } = this.parts;
    const values = this.fill([], context, 0);
    if (isPromise(values)) return values.then((all) => method.apply(instance, all));
    return parameters.length === 0 ? method.call(instance) : method.apply(instance, values);
  }

  /** One after the other: of two that failed at the same time one would be nobody's. */
  private fill(values: unknown[], context: EventContext, from: number): unknown[] | Promise<unknown[]> {
    const { parameters } = this.parts;
    for (let at = from; at < parameters.length; at += 1) {
      const parameter = parameters[at] as EventParameter;
      const value = piped(parameter, parameter.valueOf(context));
      if (isPromise(value))
        return value.then((resolved) => {
          values[parameter.index] = resolved;
          return this.fill(values, context, at + 1);
        });
      values[parameter.index] = value;
    }
    return values;
  }
}

function piped({ pipes, argument }: EventParameter, raw: unknown): unknown {
  let value = raw;
  for (const pipe of pipes)
    value = isPromise(value)
      ? value.then((resolved): unknown => pipe.transform(resolved, argument))
      : (pipe.transform(value, argument) as unknown);
  return value;
}

const isPromise = <T>(value: T | Promise<T>): value is Promise<T> => value instanceof Promise;

const settled = <T>(value: Promise<T> | Observable<T>): Promise<T> =>
  isObservable(value) ? lastValueFrom(value) : Promise.resolve(value);
