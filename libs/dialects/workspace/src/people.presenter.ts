import { ApiNested, ApiOneOf, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { personalNames, type UserView } from '#libs/directory';
import type { ShownParticipant } from '#libs/rooms';
import { participantRoles, SHOWN_ROLE, type WorkspaceParticipantRole } from './types.js';

export const personExample = {
  id: 'user_id',
  firstName: 'John',
  lastName: 'Doe',
  username: 'johndoe',
  avatar: 'https://example.com/avatar.jpg',
};

@Schema('WorkspacePerson', { description: 'A person as others in the chat see it', example: personExample })
export class WorkspacePersonBody {
  @ApiText({ nullable: true, description: 'Null for the platform itself' }) id!: string | null;
  @ApiText() firstName!: string;
  @ApiText() lastName!: string;
  @ApiText({ nullable: true }) username!: string | null;
  @ApiText({ nullable: true }) avatar!: string | null;
}

const PLATFORM: WorkspacePersonBody = {
  id: null,
  firstName: 'System',
  lastName: '',
  username: null,
  avatar: null,
};

export function toPerson(user: UserView | null): WorkspacePersonBody {
  if (!user) return PLATFORM;
  const { first, last } = personalNames(user);
  return { id: user.id, firstName: first, lastName: last, username: user.username, avatar: user.avatar };
}

/** The document names people by their e-mail in events; of those who have none, by what they are known by. */
export const emailOf = (user: UserView): string => user.email ?? user.username ?? user.name;

/** `userEmail` of an event. */
export const ApiUserEmail = () =>
  ApiText({
    description: 'Of those without an e-mail the user name, else the name',
    example: 'john@example.com',
  });

@Schema('WorkspaceRoomUser', {
  description: 'A person who is online in a room',
  example: { ...personExample, userId: 'user_id', userEmail: 'john@example.com' },
})
export class WorkspaceRoomUserBody extends WorkspacePersonBody {
  @ApiText() userId!: string;
  @ApiUserEmail() userEmail!: string;
}

export const toRoomUser = (user: UserView): WorkspaceRoomUserBody => ({
  ...toPerson(user),
  userId: user.id,
  userEmail: emailOf(user),
});

@Schema('WorkspaceParticipant', { description: 'A person in a room' })
export class WorkspaceParticipantBody {
  @ApiText() userId!: string;
  @ApiOneOf(participantRoles) role!: WorkspaceParticipantRole;
  @ApiTime() joinedAt!: string;
  @ApiNested(() => WorkspacePersonBody) user!: WorkspacePersonBody;
}

export const toParticipant = ({ participant, user }: ShownParticipant): WorkspaceParticipantBody => ({
  userId: participant.userId,
  role: SHOWN_ROLE[participant.role],
  joinedAt: participant.joinedAt.toISOString(),
  user: user
    ? toPerson(user)
    : { ...PLATFORM, id: participant.userId, firstName: 'User', lastName: participant.userId },
});
