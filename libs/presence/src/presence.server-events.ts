import { z } from 'zod';
import { publicUserSchema } from '#libs/directory';
import { defineServerEvents } from '#libs/platform/realtime';
import { SERVICE_DIALECT } from '#libs/rooms';
import { onlineUsersSchema } from './presence.presenter.js';

const typing = z.object({ room_id: z.string(), user: publicUserSchema });

export const presenceServerEvents = defineServerEvents(SERVICE_DIALECT, {
  user_online: {
    summary: 'Someone you share a joined room with came online',
    payload: z.object({ user: publicUserSchema }),
  },
  user_offline: {
    summary: 'Someone you share a joined room with went offline',
    payload: z.object({ user: publicUserSchema, last_seen: z.string() }),
  },
  online_users: { summary: 'Answer to get_online_users', payload: onlineUsersSchema },
  user_typing: { summary: 'Someone else types; at most once a second for each typist', payload: typing },
  user_stopped_typing: { summary: 'Someone stopped typing, or did not go on for 10 s', payload: typing },
});
