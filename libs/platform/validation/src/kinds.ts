import { ANYTHING, type JsonSchema } from '#libs/platform/schemas';
import { codePointLength } from './text.js';

export interface Rule {
  name: string;
  holds(value: unknown): boolean;
  /** Completes "{field} …": what the value must be. */
  message: string;
}

/**
 * What a field may hold: its schema for the documents, what is made of the sent value before it is judged (trimmed,
 * read as a number), and the rules, of which the first broken one is told.
 */
export interface Kind {
  schema: JsonSchema;
  read?(value: unknown): unknown;
  rules: readonly Rule[];
}

const rule = (name: string, holds: (value: unknown) => boolean, message: string): Rule => ({
  name,
  holds,
  message,
});
export const isText = (value: unknown): value is string => typeof value === 'string';
const trimmed = (value: unknown): unknown => (isText(value) ? value.trim() : value);

const NOT_EMPTY = rule('isNotEmpty', (value) => value !== '', 'must not be empty');

/** Trimmed text of 1 to `max` code points. */
export const textOf = (max: number): Kind => ({
  schema: { type: 'string', minLength: 1, maxLength: max },
  read: trimmed,
  rules: [
    rule('isText', isText, 'must be text'),
    NOT_EMPTY,
    rule(
      'maxLength',
      (value) => (value as string).length <= max || codePointLength(value as string) <= max,
      `must have at most ${max} characters`,
    ),
  ],
});

export interface RawTextForm {
  /** Takes off what surrounds it. */
  trim?: boolean;
  /** Refuses an empty one. */
  filled?: boolean;
  /** What is told of a value that is no text. */
  notText?: string;
}

/** Text as it was sent, also an empty one unless told, of at most `max` UTF-16 units. */
export const rawTextOf = (
  max: number,
  { trim = false, filled = false, notText = 'must be text' }: RawTextForm = {},
): Kind => ({
  schema: { type: 'string', ...(filled ? { minLength: 1 } : {}), maxLength: max },
  ...(trim ? { read: trimmed } : {}),
  rules: [
    rule('isText', isText, notText),
    ...(filled ? [NOT_EMPTY] : []),
    rule('maxLength', (value) => (value as string).length <= max, `must have at most ${max} characters`),
  ],
});

/** Text of a form that a pattern describes; `message` says which. */
export const patternOf = (pattern: RegExp, message: string): Kind => ({
  schema: { type: 'string', pattern: pattern.source },
  rules: [rule('pattern', (value) => isText(value) && pattern.test(value), message)],
});

const ID_MAX = 128;

/** An id of the host platform: text or whole number, kept as text. */
export const hostIdKind: Kind = {
  schema: {
    oneOf: [
      { type: 'string', minLength: 1, maxLength: ID_MAX },
      { type: 'integer', minimum: 0 },
    ],
    description: "The host platform's id, text or number",
    example: 123,
  },
  read: (value) =>
    isText(value)
      ? value.trim()
      : Number.isSafeInteger(value) && (value as number) >= 0
        ? String(value)
        : value,
  rules: [
    rule(
      'isHostId',
      (value) => isText(value) && value !== '' && value.length <= ID_MAX,
      'must be an id (string or whole number)',
    ),
  ],
};

/** An id of ours: text or number, kept as text. A malformed one answers like an unknown one. */
export const idOf = (message: string, schema: JsonSchema = {}): Kind => ({
  schema: { oneOf: [{ type: 'string' }, { type: 'integer' }], ...schema },
  read: (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : value),
  rules: [rule('isId', isText, message)],
});

const between = (min: number, max: number): Rule[] => [
  rule('min', (value) => (value as number) >= min, `must be at least ${min}`),
  rule('max', (value) => (value as number) <= max, `must be at most ${max}`),
];

/** A whole number of JSON. */
export const integerOf = (min: number, max: number): Kind => ({
  schema: { type: 'integer', minimum: min, maximum: max },
  rules: [rule('isInteger', Number.isSafeInteger, 'must be a whole number'), ...between(min, max)],
});

const asNumber = (value: unknown): unknown =>
  isText(value) || typeof value === 'boolean' || value === null || Array.isArray(value)
    ? Number(value)
    : value;

/** A whole number of a query or form, where everything is text. */
export const queryIntegerOf = (min: number, max: number): Kind => ({
  ...integerOf(min, max),
  read: asNumber,
});

/** A number of a query or form, with a fraction or without. */
export const queryNumberOf = (min: number, max: number, message = 'must be a number'): Kind => ({
  schema: { type: 'number', minimum: min, maximum: max },
  read: asNumber,
  rules: [rule('isNumber', Number.isFinite, message), ...between(min, max)],
});

export const flagKind: Kind = {
  schema: { type: 'boolean' },
  rules: [rule('isBoolean', (value) => typeof value === 'boolean', 'must be true or false')],
};

const FLAGS: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };

/** A flag of a query: true, false, 1 or 0. */
export const queryFlagKind: Kind = {
  ...flagKind,
  schema: { enum: Object.keys(FLAGS), enumName: 'QueryFlag' },
  read: (value) =>
    isText(value) && Object.hasOwn(FLAGS, value) ? FLAGS[value] : isText(value) ? value : null,
};

