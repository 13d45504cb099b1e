import { z } from 'zod';

/** Of schemas that are not classes yet. */
export const messageId = z.union([z.string(), z.number().transform(String)], 'must be a message id').meta({
  description: 'Id as in `id` of a message',
  examples: ['msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f'],
});

/** Of schemas that are not classes yet. */
export const clientId = z
  .union([z.string().min(1).max(128), z.number()], 'must be a text of 1 to 128 characters')
  .nullish();

/** Of schemas that are not classes yet. */
export const shownClientId = z.union([z.string(), z.number()]).nullable().meta({
  description:
    'The id that the sender chose: a number where one was given, also in the event of the new message; read later, it is text',
});

/** Of schemas that are not classes yet. */
export const reaction = z
  .string('must be an emoji')
  .trim()
  .min(1, 'must not be empty')
  .max(32, 'must have at most 32 characters')
  .regex(/^[^\s\p{C}]\S*$/u, 'must be an emoji or a name without spaces')
  .meta({ examples: ['❤️'] });

/** Of schemas that are not classes yet. */
export const attachmentSchema = z
  .object({
    file_id: z.string(),
    filename: z.string(),
    file_size: z.number().meta({ description: 'Bytes' }),
    file_type: z.string(),
    kind: z.enum(['image', 'audio', 'video', 'document']),
    url: z
      .string()
      .meta({ description: 'Signed; ends at expires_at, and is fresh each time the message is read' }),
    thumbnail_url: z.string().nullable(),
    expires_at: z.string(),
    width: z.number().nullable(),
    height: z.number().nullable(),
    duration: z.number().nullable().meta({ description: 'Seconds' }),
    waveform: z.array(z.number()).nullable(),
    placeholder: z.string().nullable().meta({ description: 'Tiny preview as a data URL' }),
    description: z.string().nullable(),
  })
  .meta({ id: 'Attachment', description: 'A file of a message' });
