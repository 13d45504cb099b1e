import type { UserView } from '#libs/directory';
import type { MessageType } from './entities/message.entity.js';

/** A stored message, before its sender's profile and its receipts are looked up. */
export interface StoredMessage {
  readonly id: string;
  readonly roomId: string;
  readonly seq: number;
  readonly senderId: string | null;
  /** As its sender gave it while the message is new, then as text. */
  readonly clientId: string | number | null;
  readonly type: MessageType;
  readonly content: string;
  readonly metadata: Record<string, unknown>;
  readonly replyTo: string | null;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  /** Which of the room's changes made it what it is; null while it is as it was sent. */
  readonly changeNo: number | null;
  /** Participants who are named by `@`. */
  readonly mentions: readonly string[];
  readonly pinnedAt: Date | null;
}

/** One emoji on a message and who put it there, in that order. */
export interface ReactionGroup {
  readonly emoji: string;
  readonly userIds: readonly string[];
}

/** A file of a message, with URLs that were signed just now. */
export interface AttachmentView {
  readonly id: string;
  readonly kind: 'image' | 'audio' | 'video' | 'document';
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  readonly mimeType: string;
  readonly url: string;
  readonly thumbnailUrl: string | null;
  readonly expiresAt: Date;
  readonly width: number | null;
  readonly height: number | null;
  /** Seconds. */
  readonly duration: number | null;
  /** Peaks for drawing, 0 to 100. */
  readonly waveform: readonly number[] | null;
  /** Tiny picture as a data URL, shown while the file loads. */
  readonly placeholder: string | null;
  readonly description: string | null;
}

export interface ReadMark {
  readonly userId: string;
  readonly at: Date;
}

/** The message that another one answers. */
export interface RepliedMessage extends StoredMessage {
  readonly sender: UserView | null;
}

/** A message with all that presenters need. */
export interface MessageView extends StoredMessage {
  /** Key or plain id of the room, as the service dialect calls it. */
  readonly roomRef: string;
  readonly sender: UserView | null;
  readonly readBy: readonly ReadMark[];
  readonly attachments: readonly AttachmentView[];
  readonly reactions: readonly ReactionGroup[];
  readonly replied: RepliedMessage | null;
}

export interface MessageRow {
  id: string;
  room_id: string;
  seq: string;
  sender_id: string | null;
  client_id: string | null;
  type: MessageType;
  content: string;
  metadata: Record<string, unknown>;
  reply_to: string | null;
  created_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
  change_no: string | null;
  mentions: string[] | null;
  pinned_at: Date | null;
}

export const MESSAGE_COLUMNS = [
  'id',
  'room_id',
  'seq',
  'sender_id',
  'client_id',
  'type',
  'content',
  'metadata',
  'reply_to',
  'created_at',
  'edited_at',
  'deleted_at',
  'change_no',
  'mentions',
  'pinned_at',
]
  .map((column) => `m.${column}`)
  .join(', ');

export function toStored(row: MessageRow): StoredMessage {
  return {
    id: row.id,
    roomId: row.room_id,
    seq: Number(row.seq),
    senderId: row.sender_id,
    clientId: row.client_id,
    type: row.type,
    content: row.content,
    metadata: row.metadata,
    replyTo: row.reply_to,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    changeNo: row.change_no === null ? null : Number(row.change_no),
    mentions: row.mentions ?? [],
    pinnedAt: row.pinned_at,
  };
}

const DATES = new Set(['createdAt', 'editedAt', 'deletedAt', 'pinnedAt', 'expiresAt', 'lastSeenAt', 'at']);

/** A view that went through JSON gets its dates back. */
export function reviveMessage(data: unknown): MessageView {
  const revive = (value: unknown, key?: string): unknown => {
    if (typeof value === 'string' && key !== undefined && DATES.has(key)) return new Date(value);
    if (Array.isArray(value)) return value.map((entry) => revive(entry));
    if (typeof value !== 'object' || value === null || key === 'metadata') return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, revive(entry, name)]));
  };
  return revive(data) as MessageView;
}
