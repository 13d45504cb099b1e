import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { commonErrors } from '#libs/platform/errors';
import type { Actor } from './actor.js';

/** Where REST keeps who calls (a request's `actor`), and where sockets do (`data.actor` of the connection). */
interface Caller {
  actor?: Actor;
}

/** Who calls a route or sends an event; undefined while nobody has said so. */
export function actorOf(context: ExecutionContext): Actor | undefined {
  return context.getType() === 'ws'
    ? context.switchToWs().getClient<{ data: Caller }>().data.actor
    : context.switchToHttp().getRequest<Caller>().actor;
}

/** The authenticated caller, in controllers as in gateways. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const actor = actorOf(context);
  if (!actor) throw commonErrors.unauthorized();
  return actor;
});
