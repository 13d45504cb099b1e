import { z } from 'zod';
import type { Context } from './entities/context.entity.js';
import type { UserView } from './user-view.js';

const DECIMAL = /^(0|[1-9]\d{0,15})$/;

/** Ids that are plain decimal integers are JSON numbers where the document shows numbers. */
export function wireId(id: string): string | number {
  if (!DECIMAL.test(id)) return id;
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}

export const wireIdSchema = z.union([z.string(), z.number()]).meta({ examples: [123] });

/** `sender.type` of the service dialect: the family as its document knows it. */
export const SENDER_TYPES = ['customer', 'staff', 'admin', 'system'] as const;

export const publicUserSchema = z
  .object({
    id: wireIdSchema.nullable(),
    name: z.string(),
    type: z.enum(SENDER_TYPES),
    avatar: z.string().nullable(),
  })
  .meta({
    id: 'PublicUser',
    description: 'A person as others in the chat see it',
    examples: [{ id: 456, name: 'Mike Johnson', type: 'staff', avatar: 'https://cdn.example.com/456.jpg' }],
  });
export type PublicUser = z.output<typeof publicUserSchema>;

export const SYSTEM_SENDER: PublicUser = { id: null, name: 'System', type: 'system', avatar: null };

/** A person as others in the chat see it: no contact data. */
export function toPublicUser(user: UserView): PublicUser {
  return {
    id: wireId(user.id),
    name: user.name,
    type: user.family === 'service' ? 'system' : user.family,
    avatar: user.avatar,
  };
}

export const userSchema = z
  .object({
    id: wireIdSchema,
    name: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    username: z.string().nullable(),
    email: z.string().nullable(),
    avatar: z.string().nullable(),
    role: z.string(),
    placeholder: z.boolean().meta({ description: 'Referred to before the host told who it is' }),
    last_seen: z.string().nullable(),
  })
  .meta({
    id: 'User',
    description: 'A person with the whole profile',
    examples: [
      {
        id: 456,
        name: 'Mike Johnson',
        first_name: 'Mike',
        last_name: 'Johnson',
        username: 'mike',
        email: 'mike@example.com',
        avatar: 'https://cdn.example.com/456.jpg',
        role: 'staff',
        placeholder: false,
        last_seen: '2024-01-15T14:30:00.000Z',
      },
    ],
  });

/** The whole profile, for the host platform only. */
export function toUser(user: UserView): z.output<typeof userSchema> {
  return {
    id: wireId(user.id),
    name: user.name,
    first_name: user.firstName,
    last_name: user.lastName,
    username: user.username,
    email: user.email,
    avatar: user.avatar,
    role: user.role,
    placeholder: user.placeholder,
    last_seen: user.lastSeenAt?.toISOString() ?? null,
  };
}

export const contextSchema = z
  .object({
    type: z.string(),
    id: wireIdSchema,
    participants: z.array(z.object({ user_id: wireIdSchema, role: z.string() })),
    category: z.string().nullable(),
    status: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({
    id: 'Context',
    description: 'A business object of the host platform',
    examples: [
      {
        type: 'service_request',
        id: 789,
        participants: [
          { user_id: 123, role: 'customer' },
          { user_id: 456, role: 'staff' },
        ],
        category: 'car_service',
        status: 'confirmed',
        data: {},
        created_at: '2024-01-15T14:30:00.000Z',
        updated_at: '2024-01-15T14:30:00.000Z',
      },
    ],
  });

export function toContext(context: Context): z.output<typeof contextSchema> {
  return {
    type: context.type,
    id: wireId(context.id),
    participants: context.participants.map(({ user_id, role }) => ({ user_id: wireId(user_id), role })),
    category: context.category,
    status: context.status,
    data: context.data,
    created_at: context.createdAt.toISOString(),
    updated_at: context.updatedAt.toISOString(),
  };
}
