import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import { commonErrors } from '#libs/platform/errors';
import type { Actor } from './actor.js';
import type { Permission, Role } from './permissions.js';

/**
 * Who may call a route or send an event. Room-level rules (membership) are the service's, on top of this.
 * - `public`: no token needed
 * - `authenticated`: any valid token of a person (`service` included)
 * - a permission: the token's set must hold it
 * - roles: the token's role must be one of them
 */
export type AccessRule = 'public' | 'authenticated' | Permission | { roles: readonly Role[] };

export const ACCESS_RULE = 'switchboard:access';

/** The one decorator for REST and sockets; a route or event without it is refused. */
export const Access = (rule: AccessRule): CustomDecorator => SetMetadata(ACCESS_RULE, rule);

/** @throws FORBIDDEN where the rule does not allow the actor, or where there is no rule. */
export function requireAccess(rule: AccessRule | undefined, actor: Actor): void {
  if (rule === undefined) throw commonErrors.forbidden('This operation is not open to anyone.');
  if (rule === 'public' || rule === 'authenticated') return;
  if (typeof rule === 'object') {
    if (rule.roles.includes(actor.role)) return;
    throw commonErrors.forbidden('Your role does not allow this.', [{ required_roles: [...rule.roles] }]);
  }
  requirePermission(actor, rule);
}

/** @throws FORBIDDEN naming the missing permission. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (actor.permissions.has(permission)) return;
  throw commonErrors.forbidden(`This needs the permission ${permission}.`, [
    { required_permission: permission },
  ]);
}

export function describeAccess(rule: AccessRule | undefined): string {
  if (rule === undefined) return 'nobody';
  if (rule === 'public') return 'no token needed';
  if (rule === 'authenticated') return 'any valid token';
  if (typeof rule === 'object') return `role ${rule.roles.join(' or ')}`;
  return `permission \`${rule}\``;
}
