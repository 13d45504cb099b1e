/** Permission strings and default sets of the workspace contract; the host's `permissions` claim replaces a set. */
export const PERMISSIONS = [
  'chats:create',
  'chats:read',
  'chats:update',
  'chats:delete',
  'chats:join_private',
  'chats:moderate',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = [
  'customer',
  'client',
  'staff',
  'agent',
  'support',
  'reader',
  'provider',
  'business',
  'supplier',
  'admin',
  'service',
] as const;
export type Role = (typeof ROLES)[number];

/** `service` is the host platform's own server; it is never a participant. */
export type RoleFamily = 'customer' | 'staff' | 'admin' | 'service';

export const FAMILY_OF_ROLE = {
  customer: 'customer',
  client: 'customer',
  staff: 'staff',
  agent: 'staff',
  support: 'staff',
  reader: 'staff',
  provider: 'staff',
  business: 'staff',
  supplier: 'staff',
  admin: 'admin',
  service: 'service',
} as const satisfies Record<Role, RoleFamily>;

export const CUSTOMER_ROLES: readonly Role[] = ROLES.filter((role) => FAMILY_OF_ROLE[role] === 'customer');

const CUSTOMER_SIDE: readonly Permission[] = ['chats:read', 'chats:create'];
const BUSINESS_SIDE: readonly Permission[] = ['chats:read', 'chats:create', 'chats:update'];
const SUPPORT_SIDE: readonly Permission[] = ['chats:read', 'chats:create', 'chats:moderate'];

export const DEFAULT_PERMISSIONS = {
  customer: CUSTOMER_SIDE,
  client: CUSTOMER_SIDE,
  staff: SUPPORT_SIDE,
  agent: SUPPORT_SIDE,
  support: SUPPORT_SIDE,
  reader: BUSINESS_SIDE,
  provider: BUSINESS_SIDE,
  business: BUSINESS_SIDE,
  supplier: BUSINESS_SIDE,
  admin: PERMISSIONS,
  service: ['chats:read', 'chats:create', 'chats:update'],
} as const satisfies Record<Role, readonly Permission[]>;

export const isRole = (value: unknown): value is Role => ROLES.includes(value as Role);
