import { z } from 'zod';
import { roomRef } from '#libs/rooms';
import { isoDate, metadataField, pageQuery, queryInteger } from '#libs/platform/validation';
import { MESSAGE_TYPES } from '../entities/message.entity.js';

/** A message id in any form; a malformed one answers like an unknown one. */
export const messageId = z.union([z.string(), z.number().transform(String)], 'must be a message id').meta({
  description: 'Id as in `id` of a message',
  examples: ['msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f'],
});

/** Ids that clients choose, to tell a repeat from a new message. A number is told back as one. */
export const clientId = z
  .union([z.string().min(1).max(128), z.number()], 'must be a text of 1 to 128 characters')
  .nullish();

const messageType = z.enum(MESSAGE_TYPES, `must be one of ${MESSAGE_TYPES.join(', ')}`);

/** Far above what a message may have, which is the service's rule and has its own code. */
export const MOST_NAMED = 100;

export const sendMessageBody = z.object({
  // The length is the service's rule: it is configurable and has its own code.
  message: z
    .string('must be text')
    .max(1_000_000)
    .default('')
    .meta({ description: 'At most 2,000 characters' }),
  message_type: messageType.default('text'),
  metadata: metadataField.nullish(),
  client_id: clientId.meta({
    description: 'Your own id: a repeat of (client_id, content) answers with the stored message',
  }),
  temp_id: clientId,
  reply_to: messageId.nullable().optional(),
  location: z
    .record(z.string(), z.unknown())
    .nullish()
    .meta({ description: 'Coordinates of a location message, instead of metadata' }),
  attachments: z
    .array(z.object({ file_id: z.string().max(200) }))
    .max(MOST_NAMED)
    .nullish()
    .meta({ description: 'At most 5 files that you uploaded for this room' }),
});
export type SendMessageBody = z.output<typeof sendMessageBody>;

export const sendMessagePayload = sendMessageBody.extend({ room_id: roomRef });
export type SendMessagePayload = z.output<typeof sendMessagePayload>;

const seq = queryInteger(0, Number.MAX_SAFE_INTEGER);

export const historyQuery = pageQuery.extend({
  before: isoDate.optional().meta({ description: 'Only messages before this time' }),
  after: isoDate.optional().meta({ description: 'Only messages after this time' }),
  search: z.string().trim().max(200).optional().meta({ description: 'Text that the message contains' }),
  message_type: messageType.optional(),
  after_seq: seq
    .optional()
    .meta({ description: 'Messages that follow this sequence number, oldest first: what was missed' }),
  before_seq: seq.optional().meta({ description: 'Messages before this sequence number: endless scrolling' }),
  changed_after_seq: seq.optional().meta({
    description:
      'Only messages up to this sequence number that were edited or deleted since it was stored (and a few that were ' +
      'shortly before). With `after_seq` as well, oldest first from there on: the rest of `changes` of `join_room`',
  }),
  before_message_id: messageId.optional().meta({ description: 'As before_seq, by the id of a message' }),
});
export type HistoryQuery = z.output<typeof historyQuery>;

/** Exactly the named messages, or everything up to one, or (nothing named) everything. */
export const markBody = z.object({
  message_id: messageId.optional().meta({ description: 'Exactly this message' }),
  message_ids: z
    .array(messageId)
    .min(1)
    .max(100, 'must have at most 100 entries')
    .optional()
    .meta({ description: 'Exactly these' }),
  up_to_message_id: messageId.optional().meta({ description: 'This message and all before it' }),
});
export type MarkBody = z.output<typeof markBody>;
export const markPayload = markBody.extend({ room_id: roomRef });
export type MarkPayload = z.output<typeof markPayload>;
