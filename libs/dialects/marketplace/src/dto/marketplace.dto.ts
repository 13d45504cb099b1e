import { z } from 'zod';
import { hostId, MAX_PAGE, metadataField, queryInteger } from '#libs/platform/validation';
import {
  clientId,
  MAX_FILES,
  messageId,
  namedFiles,
  requireFewFiles,
  type OutgoingMessage,
} from '#libs/messages';
import { roomRef } from '#libs/rooms';
import { CANONICAL_MESSAGE_TYPE, CONVERSATION_STATUSES, MESSAGE_TYPES } from '../types.js';

const page = queryInteger(1, MAX_PAGE).default(1).meta({ description: 'Page number; page 1 is the newest' });
const limit = queryInteger(1, 100).default(50).meta({ description: 'Entries per page, at most 100' });

export const openConversationBody = z.object({
  providerId: hostId.meta({ description: "The provider's user id on the host platform" }),
  customerId: hostId.meta({ description: "The customer's user id on the host platform" }),
  orderId: hostId.nullish().meta({ description: 'The order that the conversation is about' }),
});
export type OpenConversationBody = z.output<typeof openConversationBody>;

export const listConversationsQuery = z.object({
  page,
  limit,
  status: z
    .enum([...CONVERSATION_STATUSES, 'ALL'], 'must be ACTIVE, ARCHIVED, BLOCKED, ENDED or ALL')
    .default('ACTIVE')
    .meta({ description: 'Conversation status, as you see it' }),
});
export type ListConversationsQuery = z.output<typeof listConversationsQuery>;

export const historyQuery = z.object({ page, limit });
export type HistoryQuery = z.output<typeof historyQuery>;

// How many is the service's rule, and has its own code.
const attachments = z
  .union([z.array(z.unknown()), z.record(z.string(), z.unknown())], 'must be a list or an object')
  .refine((value) => metadataField.safeParse({ attachments: value }).success, 'must not exceed 8 kB as JSON');

export const sendMessageBody = z.object({
  // The length is the service's rule: it is configurable and has its own code.
  content: z
    .string('must be text')
    .max(1_000_000)
    .default('')
    .meta({ description: 'At most 2,000 characters; may be empty beside attachments and coordinates' }),
  messageType: z.enum(MESSAGE_TYPES, `must be one of ${MESSAGE_TYPES.join(', ')}`).default('TEXT'),
  attachments: attachments.nullish().meta({
    description: `Free-form JSON, such as [{name, url, size, type}], of at most ${MAX_FILES} files; shown as you sent it. An entry with the \`file_id\` of your upload for this conversation makes it the message's file`,
  }),
  replyToId: messageId.nullish().meta({ description: 'Id of the message that this one answers' }),
  metadata: metadataField.nullish().meta({
    description:
      'Of a LOCATION: {latitude, longitude} or {lat, lng}, unless its content says them ("52.52, 13.405" or JSON) or ' +
      'is words alone',
  }),
  clientId: clientId.meta({
    description: 'Your own id: a repeat of (clientId, content) answers with the stored message',
  }),
  tempId: clientId,
});
export type SendBody = z.output<typeof sendMessageBody>;

/** What stands for the text of a message that is only its attachments. */
const WORDS = { IMAGE: 'Image', FILE: 'File', VOICE: 'Voice message' } as const;

/**
 * Attachments live in the metadata, where the other contracts show them; uploads that they name become the message's.
 * @throws TOO_MANY_FILES
 */
export function toSendMessageBody({
  content,
  messageType,
  attachments: files,
  ...body
}: SendBody): OutgoingMessage {
  const words = messageType in WORDS ? WORDS[messageType as keyof typeof WORDS] : 'Attachment';
  const needsWords = content.trim() === '' && files && messageType !== 'LOCATION';
  const metadata: Record<string, unknown> = { ...body.metadata, ...(files ? { attachments: files } : {}) };
  if (Array.isArray(metadata.attachments)) requireFewFiles(metadata.attachments);
  return {
    message: needsWords ? words : content,
    message_type: CANONICAL_MESSAGE_TYPE[messageType],
    metadata,
    attachments: namedFiles(files),
    reply_to: body.replyToId,
    client_id: body.clientId ?? body.tempId,
    temp_id: undefined,
    placeless: true,
  };
}

const conversationId = roomRef.meta({
  description: 'Id of the conversation',
  examples: ['0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10'],
});
export const conversationPayload = z.object({ conversationId });
export type ConversationPayload = z.output<typeof conversationPayload>;

export const sendMessagePayload = sendMessageBody.extend({ conversationId });
export type SendPayload = z.output<typeof sendMessagePayload>;

export const typingPayload = z.object({ conversationId, isTyping: z.boolean('must be true or false') });
export type TypingPayload = z.output<typeof typingPayload>;

export const statusPayload = z.object({
  messageId,
  status: z.enum(['DELIVERED', 'READ'], 'must be DELIVERED or READ'),
});
export type StatusPayload = z.output<typeof statusPayload>;
