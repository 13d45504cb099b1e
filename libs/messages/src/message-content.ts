import { hash } from 'node:crypto';
import { mayOverride, isStaffSide, type Actor } from '#libs/platform/auth';
import { codePointLength } from '#libs/platform/validation';
import { coordinatesOf, coordinatesText, storedCoordinates } from './coordinates.js';
import type { SendMessageDto } from './dto/messages.dto.js';
import type { MessageType } from './entities/message.entity.js';
import { messageErrors } from './messages.errors.js';

const HOST_TYPES = new Set<MessageType>(['system', 'status_update']);

export interface OutgoingFile {
  file_id: string;
  /** Of a file that came with the message itself and so has a new id each time; its bytes tell a repeat. */
  sha256?: string | undefined;
  /** Named in free-form data: where the sender did not upload it for this room, the message goes without it. */
  optional?: boolean | undefined;
}
export type OutgoingMessage = Omit<SendMessageDto, 'attachments'> & {
  attachments?: OutgoingFile[] | null;
  /** A location of this contract may be words alone. */
  placeless?: boolean;
};

/** Of one message, and so of one upload. */
export const MAX_FILES = 5;

/** @throws TOO_MANY_FILES */
export function requireFewFiles(files: readonly unknown[]): void {
  if (files.length > MAX_FILES) throw messageErrors.tooManyFiles(MAX_FILES);
}

export interface MessageContent {
  type: MessageType;
  content: string;
  metadata: Record<string, unknown>;
}

/** Who may send which type. @throws FORBIDDEN */
export function requireTypeAllowed(actor: Actor, type: MessageType): void {
  const isHostType = HOST_TYPES.has(type);
  if (isHostType && !isStaffSide(actor) && !mayOverride(actor)) throw messageErrors.typeNotAllowed(type);
  if (!isHostType && actor.family === 'service') throw messageErrors.hostMessagesOnly();
}

/**
 * Content as it will be stored. Text is kept as written; the coordinates of a location are the numbers
 * `metadata.latitude` and `metadata.longitude`. It needs them unless it is `placeless`.
 * @throws MESSAGE_TOO_LONG, VALIDATION_ERROR
 */
export function toContent(body: OutgoingMessage, maxLength: number): MessageContent {
  const length = codePointLength(body.message);
  if (length > maxLength) throw messageErrors.tooLong(maxLength, length);
  const metadata = body.metadata ?? {};
  if (body.message_type === 'location') {
    const coordinates = coordinatesOf(body);
    if (!coordinates && !body.placeless) throw messageErrors.noCoordinates();
    if (coordinates) {
      const content = body.message.trim() === '' ? coordinatesText(coordinates) : body.message;
      return { type: 'location', content, metadata: { ...metadata, ...coordinates } };
    }
  }
  if (body.message.trim() === '' && !body.attachments?.length) throw messageErrors.empty();
  return { type: body.message_type, content: body.message, metadata };
}

/**
 * A repeat is the same client id **and** content: clients make ids from milliseconds. What a location or a picture
 * says is in its coordinates and files, its text is often the same.
 */
export function clientKeyOf(
  clientId: string | number,
  { type, content, metadata }: MessageContent,
  files: readonly OutgoingFile[],
): string {
  const fileKeys = files.map((file) => file.sha256 ?? file.file_id);
  const parts: unknown[] = [String(clientId), type, content, ...fileKeys];
  const at = type === 'location' ? storedCoordinates(metadata) : undefined;
  if (at) parts.push(at.latitude, at.longitude);
  return hash('sha1', JSON.stringify(parts), 'base64url');
}
