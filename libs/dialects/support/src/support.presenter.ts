import { z } from 'zod';
import { supportUploadSchema, toSupportUpload } from '#libs/attachments';
import type { UserView } from '#libs/directory';
import { readableContent, shownClientId, type MessageType, type MessageView } from '#libs/messages';
import type { RoomView } from '#libs/rooms';
import { MESSAGE_TYPES, SESSION_STATUSES } from './dto/support.dto.js';
import { contextExample, contextId, contextSchema } from './session-contexts.js';

export const ROLES = ['customer', 'agent', 'admin', 'system'] as const;
type SessionStatus = (typeof SESSION_STATUSES)[number];

const example = {
  id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  message: '0190a5c2-8001-7c3d-9f10-2b6a4c8d0e1f',
  at: '2024-01-15T14:30:00.000Z',
};

export const messageSchema = z
  .object({
    id: z.string(),
    session_id: z.string(),
    sender_id: z.string().nullable(),
    sender_name: z.string(),
    sender_role: z.enum(ROLES),
    content: z.string(),
    message_type: z.enum(MESSAGE_TYPES),
    created_at: z.string(),
    edited_at: z.string().nullable(),
    is_deleted: z.boolean().meta({ description: 'True for a deleted message; its content is gone' }),
    attachments: z.array(supportUploadSchema),
    read_by: z.array(z.object({ user_id: z.string(), read_at: z.string() })),
    temp_id: shownClientId,
    metadata: z.record(z.string(), z.unknown()).meta({
      description: '`message_type`: the exact type of a message that this contract has no type for',
    }),
  })
  .meta({ id: 'SupportMessage', description: 'A message of a support session' });
export type MessageBody = z.output<typeof messageSchema>;

export const messageExample: MessageBody = {
  id: example.message,
  session_id: example.id,
  sender_id: '123',
  sender_name: 'First Customer',
  sender_role: 'customer',
  content: 'My order is delayed',
  message_type: 'text',
  created_at: example.at,
  edited_at: null,
  is_deleted: false,
  attachments: [],
  read_by: [],
  temp_id: null,
  metadata: {},
};

/** As everyone in it sees it. */
export const sessionSchema = z
  .object({
    id: z.string(),
    subject: z.string().nullable(),
    category: z.string().nullable(),
    priority: z.string(),
    status: z.enum(SESSION_STATUSES),
    restaurant_id: z.string().nullable(),
    ticket_id: z.string().nullable(),
    customer_id: z.string().nullable(),
    customer_name: z.string().nullable(),
    agent_id: z.string().nullable(),
    agent_name: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    closed_at: z.string().nullable(),
  })
  .meta({ id: 'SupportSession', description: 'A support session' });
export type SessionBody = z.output<typeof sessionSchema>;

export const mySessionSchema = sessionSchema
  .extend({
    context: contextSchema.nullable().meta({
      description:
        'The ticket, restaurant or the like that the session names, as the directory has it; null if it has none. ' +
        'Shown to the support team and to its own participants; a restaurant that has none, to everyone in the session.',
    }),
    unread_count: z.number(),
    last_message: messageSchema.nullable(),
  })
  .meta({ id: 'MySupportSession', description: 'A support session as the one who asks sees it' });
export type MySessionBody = z.output<typeof mySessionSchema>;

export const sessionExample: SessionBody = {
  id: example.id,
  subject: 'Need help with order',
  category: 'order_issue',
  priority: 'high',
  status: 'waiting',
  restaurant_id: '42',
  ticket_id: null,
  customer_id: '123',
  customer_name: 'First Customer',
  agent_id: null,
  agent_name: null,
  created_at: example.at,
  updated_at: example.at,
  closed_at: null,
};
export const mySessionExample: MySessionBody = {
  ...sessionExample,
  context: contextExample,
  unread_count: 1,
  last_message: messageExample,
};

export const participantSchema = z.object({
  user_id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  avatar: z.string().nullable(),
  is_online: z.boolean(),
  joined_at: z.string(),
});
export type ParticipantBody = z.output<typeof participantSchema>;

export function toRole(user: Pick<UserView, 'family'> | null | undefined): (typeof ROLES)[number] {
  switch (user?.family) {
    case 'customer':
      return 'customer';
    case 'staff':
      return 'agent';
    case 'admin':
      return 'admin';
    default:
      return 'system';
  }
}

/** What is blocked, or archived by the one who looks, is over for this contract. */
export function toStatus(status: RoomView['status'], archived = false): SessionStatus {
  return archived || status === 'blocked' ? 'closed' : status;
}

export interface SessionPeople {
  customer: Pick<UserView, 'id' | 'name'> | undefined;
  agent: Pick<UserView, 'id' | 'name'> | undefined;
}

export function toSession(room: RoomView, { customer, agent }: SessionPeople, archived = false): SessionBody {
  return {
    id: room.id,
    subject: room.subject ?? room.name,
    category: room.category,
    priority: room.priority,
    status: toStatus(room.status, archived),
    restaurant_id: contextId(room, 'restaurant'),
    ticket_id: contextId(room, 'ticket'),
    customer_id: customer?.id ?? null,
    customer_name: customer?.name ?? null,
    agent_id: room.assigneeId,
    agent_name: agent?.name ?? null,
    created_at: room.createdAt.toISOString(),
    updated_at: room.updatedAt.toISOString(),
    closed_at: room.closedAt?.toISOString() ?? null,
  };
}

const NEAREST = {
  text: 'text',
  image: 'image',
  file: 'file',
  location: 'text',
  voice: 'file',
  video: 'file',
  status_update: 'system',
  system: 'system',
} as const satisfies Record<MessageType, (typeof MESSAGE_TYPES)[number]>;

export function toMessage(view: MessageView): MessageBody {
  const type = NEAREST[view.type];
  return {
    id: view.id,
    session_id: view.roomId,
    sender_id: view.senderId,
    sender_name: view.sender?.name ?? (view.senderId === null ? 'System' : `User ${view.senderId}`),
    sender_role: toRole(view.sender),
    content: readableContent(view),
    message_type: type,
    created_at: view.createdAt.toISOString(),
    edited_at: view.editedAt?.toISOString() ?? null,
    is_deleted: view.deletedAt !== null,
    attachments: view.attachments.map((file) => toSupportUpload({ view: file, ready: true })),
    read_by: view.readBy.map(({ userId, at }) => ({ user_id: userId, read_at: at.toISOString() })),
    temp_id: view.clientId,
    metadata: type === view.type ? view.metadata : { ...view.metadata, message_type: view.type },
  };
}
