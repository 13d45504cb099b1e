import { z } from 'zod';
import { blankToNothing, hostId, MAX_PAGE, metadataField, queryInteger } from '#libs/platform/validation';
import { clientId, messageId, reaction } from '#libs/messages';
import { roomRef } from '#libs/rooms';

const MAX_PARTICIPANTS = 1_000;
const MAX_SECONDS = 86_400;

const sessionId = roomRef.meta({
  description: 'Id of the chat session',
  examples: ['0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f'],
});
const page = queryInteger(1, MAX_PAGE).default(1).meta({ description: 'Page number; page 1 is the newest' });
const limit = (usual: number) =>
  queryInteger(1, 100).default(usual).meta({ description: 'Entries per page, at most 100' });

export const SESSION_STATUSES = ['active', 'completed', 'closed'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];
export const SESSION_TYPES = ['booking', 'support', 'general'] as const;

/** Clients that always append their filters send empty ones. */
const unlessEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const listSessionsQuery = z.object({
  page,
  limit: limit(20),
  status: unlessEmpty(z.enum([...SESSION_STATUSES, 'all'], 'must be active, completed, closed or all'))
    .default('active')
    .meta({ description: 'Session status' }),
  booking_id: unlessEmpty(hostId).meta({ description: 'Only the session of this booking' }),
});
export type ListSessionsQuery = z.output<typeof listSessionsQuery>;

export const createSessionBody = z.object({
  booking_id: hostId
    .nullish()
    .meta({ description: 'A booking of the directory: its participants are the session’s' }),
  participant_ids: z
    .array(hostId)
    .max(MAX_PARTICIPANTS)
    .nullish()
    .meta({
      description:
        'For sessions without a booking; you are one of them in any case. Of those whom a customer names for a support ' +
        'session staff alone are, and support sessions need nobody named',
    }),
  session_type: z.enum(SESSION_TYPES, 'must be booking, support or general').optional(),
  metadata: metadataField.nullish(),
});
export type CreateSessionBody = z.output<typeof createSessionBody>;

export const listMessagesQuery = z.object({
  session_id: sessionId,
  page,
  limit: limit(50),
  before_message_id: unlessEmpty(messageId).meta({ description: 'Only messages before this one' }),
});
export type ListMessagesQuery = z.output<typeof listMessagesQuery>;

// How long it may be is the service's rule: it is configurable and has its own code.
const content = z
  .string('must be text')
  .max(1_000_000)
  .refine((text) => text.trim() !== '', 'must not be empty')
  .meta({ description: 'At most 2,000 characters' });

export const postMessageBody = z.object({
  session_id: sessionId,
  content,
  type: z
    .enum(['text', 'system'], 'must be text or system')
    .default('text')
    .meta({ description: 'system: for staff and admins' }),
  metadata: metadataField.nullish(),
  client_id: clientId.meta({
    description: 'Your own id: a repeat of (id, content) answers with the stored message',
  }),
});
export type PostMessageBody = z.output<typeof postMessageBody>;

export const MESSAGE_TYPES = ['text', 'voice', 'image', 'file', 'system'] as const;

export const sessionPayload = z.object({ session_id: sessionId });
export type SessionPayload = z.output<typeof sessionPayload>;
export const typingPayload = sessionPayload.partial();
export type TypingPayload = z.output<typeof typingPayload>;

export const sendMessagePayload = z.object({
  session_id: sessionId,
  message: z.object({
    id: z
      .preprocess((id) => id ?? undefined, clientId)
      .meta({
        description:
          'Your own id, or that of a stored message of yours: neither is stored or delivered twice',
      }),
    content,
    type: z.enum(MESSAGE_TYPES, `must be one of ${MESSAGE_TYPES.join(', ')}`).default('text'),
    metadata: metadataField.nullish(),
  }),
});
export type SendMessagePayload = z.output<typeof sendMessagePayload>;

export const reactionPayload = z.object({
  message_id: messageId,
  reaction,
  session_id: sessionId.optional(),
});
export type ReactionPayload = z.output<typeof reactionPayload>;

export const leaveChatPayload = z.object({ session_id: sessionId.optional() });

/** Fields beside the recording; forms hold text only. */
export const voiceNoteFields = z
  .object({
    session_id: sessionId,
    duration: z.preprocess(
      blankToNothing,
      z.coerce
        .number('must be a number of seconds')
        .min(0, 'must be at least 0')
        .max(MAX_SECONDS, `must be at most ${MAX_SECONDS}`)
        .optional(),
    ),
  })
  .transform(({ session_id, duration }) => ({ room: session_id, duration }));
