import { SYSTEM_SENDER, toPublicUser, wireId } from '#libs/directory';
import { parseUuid } from '#libs/platform/validation';
import { wireRoomId, type RoomView } from '#libs/rooms';
import type { DeletedMessageBody } from './dto/answers.body.js';
import type { AttachmentBody, MessageBody, ReactionGroupBody } from './dto/message.body.js';
import type { AttachmentView, MessageView, ReactionGroup, StoredMessage } from './message-view.js';
import { wordsOf } from './readable-content.js';

const PREFIX = 'msg_';

/** `msg_{uuid}`, as the service document shows message ids. */
export const wireMessageId = (id: string): string => PREFIX + id;
/** Plain UUID of a message id in either form; undefined when malformed. */
export const readMessageId = (id: string): string | undefined => parseUuid(id, PREFIX);

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

export const toReactionGroup = ({ emoji, userIds }: ReactionGroup): ReactionGroupBody => ({
  emoji,
  count: userIds.length,
  users: userIds.map(wireId),
});

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

export const toDeleted = ({ id, seq, changeNo }: StoredMessage, room: RoomView): DeletedMessageBody => ({
  message_id: wireMessageId(id),
  room_id: wireRoomId(room),
  seq,
  change_seq: changeNo ?? undefined,
});
