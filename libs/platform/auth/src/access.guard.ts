import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { commonErrors } from '#libs/platform/errors';
import { ACCESS_RULE, requireAccess, type AccessRule } from './access.js';
import { actorOf } from './current-actor.js';

/**
 * Decides by the access rule of a route or an event, on REST as on sockets, who may call it. Who calls was found out
 * before: by the token's guard on REST, by the handshake on sockets. Fails closed: what has no rule is open to nobody.
 * @throws UNAUTHORIZED, FORBIDDEN
 */
@Injectable()
export class AccessGuard implements CanActivate {
  /** Of handlers, whose rules never change: reading metadata is most of what this costs an event. */
  private readonly rules = new WeakMap<object, AccessRule>();

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const rule = this.ruleOf(context);
    if (rule === 'public') return true;
    const actor = actorOf(context);
    if (!actor) throw commonErrors.unauthorized('Authenticate first.');
    requireAccess(rule, actor);
    return true;
  }

  private ruleOf(context: ExecutionContext): AccessRule | undefined {
    const handler = context.getHandler();
    const known = this.rules.get(handler);
    if (known !== undefined) return known;
    const own = this.reflector.get<AccessRule | undefined>(ACCESS_RULE, handler);
    if (own !== undefined) this.rules.set(handler, own);
    return own ?? this.reflector.get<AccessRule | undefined>(ACCESS_RULE, context.getClass());
  }
}
