import type { Permission, Role, RoleFamily } from './permissions.js';

/** Who acts: first argument of every service method. */
export interface Actor {
  /** The user's id on the host platform. */
  readonly id: string;
  readonly role: Role;
  readonly family: RoleFamily;
  readonly permissions: ReadonlySet<Permission>;
}

/** Profile fields of a token; absent ones are undefined. */
export interface ProfileClaims {
  name?: string;
  username?: string;
  email?: string;
  avatar?: string;
  firstName?: string;
  lastName?: string;
}

export interface VerifiedToken {
  actor: Actor;
  profile: ProfileClaims;
  /** Seconds since the epoch when the token ends. */
  expiresAt: number | undefined;
}

export const isStaffSide = ({ family }: Pick<Actor, 'family'>): boolean =>
  family === 'staff' || family === 'admin';
/** May pass membership checks; every such pass is written to the audit log. */
export const mayOverride = (actor: Actor): boolean => actor.family === 'admin' || actor.family === 'service';
