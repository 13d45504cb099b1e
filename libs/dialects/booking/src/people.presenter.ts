import { personalNames, type UserView } from '#libs/directory';
import type { ParticipantProfileBody, ProfileBody, SenderBody } from './dto/people.body.js';

const SYSTEM_NAME = 'System';

export function toProfile(user: UserView | null): ProfileBody {
  if (!user) return { first_name: SYSTEM_NAME, last_name: null, avatar_url: null };
  const { first, last } = personalNames(user);
  return { first_name: first, last_name: last || null, avatar_url: user.avatar };
}

export function toSender(user: UserView | null): SenderBody {
  return user
    ? { id: user.id, name: user.name, avatar: user.avatar }
    : { id: null, name: SYSTEM_NAME, avatar: null };
}

/** With the role itself, not the family. */
export const toParticipantProfile = (user: UserView): ParticipantProfileBody => ({
  id: user.id,
  ...toProfile(user),
  role: user.role,
});
