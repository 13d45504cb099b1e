import { PublicUser, toPublicUser, type UserView } from '#libs/directory';
import { ApiFlag, ApiList, ApiNested, ApiText, ApiTime, Schema } from '#libs/platform/schemas';

@Schema('OnlineUsers', { description: 'People of a room who are online' })
export class OnlineUsersBody {
  @ApiText({ example: 'service_789' }) room_id!: string;
  @ApiList(() => PublicUser) users!: PublicUser[];
}

@Schema('Presence', { description: 'Whether a person is online' })
export class PresenceBody {
  @ApiNested(() => PublicUser) user!: PublicUser;
  @ApiFlag() online!: boolean;
  @ApiTime({
    nullable: true,
    description: 'When the last connection ended; null while online or never seen',
  })
  last_seen!: string | null;
}

@Schema('PresenceOfUsers', { description: 'Of those who share a room with you' })
export class PresenceOfUsersBody {
  @ApiList(() => PresenceBody) users!: PresenceBody[];
}

export const toOnlineUsers = (roomRef: string, users: readonly UserView[]): OnlineUsersBody => ({
  room_id: roomRef,
  users: users.map(toPublicUser),
});

export function toPresence(user: UserView, online: boolean): PresenceBody {
  return {
    user: toPublicUser(user),
    online,
    last_seen: online ? null : (user.lastSeenAt?.toISOString() ?? null),
  };
}
