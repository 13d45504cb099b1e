import { z } from 'zod';
import { MAX_PAGE } from './fields.decorators.js';
import { codePointLength } from './text.js';

/** Trimmed text of 1 to `max` code points. */
export const textField = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .refine((value) => codePointLength(value) <= max, `must have at most ${max} characters`);

/** An id of the host platform: string or whole number, kept as a string. */
export const hostId = z
  .union([z.string().trim().min(1).max(128), z.int().nonnegative()], 'must be an id (string or whole number)')
  .transform(String)
  .meta({ description: "The host platform's id, string or number", examples: [123] });

/** A whole number from a query string. */
export const queryInteger = (min: number, max: number) =>
  z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

/** `page` and `per_page` as every list of the canonical API takes them. */
export const pageQuery = z.object({
  page: queryInteger(1, MAX_PAGE).default(1).meta({ description: 'Page number; page 1 is the newest slice' }),
  per_page: queryInteger(1, 100).default(50).meta({ description: 'Entries per page, at most 100' }),
});

const DAY_MS = 86_400_000;
const WITHOUT_ZONE = /T[\d:.]+$/;
const timeOf = (text: string): number => Date.parse(WITHOUT_ZONE.test(text) ? `${text}Z` : text);

const isoText = z
  .string()
  .max(40)
  .refine((value) => /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(timeOf(value)), {
    message: 'must be an ISO 8601 date such as 2024-01-15T14:30:00Z',
  });
const isoMeta = { format: 'date-time', examples: ['2024-01-15T14:30:00Z'] };

/** ISO 8601 date or date-time in a query or payload, as a Date; UTC unless it names a zone. */
export const isoDate = isoText
  .transform((value) => new Date(timeOf(value)))
  .meta({ description: 'ISO 8601 date or date-time; UTC unless it names a zone', ...isoMeta });

/** The end of a span that holds the named day or millisecond itself, as the first moment after it. */
export const isoDateEnd = isoText
  .transform((value) => new Date(timeOf(value) + (value.includes('T') ? 1 : DAY_MS)))
  .meta({ description: 'ISO 8601 date (the whole day) or date-time; itself included', ...isoMeta });

const METADATA_MAX_BYTES = 8_192;

/** Free-form JSON object of at most 8 kB; depth and text are checked by inspectPayload. */
export const metadataField = z
  .record(z.string().max(128), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= METADATA_MAX_BYTES, {
    message: `must not exceed ${METADATA_MAX_BYTES} bytes as JSON`,
  })
  .meta({ description: 'Free-form JSON object, at most 8 kB' });

/** Query flag: true, false, 1 or 0. */
export const queryFlag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((value) => value === 'true' || value === '1');

/** A list in a query: repeated, `name[]`, or comma-separated. */
export const queryList = (max: number) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) =>
      (Array.isArray(value) ? value : [value])
        .flatMap((part) => part.split(','))
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine((list) => list.length <= max, `must have at most ${max} entries`);

/** For `z.preprocess`: forms send fields that were left empty. */
export const blankToNothing = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;
