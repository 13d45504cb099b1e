import { wireId } from '#libs/directory';
import {
  namesAll,
  readableContent,
  type AttachmentView,
  type MessageProgress,
  type MessageView,
} from '#libs/messages';
import type { FreeAttachments } from './dto/attachments-field.js';
import type { MarketplaceMessageBody, MessageProgressBody } from './dto/message.body.js';
import { toPerson } from './people.presenter.js';
import { SHOWN_MESSAGE_TYPE, type MessageStatus } from './types.js';

/** The two whose conversation it is. */
export interface Sides {
  readonly customerId: string | null;
  readonly providerId: string | null;
}
export type Progress = Pick<MessageProgress, 'deliveredAt' | 'readAt'>;

export function statusOf({ deliveredAt, readAt }: Progress): MessageStatus {
  if (readAt) return 'READ';
  return deliveredAt ? 'DELIVERED' : 'SENT';
}

export const toStatus = ({ message, ...progress }: MessageProgress): MessageProgressBody => ({
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

export function toMessage(view: MessageView, progress: Progress, sides: Sides): MarketplaceMessageBody {
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
function attachmentsOf({ metadata, attachments, deletedAt }: MessageView): FreeAttachments | null {
  if (deletedAt !== null) return null;
  const { attachments: sent } = metadata;
  if (typeof sent === 'object' && sent !== null && namesAll(sent, attachments))
    return sent as FreeAttachments;
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
