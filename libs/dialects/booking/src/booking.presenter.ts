import { formatOf } from '#libs/attachments';
import type { UserView } from '#libs/directory';
import { readableContent, type AttachmentView, type MessageView, type ReactionGroup } from '#libs/messages';
import type { BookingMessageType } from './dto/booking-enumerations.js';
import type { BookingFileBody, BookingMessageBody, ReactionCountBody } from './dto/message.body.js';
import { toProfile, toSender } from './people.presenter.js';

/** The people that a presenter may have to name besides the sender. */
export type People = ReadonlyMap<string, UserView>;
const NOBODY: People = new Map();

/**
 * @param people of the reactions
 * @param viewerId who reads it; left out where all of a room get the same
 */
export function toMessage(view: MessageView, people = NOBODY, viewerId?: string): BookingMessageBody {
  const [file] = view.attachments;
  const createdAt = view.createdAt.toISOString();
  return {
    id: view.id,
    session_id: view.roomId,
    sender_id: view.senderId,
    content: readableContent(view),
    type: typeOf(view),
    file_url: file?.url ?? null,
    file_name: file?.fileName ?? null,
    file_size: file?.size ?? null,
    files: view.attachments.map(toFile),
    metadata: metadataOf(view),
    is_read: isReadFor(view, viewerId),
    created_at: createdAt,
    timestamp: createdAt,
    profiles: toProfile(view.sender),
    sender: toSender(view.sender),
    message_reactions: view.reactions.flatMap(({ emoji, userIds }) =>
      userIds.map((userId) => ({
        user_id: userId,
        reaction: emoji,
        profiles: { first_name: toProfile(people.get(userId) ?? null).first_name },
      })),
    ),
    client_id: view.clientId,
  };
}

const toFile = (file: AttachmentView): BookingFileBody => ({
  file_url: file.url,
  file_name: file.fileName,
  file_size: file.size,
  mime_type: file.mimeType,
});

/** The nearest type that the document has; the content is text in any case. */
function typeOf({ type, attachments }: MessageView): BookingMessageType {
  switch (type) {
    case 'video':
      return 'file';
    case 'location':
      return 'text';
    case 'status_update':
      return 'system';
    case 'text':
      if (!attachments[0]) return 'text';
      return attachments[0].kind === 'image' ? 'image' : 'file';
    default:
      return type;
  }
}

function metadataOf(view: MessageView): Record<string, unknown> {
  if (view.deletedAt !== null) return { deleted: true };
  const [file] = view.attachments;
  const exact = typeOf(view) === view.type ? {} : { message_type: view.type };
  const sound =
    view.type === 'voice' && file ? { duration: file.duration, audio_format: formatOf(file) } : {};
  return { ...sound, ...view.metadata, ...exact };
}

function isReadFor({ senderId, readBy }: MessageView, viewerId: string | undefined): boolean {
  if (viewerId === undefined || viewerId === senderId) return readBy.length > 0;
  return readBy.some((mark) => mark.userId === viewerId);
}

export const toReactionCount = ({ emoji, userIds }: ReactionGroup): ReactionCountBody => ({
  reaction: emoji,
  count: userIds.length,
  users: [...userIds],
});
