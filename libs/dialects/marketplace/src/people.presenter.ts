import { wireId, type UserView } from '#libs/directory';
import type { OnlineUserBody, PersonBody, TypingUserBody } from './dto/people.body.js';

/** With the role itself, not the family. */
export const toPerson = ({ id, name, role, avatar }: UserView): PersonBody => ({
  id: wireId(id),
  name,
  role,
  avatar,
});

export const toOnlineUser = (user: UserView): OnlineUserBody => ({
  ...toPerson(user),
  userId: wireId(user.id),
  isOnline: true,
});

export const toTypingUser = (user: UserView): TypingUserBody => ({
  userId: wireId(user.id),
  isTyping: true,
  user: toPerson(user),
});
