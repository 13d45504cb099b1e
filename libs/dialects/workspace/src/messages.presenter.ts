import {
  namesAll,
  readableContent,
  type AttachmentView,
  type MessageView,
  type ReactionGroup,
  type RepliedMessage,
} from '#libs/messages';
import { isObject } from '#libs/platform/validation';
import type {
  WorkspaceMessageBody,
  WorkspaceReactionBody,
  WorkspaceRepliedMessageBody,
} from './dto/messages.body.js';
import { toPerson } from './people.presenter.js';
import { SHOWN_MESSAGE_TYPE } from './types.js';

export function toMessage(view: MessageView): WorkspaceMessageBody {
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

export const toReaction = ({ emoji, userIds }: ReactionGroup): WorkspaceReactionBody => ({
  emoji,
  count: userIds.length,
  users: [...userIds],
});

const toReplied = (view: RepliedMessage): WorkspaceRepliedMessageBody => ({
  id: view.id,
  content: readableContent(view),
  type: SHOWN_MESSAGE_TYPE[view.type],
  senderId: view.senderId,
  isDeleted: view.deletedAt !== null,
  sentAt: view.createdAt.toISOString(),
  sender: toPerson(view.sender),
});

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
