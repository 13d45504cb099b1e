import { z } from 'zod';
import {
  clientId,
  MAX_FILES,
  messageId,
  namedFiles,
  reaction,
  requireFewFiles,
  type OutgoingMessage,
} from '#libs/messages';
import { MAX_PAGE, metadataField, queryInteger } from '#libs/platform/validation';
import { CANONICAL_MESSAGE_TYPE, MESSAGE_TYPES } from '../types.js';
import { roomPayload } from './rooms.dto.js';

const type = z.enum(MESSAGE_TYPES, `must be one of ${MESSAGE_TYPES.join(', ')}`);
// The length is the service's rule: it is configurable and has its own code.
const content = z.string('must be text').max(1_000_000);

export const sendMessageBody = z.object({
  content: content
    .default('')
    .meta({ description: 'At most 2,000 characters; may be empty beside attachments' }),
  type: type.default('TEXT'),
  replyToId: messageId.nullable().optional().meta({ description: 'Id of the message that this one answers' }),
  attachments: metadataField
    .nullable()
    .optional()
    .meta({
      description: `Free-form JSON of at most 8 kB, such as {files: [{name, url, size, type}]} with at most ${MAX_FILES} files; shown as you sent it. An entry with the \`file_id\` of your upload for this room makes it the message's file`,
    }),
  clientId: clientId.meta({
    description: 'Your own id: a repeat of (clientId, content) answers with the stored message',
  }),
  tempId: clientId,
});
export type SendBody = z.output<typeof sendMessageBody>;

export const sendMessagePayload = sendMessageBody.extend(roomPayload.shape);
export type SendPayload = z.output<typeof sendMessagePayload>;

export const editMessageBody = z.object({ content });
export const reactionBody = z.object({ emoji: reaction });

export const historyQuery = z.object({
  page: queryInteger(1, MAX_PAGE).default(1).meta({ description: 'Page 1 is the newest slice' }),
  limit: queryInteger(1, 100).default(50).meta({ description: 'Messages per page, at most 100' }),
});
export type HistoryQuery = z.output<typeof historyQuery>;

/**
 * Attachments live in the metadata, where the other contracts show them, and uploads that they name become the
 * message's; a text that they lack is their names.
 * @throws TOO_MANY_FILES
 */
export function toSendMessageBody({ content: text, attachments, ...body }: SendBody): OutgoingMessage {
  const files = filesOf(attachments);
  requireFewFiles(files);
  const isEmpty = text.trim() === '' && attachments;
  return {
    message: isEmpty ? namesOf(files) : text,
    message_type: CANONICAL_MESSAGE_TYPE[body.type],
    reply_to: body.replyToId,
    client_id: body.clientId ?? body.tempId,
    temp_id: undefined,
    ...(attachments ? { metadata: { attachments }, attachments: namedFiles(attachments) } : {}),
  };
}

const filesOf = (attachments: SendBody['attachments']): unknown[] =>
  Array.isArray(attachments?.files) ? attachments.files : [];

function namesOf(files: unknown[]): string {
  const names = files.flatMap((file) => {
    const name = typeof file === 'object' && file !== null && 'name' in file ? file.name : undefined;
    return typeof name === 'string' && name.trim() !== '' ? [name.trim()] : [];
  });
  return names.join(', ') || 'Attachment';
}
