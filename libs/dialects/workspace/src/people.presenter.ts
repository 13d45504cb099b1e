import { z } from 'zod';
import { personalNames, type UserView } from '#libs/directory';
import type { ShownParticipant } from '#libs/rooms';
import { PARTICIPANT_ROLES, SHOWN_ROLE } from './types.js';

export const personSchema = z
  .object({
    id: z.string().nullable().meta({ description: 'Null for the platform itself' }),
    firstName: z.string(),
    lastName: z.string(),
    username: z.string().nullable(),
    avatar: z.string().nullable(),
  })
  .meta({
    id: 'WorkspacePerson',
    description: 'A person as others in the chat see it',
    examples: [
      {
        id: 'user_id',
        firstName: 'John',
        lastName: 'Doe',
        username: 'johndoe',
        avatar: 'https://example.com/avatar.jpg',
      },
    ],
  });
export type Person = z.output<typeof personSchema>;

const PLATFORM: Person = { id: null, firstName: 'System', lastName: '', username: null, avatar: null };

export function toPerson(user: UserView | null): Person {
  if (!user) return PLATFORM;
  const { first, last } = personalNames(user);
  return { id: user.id, firstName: first, lastName: last, username: user.username, avatar: user.avatar };
}

/** The document names people by their e-mail in events; of those who have none, by what they are known by. */
export const emailOf = (user: UserView): string => user.email ?? user.username ?? user.name;

export const roomUserSchema = personSchema
  .extend({ userId: z.string(), userEmail: z.string() })
  .meta({ id: 'WorkspaceRoomUser', description: 'A person who is online in a room' });

export const toRoomUser = (user: UserView): z.output<typeof roomUserSchema> => ({
  ...toPerson(user),
  userId: user.id,
  userEmail: emailOf(user),
});

export const participantSchema = z
  .object({
    userId: z.string(),
    role: z.enum(PARTICIPANT_ROLES),
    joinedAt: z.string(),
    user: personSchema,
  })
  .meta({ id: 'WorkspaceParticipant', description: 'A person in a room' });

export const toParticipant = ({
  participant,
  user,
}: ShownParticipant): z.output<typeof participantSchema> => ({
  userId: participant.userId,
  role: SHOWN_ROLE[participant.role],
  joinedAt: participant.joinedAt.toISOString(),
  user: user
    ? toPerson(user)
    : { ...PLATFORM, id: participant.userId, firstName: 'User', lastName: participant.userId },
});
