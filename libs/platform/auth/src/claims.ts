import { commonErrors } from '#libs/platform/errors';
import type { ProfileClaims, VerifiedToken } from './actor.js';
import {
  DEFAULT_PERMISSIONS,
  FAMILY_OF_ROLE,
  isRole,
  PERMISSIONS,
  ROLES,
  type Permission,
  type Role,
} from './permissions.js';

const MAX_ID = 128;
const MAX_PROFILE_TEXT = 256;
const MAX_URL = 2_048;

/** Of a token whose signature is right. */
export interface TokenClaims {
  /** Seconds since the epoch. */
  exp?: number;
  [claim: string]: unknown;
}

function firstOf(payload: TokenClaims, names: string[]): unknown {
  return names.map((name) => payload[name]).find((value) => value !== undefined && value !== null);
}

function userIdOf(payload: TokenClaims): string {
  const raw = firstOf(payload, ['sub', 'user_id', 'userId', 'id']);
  const id = typeof raw === 'number' && Number.isSafeInteger(raw) ? String(raw) : raw;
  if (typeof id !== 'string') throw commonErrors.unauthorized('The token has no usable subject (claim sub).');
  const clean = id.trim();
  // eslint-disable-next-line no-control-regex -- control characters are what this refuses
  if (clean === '' || clean.length > MAX_ID || !clean.isWellFormed() || /[\u0000-\u001f\u007f]/.test(clean)) {
    throw commonErrors.unauthorized('The token has no usable subject (claim sub).');
  }
  return clean;
}

function roleOf(payload: TokenClaims): Role {
  const raw = firstOf(payload, ['role', 'user_type', 'userType']);
  if (raw === undefined) return 'customer';
  const role = typeof raw === 'string' ? raw.toLowerCase() : raw;
  if (!isRole(role)) throw commonErrors.unauthorized('The token names an unknown role.');
  return role;
}

/** One for all connections of a role: a set of its own for each costs a kilobyte. */
const DEFAULT_SETS = new Map<Role, ReadonlySet<Permission>>(
  ROLES.map((role) => [role, new Set(DEFAULT_PERMISSIONS[role])]),
);

function permissionsOf(payload: TokenClaims, role: Role): ReadonlySet<Permission> {
  const claim: unknown = payload.permissions;
  if (claim === undefined || claim === null) return DEFAULT_SETS.get(role) as ReadonlySet<Permission>;
  if (!Array.isArray(claim)) throw commonErrors.unauthorized('The permissions claim must be a list.');
  return new Set(PERMISSIONS.filter((permission) => claim.includes(permission)));
}

function textOf(payload: TokenClaims, name: string, max: number): string | undefined {
  const value: unknown = payload[name];
  if (typeof value !== 'string') return undefined;
  const clean = value.replaceAll('\u0000', '').toWellFormed().trim();
  return clean === '' ? undefined : [...clean].slice(0, max).join('');
}

function profileOf(payload: TokenClaims): ProfileClaims {
  return {
    name: textOf(payload, 'name', MAX_PROFILE_TEXT),
    firstName: textOf(payload, 'first_name', MAX_PROFILE_TEXT),
    lastName: textOf(payload, 'last_name', MAX_PROFILE_TEXT),
    username: textOf(payload, 'username', MAX_PROFILE_TEXT),
    email: textOf(payload, 'email', MAX_PROFILE_TEXT),
    avatar: textOf(payload, 'avatar', MAX_URL),
  };
}

/** Turns verified claims (host contract, "Tokens") into an actor. */
export function readClaims(payload: TokenClaims): VerifiedToken {
  const role = roleOf(payload);
  return {
    actor: {
      id: userIdOf(payload),
      role,
      family: FAMILY_OF_ROLE[role],
      permissions: permissionsOf(payload, role),
    },
    profile: profileOf(payload),
    expiresAt: payload.exp,
  };
}
