import { z } from 'zod';
import { formatOf } from '#libs/attachments';
import type { UserView } from '#libs/directory';
import {
  readableContent,
  shownClientId,
  type AttachmentView,
  type MessageView,
  type ReactionGroup,
} from '#libs/messages';
import { MESSAGE_TYPES } from './dto/booking.dto.js';
import { profileSchema, senderSchema, shortProfileSchema, toProfile, toSender } from './people.presenter.js';

type BookingType = (typeof MESSAGE_TYPES)[number];

const fileSchema = z.object({
  file_url: z.string().meta({ description: 'Signed; fresh each time the message is read' }),
  file_name: z.string(),
  file_size: z.number().meta({ description: 'Bytes' }),
  mime_type: z.string(),
});

export const messageSchema = z
  .object({
    id: z.string(),
    session_id: z.string(),
    sender_id: z.string().nullable().meta({ description: 'Null for messages of the platform itself' }),
    content: z.string(),
    type: z.enum(MESSAGE_TYPES),
    file_url: z.string().nullable(),
    file_name: z.string().nullable(),
    file_size: z.number().nullable(),
    files: z.array(fileSchema).meta({ description: 'All files, where a message has several' }),
    metadata: z.record(z.string(), z.unknown()),
    is_read: z.boolean().meta({ description: 'Read by you; of your own: by anyone else' }),
    created_at: z.string(),
    timestamp: z.string().meta({ description: 'As created_at' }),
    profiles: profileSchema,
    sender: senderSchema,
    message_reactions: z.array(
      z.object({ user_id: z.string(), reaction: z.string(), profiles: shortProfileSchema }),
    ),
    client_id: shownClientId,
  })
  .meta({ id: 'BookingMessage', description: 'A message of the booking contract' });
export type BookingMessage = z.output<typeof messageSchema>;

export const messageExample: BookingMessage = {
  id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  session_id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10',
  sender_id: 'reader1-id',
  content: 'Hello! How can I help you today?',
  type: 'text',
  file_url: null,
  file_name: null,
  file_size: null,
  files: [],
  metadata: {},
  is_read: true,
  created_at: '2024-12-01T10:30:00.000Z',
  timestamp: '2024-12-01T10:30:00.000Z',
  profiles: { first_name: 'Samia', last_name: 'Reader', avatar_url: 'https://cdn.example.com/samia.jpg' },
  sender: { id: 'reader1-id', name: 'Samia Reader', avatar: 'https://cdn.example.com/samia.jpg' },
  message_reactions: [{ user_id: 'user1-id', reaction: '❤️', profiles: { first_name: 'Sarah' } }],
  client_id: null,
};

/** The people that a presenter may have to name besides the sender. */
export type People = ReadonlyMap<string, UserView>;
const NOBODY: People = new Map();

/**
 * @param people of the reactions
 * @param viewerId who reads it; left out where all of a room get the same
 */
export function toMessage(view: MessageView, people = NOBODY, viewerId?: string): BookingMessage {
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

const toFile = (file: AttachmentView): z.output<typeof fileSchema> => ({
  file_url: file.url,
  file_name: file.fileName,
  file_size: file.size,
  mime_type: file.mimeType,
});

/** The nearest type that the document has; the content is text in any case. */
function typeOf({ type, attachments }: MessageView): BookingType {
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

export const reactionCountSchema = z.object({
  reaction: z.string(),
  count: z.number(),
  users: z.array(z.string()),
});

export const toReactionCount = ({ emoji, userIds }: ReactionGroup): z.output<typeof reactionCountSchema> => ({
  reaction: emoji,
  count: userIds.length,
  users: [...userIds],
});
