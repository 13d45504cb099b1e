export {
  Access,
  ACCESS_RULE,
  describeAccess,
  requireAccess,
  requirePermission,
  type AccessRule,
} from './access.js';
export { AccessGuard } from './access.guard.js';
export { isStaffSide, mayOverride, type Actor, type ProfileClaims, type VerifiedToken } from './actor.js';
export { AuthModule } from './auth.module.js';
export { Authenticator, bearerToken, type ActorObserver } from './authenticator.js';
export { BEARER_STRATEGY, type BearerOptions, type BearerRequest } from './bearer.strategy.js';
export { actorOf, CurrentActor } from './current-actor.js';
export { readClaims } from './claims.js';
export { jwtOptions } from './jwt-options.js';
export {
  CUSTOMER_ROLES,
  DEFAULT_PERMISSIONS,
  FAMILY_OF_ROLE,
  isRole,
  PERMISSIONS,
  ROLES,
  type Permission,
  type Role,
  type RoleFamily,
} from './permissions.js';
export { resolveJwtSecret } from './secret.js';
export { JWT_SIGNING_SECRET } from './signing-secret.module.js';