const ISO_DAY = /^\d{4}-\d{2}-\d{2}/;
const WITHOUT_ZONE = /T[\d:.]+$/;
const MAX_DATE_TEXT = 40;
const DAY_MS = 86_400_000;

/** Milliseconds since the epoch; UTC unless the text names a zone. NaN where it is no ISO 8601 date. */
const timeOf = (text: string): number =>
  text.length <= MAX_DATE_TEXT && ISO_DAY.test(text)
    ? Date.parse(WITHOUT_ZONE.test(text) ? `${text}Z` : text)
    : Number.NaN;

const dateKind = (description: string, momentOf: (text: string) => number): Kind => ({
  schema: {
    type: 'string',
    format: 'date-time',
    maxLength: MAX_DATE_TEXT,
    description,
    example: '2024-01-15T14:30:00Z',
  },
  read: (value) => (isText(value) ? new Date(momentOf(value)) : value),
  rules: [
    rule(
      'isIsoDate',
      (value) => value instanceof Date && !Number.isNaN(value.getTime()),
      'must be an ISO 8601 date such as 2024-01-15T14:30:00Z',
    ),
  ],
});

/** ISO 8601 date or date-time, read as a Date. */
export const isoDateKind = dateKind('ISO 8601 date or date-time; UTC unless it names a zone', timeOf);

/** The end of a span that holds the named day or millisecond itself, read as the first moment after it. */
export const isoDateEndKind = dateKind(
  'ISO 8601 date (the whole day) or date-time; itself included',
  (text) => timeOf(text) + (text.includes('T') ? 1 : DAY_MS),
);

/** An object of JSON: no list, not null. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const METADATA_MAX_BYTES = 8_192;
const METADATA_MAX_KEY = 128;

/** Whether a value has at most 8 kB as JSON, the most that free-form parts of a message or room may have. */
export const fitsMetadata = (value: unknown): boolean =>
  Buffer.byteLength(JSON.stringify(value)) <= METADATA_MAX_BYTES;

/** Any JSON object; how deep and large is bounded for the whole payload. */
export const objectKind: Kind = {
  schema: { type: 'object', additionalProperties: true },
  rules: [rule('isObject', isObject, 'must be an object')],
};

/** Free-form JSON object of at most 8 kB; depth and text are checked by inspectPayload. */
export const metadataKind: Kind = {
  schema: { ...objectKind.schema, description: 'Free-form JSON object, at most 8 kB' },
  rules: [
    ...objectKind.rules,
    rule(
      'keys',
      (value) => Object.keys(value as object).every((key) => key.length <= METADATA_MAX_KEY),
      `must have keys of at most ${METADATA_MAX_KEY} characters`,
    ),
    rule('maxBytes', fitsMetadata, `must not exceed ${METADATA_MAX_BYTES} bytes as JSON`),
  ],
};

/** A value that nothing is asked of. */
export const anythingKind: Kind = { schema: ANYTHING, rules: [] };

/** An enumeration with a name of its own in the documents: what `@ApiProperty` and `@OneOf` take. */
export interface Enumeration<T extends string = string> {
  enum: readonly T[];
  enumName: string;
}

export const enumeration = <const T extends string>(
  enumName: string,
  values: readonly T[],
): Enumeration<T> => ({
  enum: values,
  enumName,
});

export const oneOfKind = (
  { enum: values, enumName }: Enumeration,
  message = `must be one of ${values.join(', ')}`,
): Kind => ({
  schema: { enum: [...values], enumName },
  rules: [rule('isOneOf', (value) => values.includes(value as string), message)],
});

/** The kind with one more rule, told after the others. */
export const withRule = (
  kind: Kind,
  name: string,
  holds: (value: never) => boolean,
  message: string,
): Kind => ({
  ...kind,
  rules: [...kind.rules, rule(name, holds as (value: unknown) => boolean, message)],
});

/** Forms and clients that always append their filters send fields that were left empty: they count as left out. */
export const unlessBlank = (kind: Kind): Kind => ({
  ...kind,
  read: (value) => {
    if (isText(value) && value.trim() === '') return undefined;
    return kind.read ? kind.read(value) : value;
  },
});

/** A list of a query: repeated, `name[]`, or comma-separated; blank entries do not count. */
export const queryListOf = (max: number, entries?: Enumeration): Kind => ({
  schema: entries
    ? { enum: [...entries.enum], enumName: entries.enumName, isArray: true }
    : { type: 'array', items: { type: 'string' }, maxItems: max },
  read: (value) => {
    const parts: unknown[] = Array.isArray(value) ? value : [value];
    if (!parts.every(isText)) return value;
    return parts
      .flatMap((part) => part.split(','))
      .map((part) => part.trim())
      .filter(Boolean);
  },
  rules: [
    rule('isList', (value) => Array.isArray(value) && value.every(isText), 'must be a list of texts'),
    rule('maxEntries', (value) => (value as unknown[]).length <= max, `must have at most ${max} entries`),
    ...(entries
      ? [
          rule(
            'isOfList',
            (value) => (value as string[]).every((entry) => entries.enum.includes(entry)),
            `must be of ${entries.enum.join(', ')}`,
          ),
        ]
      : []),
  ],
});
