import { ApiProperty, ApiSchema, type ApiPropertyOptions } from '@nestjs/swagger';

/**
 * A schema that any value fits. Swagger takes the type of such a field for `object`; the documents leave out the type of
 * whatever has this mark.
 */
export const ANYTHING = { 'x-anything': true };

interface Shown {
  description?: string;
  example?: unknown;
  /** May be missing. */
  optional?: boolean;
  nullable?: boolean;
}

/**
 * The name of a class among the schemas of the documents, with what is said of it and an example of the whole;
 * `additionalProperties` where an object has fields besides those of the class.
 */
export const Schema = (
  name: string,
  options: { description?: string; example?: unknown; additionalProperties?: boolean } = {},
): ClassDecorator => ApiSchema({ name, ...options });

const shown = (schema: object, { optional, ...options }: Shown): PropertyDecorator =>
  ApiProperty({ ...schema, ...options, required: !optional } as ApiPropertyOptions);

/** Text in an answer or event. */
export const ApiText = (options: Shown = {}) => shown({ type: 'string' }, options);
/** A time in an answer or event, as ISO 8601 text. */
export const ApiTime = (options: Shown = {}) =>
  shown({ type: 'string', format: 'date-time' }, { example: '2024-01-15T14:30:00.000Z', ...options });
/** A whole number: a count, a sequence number, a size. */
export const ApiInteger = (options: Shown = {}) => shown({ type: 'integer' }, options);
/** A number that may have a fraction. */
export const ApiNumber = (options: Shown = {}) => shown({ type: 'number' }, options);
export const ApiFlag = (options: Shown = {}) => shown({ type: 'boolean' }, options);
/** A JSON object of any form. */
export const ApiObject = (options: Shown = {}) =>
  shown({ type: 'object', additionalProperties: true }, options);
/** Any JSON value. */
export const ApiAnything = (options: Shown = {}) => shown(ANYTHING, options);
/** Always this value. */
export const ApiConst = (value: string | number | boolean | null, options: Shown = {}) =>
  shown({ type: value === null ? 'null' : typeof value, const: value }, options);
/** One of a named enumeration: see `enumeration` of platform/validation. */
export const ApiOneOf = (values: { enum: readonly string[]; enumName: string }, options: Shown = {}) =>
  shown({ enum: [...values.enum], enumName: values.enumName }, options);
/** An id that is a number where it is a whole number on the host platform, else text. */
export const ApiWireId = (options: Shown = {}) =>
  shown({ oneOf: [{ type: 'string' }, { type: 'integer' }] }, { example: 123, ...options });

type ClassOf<T> = () => new () => T;

/** An object of another class. */
export const ApiNested = <T>(type: ClassOf<T>, options: Shown = {}) =>
  // Swagger knows a function that it has to ask by its name, `type`.
  shown({ type: () => type() }, options);

type Entries = ClassOf<unknown> | 'string' | 'integer' | 'number' | 'object' | 'wireId' | 'anything';
const ENTRIES: Record<Exclude<Entries, ClassOf<unknown>>, object> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  object: { type: 'object', additionalProperties: true },
  wireId: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
  anything: ANYTHING,
};

/** A list: of objects of a class, or of plain values. */
export const ApiList = (entries: Entries, options: Shown & { minItems?: number; maxItems?: number } = {}) =>
  typeof entries === 'function'
    ? shown({ type: () => entries(), isArray: true }, options)
    : shown({ type: 'array', items: ENTRIES[entries] }, options);

const BINARY = { type: 'string', format: 'binary' };

/** A field of a form that is a file: shown in the documents, read by whoever receives the form. */
export const ApiFile = (options: Shown = {}) => shown(BINARY, options);
/** A field of a form that may be sent several times, each a file. */
export const ApiFiles = ({
  maxItems,
  minItems,
  ...options
}: Shown & { maxItems: number; minItems?: number }) =>
  shown({ type: 'array', items: BINARY, maxItems, ...(minItems === undefined ? {} : { minItems }) }, options);
