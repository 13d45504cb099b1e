import {
  ApiFlag,
  ApiList,
  ApiObject,
  ApiOneOf,
  ApiText,
  ApiTime,
  ApiWireId,
  Schema,
} from '#libs/platform/schemas';
import { enumeration } from '#libs/platform/validation';
import type { Context } from './entities/context.entity.js';
import type { UserView } from './user-view.js';

const DECIMAL = /^(0|[1-9]\d{0,15})$/;

/** Ids that are plain decimal integers are JSON numbers where the document shows numbers. */
export function wireId(id: string): string | number {
  if (!DECIMAL.test(id)) return id;
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}

/** `sender.type` of the service dialect: the family as its document knows it. */
export const SENDER_TYPES = ['customer', 'staff', 'admin', 'system'] as const;

const senderTypes = enumeration('SenderType', SENDER_TYPES);

@Schema('PublicUser', {
  description: 'A person as others in the chat see it',
  example: { id: 456, name: 'Mike Johnson', type: 'staff', avatar: 'https://cdn.example.com/456.jpg' },
})
export class PublicUser {
  @ApiWireId({ nullable: true }) id!: string | number | null;
  @ApiText() name!: string;
  @ApiOneOf(senderTypes) type!: (typeof SENDER_TYPES)[number];
  @ApiText({ nullable: true }) avatar!: string | null;
}

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

@Schema('User', {
  description: 'A person with the whole profile',
  example: {
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
})
export class UserBody {
  @ApiWireId() id!: string | number;
  @ApiText() name!: string;
  @ApiText({ nullable: true }) first_name!: string | null;
  @ApiText({ nullable: true }) last_name!: string | null;
  @ApiText({ nullable: true }) username!: string | null;
  @ApiText({ nullable: true }) email!: string | null;
  @ApiText({ nullable: true }) avatar!: string | null;
  @ApiText() role!: string;
  @ApiFlag({ description: 'Referred to before the host told who it is' }) placeholder!: boolean;
  @ApiTime({ nullable: true }) last_seen!: string | null;
}

/** The whole profile, for the host platform only. */
export function toUser(user: UserView): UserBody {
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

@Schema('ContextParticipant', { description: 'A person whom a business object is about' })
export class ContextParticipantBody {
  @ApiWireId() user_id!: string | number;
  @ApiText() role!: string;
}

@Schema('Context', {
  description: 'A business object of the host platform',
  example: {
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
})
export class ContextBody {
  @ApiText() type!: string;
  @ApiWireId() id!: string | number;
  @ApiList(() => ContextParticipantBody) participants!: ContextParticipantBody[];
  @ApiText({ nullable: true }) category!: string | null;
  @ApiText({ nullable: true }) status!: string | null;
  @ApiObject() data!: Record<string, unknown>;
  @ApiTime() created_at!: string;
  @ApiTime() updated_at!: string;
}

export function toContext(context: Context): ContextBody {
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
