import { z } from 'zod';
import {
  namesAll,
  readableContent,
  shownClientId,
  type AttachmentView,
  type MessageView,
  type ReactionGroup,
  type RepliedMessage,
} from '#libs/messages';
import { personSchema, toPerson } from './people.presenter.js';
import { MESSAGE_TYPES, SHOWN_MESSAGE_TYPE } from './types.js';

const messageType = z.enum(MESSAGE_TYPES);

export const repliedSchema = z
  .object({
    id: z.string(),
    content: z.string(),
    type: messageType,
    senderId: z.string().nullable(),
    isDeleted: z.boolean(),
    sentAt: z.string(),
    sender: personSchema,
  })
  .meta({ id: 'WorkspaceRepliedMessage', description: 'The message that another one answers' });

export const reactionSchema = z.object({
  emoji: z.string(),
  count: z.number(),
  users: z.array(z.string()).meta({ description: 'Ids of those who put it there, in that order' }),
});

const freeObject = z.record(z.string(), z.unknown());

export const messageSchema = z
  .object({
    id: z.string(),
    content: z.string().meta({ description: 'Empty for a deleted message' }),
    type: messageType,
    senderId: z.string().nullable().meta({ description: 'Null for messages of the platform itself' }),
    roomId: z.string(),
    replyToId: z.string().nullable(),
    isEdited: z.boolean(),
    isDeleted: z.boolean(),
    sentAt: z.string(),
    editedAt: z.string().nullable(),
    sender: personSchema,
    replyTo: repliedSchema.nullable(),
    reactions: z.array(reactionSchema),
    attachments: freeObject.nullable().meta({ description: 'As they were sent; uploads as {files: […]}' }),
    metadata: freeObject.meta({
      description: '`message_type` is the exact type where `type` is the nearest',
    }),
    clientId: shownClientId,
  })
  .meta({ id: 'WorkspaceMessage', description: 'A message of the workspace contract' });
export type WorkspaceMessage = z.output<typeof messageSchema>;

export const messageExample: WorkspaceMessage = {
  id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  content: 'Hello everyone!',
  type: 'TEXT',
  senderId: 'user_id',
  roomId: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10',
  replyToId: null,
  isEdited: false,
  isDeleted: false,
  sentAt: '2024-01-01T00:00:00.000Z',
  editedAt: null,
  sender: {
    id: 'user_id',
    firstName: 'John',
    lastName: 'Doe',
    username: 'johndoe',
    avatar: 'https://example.com/avatar.jpg',
  },
  replyTo: null,
  reactions: [{ emoji: '👍', count: 3, users: ['user1', 'user2', 'user3'] }],
  attachments: null,
  metadata: {},
  clientId: null,
};

export function toMessage(view: MessageView): WorkspaceMessage {
  return {
    id: view.id,
    content: readableContent(view),
    type: SHOWN_MESSAGE_TYPE[view.type],
    senderId: view.senderId,
    roomId: view.roomId,
    replyToId: view.replyTo,
    isEdited: view.editedAt !== null,
    isDeleted: view.deletedAt !== null,
    sentAt: view.createdAt.toISOString(),
    editedAt: view.editedAt?.toISOString() ?? null,
    sender: toPerson(view.sender),
    replyTo: view.replied && toReplied(view.replied),
    reactions: view.reactions.map(toReaction),
    attachments: attachmentsOf(view),
    metadata: metadataOf(view),
    clientId: view.clientId,
  };
}

export const toReaction = ({ emoji, userIds }: ReactionGroup): z.output<typeof reactionSchema> => ({
  emoji,
  count: userIds.length,
  users: [...userIds],
});

const toReplied = (view: RepliedMessage): z.output<typeof repliedSchema> => ({
  id: view.id,
  content: readableContent(view),
  type: SHOWN_MESSAGE_TYPE[view.type],
  senderId: view.senderId,
  isDeleted: view.deletedAt !== null,
  sentAt: view.createdAt.toISOString(),
  sender: toPerson(view.sender),
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What this contract's clients sent with it, or the files that were uploaded for it. */
function attachmentsOf({ metadata, attachments }: MessageView): Record<string, unknown> | null {
  if (isObject(metadata.attachments) && namesAll(metadata.attachments, attachments))
    return metadata.attachments;
  return attachments.length > 0 ? { files: attachments.map(toFile) } : null;
}

const toFile = (file: AttachmentView): Record<string, unknown> => ({
  name: file.fileName,
  url: file.url,
  size: file.size,
  type: file.mimeType,
  thumbnailUrl: file.thumbnailUrl,
  duration: file.duration,
});

function metadataOf({ type, metadata }: MessageView): Record<string, unknown> {
  const { attachments, ...rest } = metadata;
  const shown = isObject(attachments) || attachments === undefined ? rest : metadata;
  return SHOWN_MESSAGE_TYPE[type].toLowerCase() === type ? shown : { ...shown, message_type: type };
}
