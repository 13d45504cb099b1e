import { z } from 'zod';
import { publicUserSchema, toPublicUser, type UserView } from '#libs/directory';

export const onlineUsersSchema = z.object({ room_id: z.string(), users: z.array(publicUserSchema) });

export const presenceSchema = z
  .object({
    user: publicUserSchema,
    online: z.boolean(),
    last_seen: z
      .string()
      .nullable()
      .meta({ description: 'When the last connection ended; null while online or never seen' }),
  })
  .meta({ id: 'Presence', description: 'Whether a person is online' });

export function toPresence(user: UserView, online: boolean): z.output<typeof presenceSchema> {
  return {
    user: toPublicUser(user),
    online,
    last_seen: online ? null : (user.lastSeenAt?.toISOString() ?? null),
  };
}
