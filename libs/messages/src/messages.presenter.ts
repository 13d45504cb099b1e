import { z } from 'zod';
import { publicUserSchema, SYSTEM_SENDER, toPublicUser, wireId, wireIdSchema } from '#libs/directory';
import { parseUuid } from '#libs/platform/validation';
import { ApiInteger, ApiList, ApiNumber, ApiOneOf, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { enumeration } from '#libs/platform/validation';
import { wireRoomId, type RoomView } from '#libs/rooms';
import { MESSAGE_TYPES } from './entities/message.entity.js';
import type { AttachmentView, MessageView, ReactionGroup, StoredMessage } from './message-view.js';
import { wordsOf } from './readable-content.js';

const PREFIX = 'msg_';

/** For answers: the id that the sender chose. */
export const shownClientId = z.union([z.string(), z.number()]).nullable().meta({
  description:
    'The id that the sender chose: a number where one was given, also in the event of the new message; read later, it is text',
});

/** `msg_{uuid}`, as the service document shows message ids. */
export const wireMessageId = (id: string): string => PREFIX + id;
/** Plain UUID of a message id in either form; undefined when malformed. */
export const readMessageId = (id: string): string | undefined => parseUuid(id, PREFIX);

export const attachmentKinds = enumeration('FileKind', ['image', 'audio', 'video', 'document']);
export const messageTypes = enumeration('MessageType', MESSAGE_TYPES);

@Schema('Attachment', { description: 'A file of a message' })
export class AttachmentBody {
  @ApiText() file_id!: string;
  @ApiText() filename!: string;
  @ApiInteger({ description: 'Bytes' }) file_size!: number;
  @ApiText() file_type!: string;
  @ApiOneOf(attachmentKinds) kind!: (typeof attachmentKinds.enum)[number];
  @ApiText({ description: 'Signed; ends at expires_at, and is fresh each time the message is read' })
  url!: string;
  @ApiText({ nullable: true }) thumbnail_url!: string | null;
  @ApiTime() expires_at!: string;
  @ApiInteger({ nullable: true }) width!: number | null;
  @ApiInteger({ nullable: true }) height!: number | null;
  @ApiNumber({ nullable: true, description: 'Seconds' }) duration!: number | null;
  @ApiList('number', { nullable: true }) waveform!: number[] | null;
  @ApiText({ nullable: true, description: 'Tiny preview as a data URL' }) placeholder!: string | null;
  @ApiText({ nullable: true }) description!: string | null;
}

/** Of schemas that are not classes yet. */
export const attachmentSchema = z
  .object({
    file_id: z.string(),
    filename: z.string(),
    file_size: z.number().meta({ description: 'Bytes' }),
    file_type: z.string(),
    kind: z.enum(['image', 'audio', 'video', 'document']),
    url: z
      .string()
      .meta({ description: 'Signed; ends at expires_at, and is fresh each time the message is read' }),
    thumbnail_url: z.string().nullable(),
    expires_at: z.string(),
    width: z.number().nullable(),
    height: z.number().nullable(),
    duration: z.number().nullable().meta({ description: 'Seconds' }),
    waveform: z.array(z.number()).nullable(),
    placeholder: z.string().nullable().meta({ description: 'Tiny preview as a data URL' }),
    description: z.string().nullable(),
  })
  .meta({ id: 'Attachment', description: 'A file of a message' });
export const wireFileId = (id: string): string => `file_${id}`;

export function toAttachment(file: AttachmentView): AttachmentBody {
  return {
    file_id: wireFileId(file.id),
    filename: file.fileName,
    file_size: file.size,
    file_type: file.mimeType,
    kind: file.kind,
    url: file.url,
    thumbnail_url: file.thumbnailUrl,
    expires_at: file.expiresAt.toISOString(),
    width: file.width,
    height: file.height,
    duration: file.duration,
    waveform: file.waveform === null ? null : [...file.waveform],
    placeholder: file.placeholder,
    description: file.description,
  };
}

export const reactionGroupSchema = z.object({
  emoji: z.string(),
  count: z.number(),
  users: z.array(wireIdSchema),
});

export const toReactionGroup = ({ emoji, userIds }: ReactionGroup): z.output<typeof reactionGroupSchema> => ({
  emoji,
  count: userIds.length,
  users: userIds.map(wireId),
});

/** Beside an edit or deletion. */
export const changeSeq = z.number().optional().meta({
  description:
    'Counts the edits and deletions of the room: of two states of a message the one with the higher number is the newer one. Absent while a message is as it was sent',
});

export const messageSchema = z
  .object({
    id: z.string().meta({ examples: ['msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f'] }),
    room_id: z.string().meta({ examples: ['service_789'] }),
    seq: z.number().meta({ description: 'Counts the messages of the room without gaps' }),
    sender: publicUserSchema,
    message: z.string(),
    message_type: z.enum(MESSAGE_TYPES),
    timestamp: z.string().meta({ format: 'date-time' }),
    edited_at: z.string().nullable(),
    deleted: z.boolean().meta({ description: 'True for a deleted message; its content is gone' }),
    change_seq: changeSeq,
    read_by: z.array(z.object({ user_id: wireIdSchema, read_at: z.string() })),
    attachments: z.array(attachmentSchema),
    reactions: z.array(reactionGroupSchema),
    mentions: z.array(wireIdSchema).meta({ description: 'Participants who are named by @' }),
    pinned: z.boolean(),
    metadata: z.record(z.string(), z.unknown()),
    reply_to: z.string().nullable(),
    client_id: shownClientId,
  })
  .meta({ id: 'Message', description: 'A message' });
export type MessageBody = z.output<typeof messageSchema>;

export const messageExample: MessageBody = {
  id: 'msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  room_id: 'service_789',
  seq: 42,
  sender: { id: 456, name: 'Mike Johnson', type: 'staff', avatar: null },
  message: "I'll be there in 15 minutes",
  message_type: 'text',
  timestamp: '2024-01-15T14:30:00.000Z',
  edited_at: null,
  deleted: false,
  read_by: [],
  attachments: [],
  reactions: [],
  mentions: [],
  pinned: false,
  metadata: {},
  reply_to: null,
  client_id: null,
};

export function toMessage(view: MessageView): MessageBody {
  return {
    id: wireMessageId(view.id),
    room_id: view.roomRef,
    seq: view.seq,
    sender: view.sender ? toPublicUser(view.sender) : SYSTEM_SENDER,
    message: wordsOf(view),
    message_type: view.type,
    timestamp: view.createdAt.toISOString(),
    edited_at: view.editedAt?.toISOString() ?? null,
    deleted: view.deletedAt !== null,
    change_seq: view.changeNo ?? undefined,
    read_by: view.readBy.map((mark) => ({ user_id: wireId(mark.userId), read_at: mark.at.toISOString() })),
    attachments: view.attachments.map(toAttachment),
    reactions: view.reactions.map(toReactionGroup),
    mentions: view.mentions.map(wireId),
    pinned: view.pinnedAt !== null,
    metadata: view.metadata,
    reply_to: view.replyTo === null ? null : wireMessageId(view.replyTo),
    client_id: view.clientId,
  };
}

export const deletedSchema = z.object({
  message_id: z.string(),
  room_id: z.string().meta({ examples: ['service_789'] }),
  seq: z.number(),
  change_seq: changeSeq,
});

export const toDeleted = (
  { id, seq, changeNo }: StoredMessage,
  room: RoomView,
): z.output<typeof deletedSchema> => ({
  message_id: wireMessageId(id),
  room_id: wireRoomId(room),
  seq,
  change_seq: changeNo ?? undefined,
});
