import { z } from 'zod';
import { wireId, wireIdSchema, type UserView } from '#libs/directory';

export const personSchema = z
  .object({ id: wireIdSchema, name: z.string(), role: z.string(), avatar: z.string().nullable() })
  .meta({
    id: 'MarketplacePerson',
    description: 'A person as others in the chat see it',
    examples: [{ id: 1, name: 'Shiny Wash', role: 'provider', avatar: null }],
  });
export type Person = z.output<typeof personSchema>;

/** With the role itself, not the family. */
export const toPerson = ({ id, name, role, avatar }: UserView): Person => ({
  id: wireId(id),
  name,
  role,
  avatar,
});

export const onlineUserSchema = personSchema
  .extend({ userId: wireIdSchema, isOnline: z.literal(true) })
  .meta({ id: 'MarketplaceOnlineUser', description: 'A conversation partner who is online' });

export const toOnlineUser = (user: UserView): z.output<typeof onlineUserSchema> => ({
  ...toPerson(user),
  userId: wireId(user.id),
  isOnline: true,
});

export const typingUserSchema = z.object({
  userId: wireIdSchema,
  isTyping: z.literal(true),
  user: personSchema,
});

export const toTypingUser = (user: UserView): z.output<typeof typingUserSchema> => ({
  userId: wireId(user.id),
  isTyping: true,
  user: toPerson(user),
});
