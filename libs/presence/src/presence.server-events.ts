import { PublicUser } from '#libs/directory';
import { defineServerEvents } from '#libs/platform/realtime';
import { ApiNested, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { SERVICE_DIALECT } from '#libs/rooms';
import { OnlineUsersBody } from './presence.presenter.js';

@Schema('UserOnlineEvent')
export class UserOnlinePayload {
  @ApiNested(() => PublicUser) user!: PublicUser;
}

@Schema('UserOfflineEvent')
export class UserOfflinePayload {
  @ApiNested(() => PublicUser) user!: PublicUser;
  @ApiTime() last_seen!: string;
}

@Schema('TypingEvent')
export class TypingPayload {
  @ApiText({ example: 'service_789' }) room_id!: string;
  @ApiNested(() => PublicUser) user!: PublicUser;
}

export const presenceServerEvents = defineServerEvents(SERVICE_DIALECT, {
  user_online: { summary: 'Someone you share a joined room with came online', payload: UserOnlinePayload },
  user_offline: { summary: 'Someone you share a joined room with went offline', payload: UserOfflinePayload },
  online_users: { summary: 'Answer to get_online_users', payload: OnlineUsersBody },
  user_typing: {
    summary: 'Someone else types; at most once a second for each typist',
    payload: TypingPayload,
  },
  user_stopped_typing: {
    summary: 'Someone stopped typing, or did not go on for 10 s',
    payload: TypingPayload,
  },
});
