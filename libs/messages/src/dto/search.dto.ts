import { z } from 'zod';
import { hostId, isoDate, isoDateEnd, pageQuery, queryList } from '#libs/platform/validation';
import { MESSAGE_TYPES } from '../entities/message.entity.js';

export const searchQuery = pageQuery.extend({
  q: z
    .string('is required')
    .trim()
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 characters')
    .meta({
      description:
        'Words (found as beginnings of words) and "quoted phrases"; accents, case and punctuation do not matter',
    }),
  room_ids: queryList(50)
    .optional()
    .meta({ description: 'Only in these rooms; repeated or comma-separated' }),
  date_from: isoDate.optional(),
  date_to: isoDateEnd.optional(),
  sender_id: hostId.optional(),
  message_type: z.enum(MESSAGE_TYPES, `must be one of ${MESSAGE_TYPES.join(', ')}`).optional(),
});
export type SearchQuery = z.output<typeof searchQuery>;
