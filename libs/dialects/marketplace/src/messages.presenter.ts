import { z } from 'zod';
import { wireId, wireIdSchema } from '#libs/directory';
import {
  namesAll,
  readableContent,
  shownClientId,
  type AttachmentView,
  type MessageProgress,
  type MessageView,
} from '#libs/messages';
import { personSchema, toPerson } from './people.presenter.js';
import { MESSAGE_STATUSES, MESSAGE_TYPES, SHOWN_MESSAGE_TYPE, type MessageStatus } from './types.js';

/** The two whose conversation it is. */
export interface Sides {
  readonly customerId: string | null;
  readonly providerId: string | null;
}
export type Progress = Pick<MessageProgress, 'deliveredAt' | 'readAt'>;

const messageType = z.enum(MESSAGE_TYPES);
const freeObject = z.record(z.string(), z.unknown());
const id = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';
const conversation = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10';

const repliedSchema = z.object({
  id: z.string(),
  senderId: wireIdSchema.nullable(),
  messageType,
  content: z.string(),
});

export const messageSchema = z
  .object({
    id: z.string(),
    conversationId: z.string(),
    senderId: wireIdSchema.nullable().meta({ description: 'Null for messages of the platform itself' }),
    receiverId: wireIdSchema.nullable().meta({ description: 'The other side' }),
    messageType,
    content: z.string().meta({ description: 'Empty for a deleted message' }),
    attachments: z.union([z.array(z.unknown()), freeObject]).nullable(),
    status: z.enum(MESSAGE_STATUSES).meta({ description: 'How far it came with the other side' }),
    readAt: z.string().nullable(),
    deliveredAt: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    replyToId: z.string().nullable(),
    replyTo: repliedSchema.nullable(),
    metadata: freeObject.meta({
      description: '`message_type` is the exact type where `messageType` is the nearest',
    }),
    sender: personSchema.nullable(),
    isDeleted: z.boolean(),
    clientId: shownClientId,
  })
  .meta({ id: 'MarketplaceMessage', description: 'A message of the marketplace contract' });
export type MarketplaceMessage = z.output<typeof messageSchema>;

export const messageExample: MarketplaceMessage = {
  id,
  conversationId: conversation,
  senderId: 1,
  receiverId: 2,
  messageType: 'TEXT',
  content: 'Hello, how can I help you?',
  attachments: null,
  status: 'SENT',
  readAt: null,
  deliveredAt: null,
  createdAt: '2024-01-15T14:30:00.000Z',
  updatedAt: '2024-01-15T14:30:00.000Z',
  replyToId: null,
  replyTo: null,
  metadata: {},
  sender: { id: 1, name: 'Shiny Wash', role: 'provider', avatar: null },
  isDeleted: false,
  clientId: null,
};

export const statusSchema = z.object({
  messageId: z.string(),
  conversationId: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  deliveredAt: z.string().nullable(),
  readAt: z.string().nullable(),
});

export const statusExample: z.output<typeof statusSchema> = {
  messageId: id,
  conversationId: conversation,
  status: 'READ',
  deliveredAt: '2024-01-15T14:30:01.000Z',
  readAt: '2024-01-15T14:30:05.000Z',
};

export function statusOf({ deliveredAt, readAt }: Progress): MessageStatus {
  if (readAt) return 'READ';
  return deliveredAt ? 'DELIVERED' : 'SENT';
}

export const toStatus = ({ message, ...progress }: MessageProgress): z.output<typeof statusSchema> => ({
  messageId: message.id,
  conversationId: message.roomId,
  status: statusOf(progress),
  deliveredAt: progress.deliveredAt?.toISOString() ?? null,
  readAt: progress.readAt?.toISOString() ?? null,
});

/** Of a message that just came: only readers are known, and who read it has it. */
export function progressOfArrived({ readBy }: MessageView): Progress {
  const at = readBy[0]?.at ?? null;
  return { deliveredAt: at, readAt: at };
}

export function toMessage(view: MessageView, progress: Progress, sides: Sides): MarketplaceMessage {
  const receiver = receiverOf(view, sides);
  return {
    id: view.id,
    conversationId: view.roomId,
    senderId: view.senderId === null ? null : wireId(view.senderId),
    receiverId: receiver === null ? null : wireId(receiver),
    messageType: SHOWN_MESSAGE_TYPE[view.type],
    content: contentOf(view),
    attachments: attachmentsOf(view),
    status: statusOf(progress),
    readAt: progress.readAt?.toISOString() ?? null,
    deliveredAt: progress.deliveredAt?.toISOString() ?? null,
    createdAt: view.createdAt.toISOString(),
    updatedAt: updatedAt(view, progress).toISOString(),
    replyToId: view.replyTo,
    replyTo: view.replied && {
      id: view.replied.id,
      senderId: view.replied.senderId === null ? null : wireId(view.replied.senderId),
      messageType: SHOWN_MESSAGE_TYPE[view.replied.type],
      content: contentOf(view.replied),
    },
    metadata: metadataOf(view),
    sender: view.sender && toPerson(view.sender),
    isDeleted: view.deletedAt !== null,
    clientId: view.clientId,
  };
}

/** The other side: the customer hears from anyone else, the provider from the customer. */
function receiverOf({ senderId }: MessageView, { customerId, providerId }: Sides): string | null {
  if (senderId === null) return null;
  return senderId === customerId ? providerId : customerId;
}

/** This contract has locations of its own; what it lacks says in words what it is. */
const contentOf = (view: Pick<MessageView, 'type' | 'content' | 'metadata' | 'deletedAt'>): string =>
  view.type === 'location' && view.deletedAt === null ? view.content : readableContent(view);

const updatedAt = (
  { createdAt, editedAt, deletedAt }: MessageView,
  { deliveredAt, readAt }: Progress,
): Date =>
  [createdAt, editedAt, deletedAt, deliveredAt, readAt].reduce<Date>(
    (latest, at) => (at && at > latest ? at : latest),
    createdAt,
  );

/** What this contract's clients sent with it, or the files that were uploaded for it. */
function attachmentsOf({ metadata, attachments, deletedAt }: MessageView): MarketplaceMessage['attachments'] {
  if (deletedAt !== null) return null;
  const { attachments: sent } = metadata;
  if (typeof sent === 'object' && sent !== null && namesAll(sent, attachments))
    return sent as Record<string, unknown> | unknown[];
  return attachments.length > 0 ? attachments.map(toFile) : null;
}

const toFile = (file: AttachmentView): Record<string, unknown> => ({
  id: file.id,
  name: file.fileName,
  url: file.url,
  size: file.size,
  type: file.mimeType,
  thumbnailUrl: file.thumbnailUrl,
  duration: file.duration,
});

function metadataOf({ type, metadata, deletedAt }: MessageView): Record<string, unknown> {
  if (deletedAt !== null) return {};
  const { attachments: _shownApart, ...rest } = metadata;
  return SHOWN_MESSAGE_TYPE[type].toLowerCase() === type ? rest : { ...rest, message_type: type };
}
