import { toSupportUpload } from '#libs/attachments';
import type { UserView } from '#libs/directory';
import { readableContent, type MessageType as CanonicalType, type MessageView } from '#libs/messages';
import type { RoomView } from '#libs/rooms';
import type { MessageBody } from './dto/message.body.js';
import type { SessionBody } from './dto/session.body.js';
import type { MessageType, Role, SessionStatus } from './dto/support-enumerations.js';
import { contextId } from './session-contexts.js';

export function toRole(user: Pick<UserView, 'family'> | null | undefined): Role {
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
} as const satisfies Record<CanonicalType, MessageType>;

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
