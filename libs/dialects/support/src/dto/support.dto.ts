import { z } from 'zod';
import { hostId, MAX_PAGE, queryInteger, queryList, textField } from '#libs/platform/validation';
import { clientId, messageId, MOST_NAMED } from '#libs/messages';
import { roomRef } from '#libs/rooms';

export const SESSION_STATUSES = ['waiting', 'active', 'resolved', 'closed'] as const;
/** `medium` is another word for `normal`. */
const PRIORITIES = ['low', 'normal', 'medium', 'high', 'urgent'] as const;
const SHOWN_UNLESS_TOLD: (typeof SESSION_STATUSES)[number][] = ['waiting', 'active'];
export const MESSAGE_TYPES = ['text', 'image', 'file', 'system'] as const;

const exampleId = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';
// The length is the service's rule: it is configurable and has its own code.
const content = z.string('must be text').max(1_000_000).meta({ description: 'At most 2,000 characters' });
const messageType = z.enum(MESSAGE_TYPES, `must be one of ${MESSAGE_TYPES.join(', ')}`);

export const createSessionBody = z.object({
  subject: textField(256),
  category: textField(128).nullish(),
  priority: z
    .enum(PRIORITIES, `must be one of ${PRIORITIES.join(', ')}`)
    .transform((priority) => (priority === 'medium' ? 'normal' : priority))
    .nullish()
    .meta({ description: 'medium is another word for normal, which answers show' }),
  restaurant_id: hostId.nullish(),
  ticket_id: hostId.nullish(),
  initial_message: content.nullish().meta({ description: 'Becomes the first message' }),
});
export type CreateSessionBody = z.output<typeof createSessionBody>;

const slice = {
  limit: queryInteger(1, 100).default(50).meta({ description: 'At most 100' }),
  offset: queryInteger(0, MAX_PAGE).default(0),
};

export const listSessionsQuery = z.object({
  status: queryList(SESSION_STATUSES.length)
    .pipe(z.array(z.enum(SESSION_STATUSES, `must be of ${SESSION_STATUSES.join(', ')}`)))
    .default(SHOWN_UNLESS_TOLD)
    // Clients that always append their filters send empty ones.
    .transform((list) => (list.length > 0 ? list : SHOWN_UNLESS_TOLD))
    .meta({ description: 'One or several, comma-separated; waiting and active unless told' }),
  ...slice,
});
export type ListSessionsQuery = z.output<typeof listSessionsQuery>;

export const messagesQuery = z.object({
  ...slice,
  offset: slice.offset.meta({ description: 'So many of the newest messages are left out' }),
});
export type MessagesQuery = z.output<typeof messagesQuery>;

// How many a message may have is the service's rule, with its own code.
const attachmentIds = z
  .array(z.string().max(200))
  .max(MOST_NAMED)
  .meta({ description: '`file_id` of at most 5 files that were uploaded before' });

export const sendMessageBody = z.object({
  content: content.default(''),
  message_type: messageType.default('text'),
  temp_id: clientId.meta({ description: 'Your own id, told back; a repeat with the same content is one' }),
  attachment_ids: attachmentIds.nullish(),
});
export type SendMessageBody = z.output<typeof sendMessageBody>;

/** Fields beside the files of a multipart form; its type follows from the files unless told. */
export const sendMessageFields = z.object({
  content: content.default(''),
  message_type: messageType.optional().meta({ description: 'Follows from the files unless told' }),
  temp_id: clientId,
  attachment_ids: queryList(MOST_NAMED).pipe(attachmentIds).optional(),
});

export const readBody = z.object({
  message_ids: z
    .array(messageId)
    .max(100, 'must have at most 100 entries')
    .nullish()
    .meta({ description: 'Exactly these; all when left out or null' }),
});
export type ReadBody = z.output<typeof readBody>;

export const statusBody = z.object({
  status: z.enum(SESSION_STATUSES, `must be one of ${SESSION_STATUSES.join(', ')}`),
});

const sessionId = roomRef.meta({ description: 'Id of the session', examples: [exampleId] });
export const sessionPayload = z.object({ session_id: sessionId });
export type SessionPayload = z.output<typeof sessionPayload>;
export const sendMessagePayload = sendMessageBody.extend({ session_id: sessionId });
export type SendMessagePayload = z.output<typeof sendMessagePayload>;
export const readPayload = readBody.extend({ session_id: sessionId });
export type ReadPayload = z.output<typeof readPayload>;

/** For `params` of routes. */
export const SESSION_PARAM = { sessionId: { description: 'Id of the session', example: exampleId } };
