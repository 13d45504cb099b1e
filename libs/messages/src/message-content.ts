import { hash } from 'node:crypto';
import { z } from 'zod';
import { mayOverride, isStaffSide, type Actor } from '#libs/platform/auth';
import { codePointLength } from '#libs/platform/validation';
import type { SendMessageBody } from './dto/messages.dto.js';
import type { MessageType } from './entities/message.entity.js';
import { messageErrors } from './messages.errors.js';

const HOST_TYPES = new Set<MessageType>(['system', 'status_update']);

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
const TEXT_COORDINATES = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$/;

interface Coordinates {
  latitude: number;
  longitude: number;
}

function readCoordinates(source: unknown): Coordinates | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  const fields = source as Record<string, unknown>;
  const lat = latitude.safeParse(fields.latitude ?? fields.lat);
  const lng = longitude.safeParse(fields.longitude ?? fields.lng ?? fields.lon);
  return lat.success && lng.success ? { latitude: lat.data, longitude: lng.data } : undefined;
}

function coordinatesOf(body: SendMessageBody): Coordinates | undefined {
  const text = TEXT_COORDINATES.exec(body.message);
  return (
    readCoordinates(body.location) ??
    readCoordinates(body.metadata) ??
    readCoordinates(body.metadata?.location) ??
    readCoordinates(body.metadata?.coordinates) ??
    (text ? readCoordinates({ latitude: Number(text[1]), longitude: Number(text[2]) }) : undefined)
  );
}

/** `sha256`: of a file that came with the message itself and so has a new id each time; its bytes tell a repeat. */
export interface OutgoingFile {
  file_id: string;
  sha256?: string | undefined;
}
export type OutgoingMessage = Omit<SendMessageBody, 'attachments'> & {
  attachments?: OutgoingFile[] | null;
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
 * Content as it will be stored. Text is kept as written; a location always carries `metadata.latitude` and
 * `metadata.longitude`.
 * @throws MESSAGE_TOO_LONG, VALIDATION_ERROR
 */
export function toContent(body: SendMessageBody, maxLength: number): MessageContent {
  const length = codePointLength(body.message);
  if (length > maxLength) throw messageErrors.tooLong(maxLength, length);
  const metadata = body.metadata ?? {};
  if (body.message_type === 'location') {
    const coordinates = coordinatesOf(body);
    if (!coordinates) throw messageErrors.noCoordinates();
    const content =
      body.message.trim() === '' ? `${coordinates.latitude}, ${coordinates.longitude}` : body.message;
    return { type: 'location', content, metadata: { ...metadata, ...coordinates } };
  }
  if (body.message.trim() === '' && !body.attachments?.length) throw messageErrors.empty();
  return { type: body.message_type, content: body.message, metadata };
}

/**
 * A repeat is the same client id **and** content: clients make ids from milliseconds. What a location or a picture
 * says is in its coordinates and files, its text is often the same.
 */
export function clientKeyOf(
  clientId: string,
  { type, content, metadata }: MessageContent,
  files: readonly OutgoingFile[],
): string {
  const parts: unknown[] = [clientId, type, content, ...files.map((file) => file.sha256 ?? file.file_id)];
  if (type === 'location') parts.push(metadata.latitude, metadata.longitude);
  return hash('sha1', JSON.stringify(parts), 'base64url');
}
