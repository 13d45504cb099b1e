import { z } from 'zod';
import { personalNames, type UserView } from '#libs/directory';

export const shortProfileSchema = z.object({ first_name: z.string() });

export const profileSchema = z.object({
  first_name: z.string(),
  last_name: z.string().nullable(),
  avatar_url: z.string().nullable(),
});
export type Profile = z.output<typeof profileSchema>;

export const participantProfileSchema = z
  .object({ id: z.string(), ...profileSchema.shape, role: z.string() })
  .meta({
    id: 'BookingProfile',
    description: 'A participant of a chat session',
    examples: [
      {
        id: 'user1',
        first_name: 'Sarah',
        last_name: 'Johnson',
        avatar_url: 'https://cdn.example.com/sarah.jpg',
        role: 'client',
      },
    ],
  });
export type ParticipantProfile = z.output<typeof participantProfileSchema>;

export const senderSchema = z.object({
  id: z.string().nullable(),
  name: z.string(),
  avatar: z.string().nullable(),
});

const SYSTEM_NAME = 'System';

export function toProfile(user: UserView | null): Profile {
  if (!user) return { first_name: SYSTEM_NAME, last_name: null, avatar_url: null };
  const { first, last } = personalNames(user);
  return { first_name: first, last_name: last || null, avatar_url: user.avatar };
}

export function toSender(user: UserView | null): z.output<typeof senderSchema> {
  return user
    ? { id: user.id, name: user.name, avatar: user.avatar }
    : { id: null, name: SYSTEM_NAME, avatar: null };
}

/** With the role itself, not the family. */
export const toParticipantProfile = (user: UserView): ParticipantProfile => ({
  id: user.id,
  ...toProfile(user),
  role: user.role,
});
