import { FAMILY_OF_ROLE, type Role, type RoleFamily } from '#libs/platform/auth';

/** A person as the rest of the chat sees it. */
export interface UserView {
  readonly id: string;
  readonly role: Role;
  readonly family: RoleFamily;
  /** Never empty: name, else first and last name, else username, else "User {id}". */
  readonly name: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly username: string | null;
  readonly email: string | null;
  readonly avatar: string | null;
  readonly placeholder: boolean;
  readonly erased: boolean;
  readonly lastSeenAt: Date | null;
}

export interface UserRow {
  id: string;
  role: Role;
  name: string | null;
  first_name: string | null;
  last_name: string | null;
  username: string | null;
  email: string | null;
  avatar: string | null;
  placeholder: boolean;
  erased: boolean;
  last_seen_at: Date | null;
}

export const USER_COLUMNS =
  'id, role, name, first_name, last_name, username, email, avatar, placeholder, erased, last_seen_at';

export function toUserView(row: UserRow): UserView {
  const joined = [row.first_name, row.last_name].filter(Boolean).join(' ');
  return {
    id: row.id,
    role: row.role,
    family: FAMILY_OF_ROLE[row.role],
    name: row.name ?? (joined || (row.username ?? `User ${row.id}`)),
    firstName: row.first_name,
    lastName: row.last_name,
    username: row.username,
    email: row.email,
    avatar: row.avatar,
    placeholder: row.placeholder,
    erased: row.erased,
    lastSeenAt: row.last_seen_at,
  };
}
