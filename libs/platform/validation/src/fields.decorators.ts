import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { JsonSchema } from '#libs/platform/schemas';
import {
  anythingKind,
  flagKind,
  hostIdKind,
  integerOf,
  isoDateEndKind,
  isoDateKind,
  metadataKind,
  objectKind,
  oneOfKind,
  queryFlagKind,
  queryIntegerOf,
  queryListOf,
  rawTextOf,
  textOf,
  type Enumeration,
  type Kind,
  type Rule,
} from './kinds.js';

export interface FieldOptions {
  description?: string;
  example?: unknown;
  /** May be left out. Null is refused unless it is `nullable`, too. */
  optional?: boolean;
  nullable?: boolean;
  /** Taken where the field is left out; so it need not be `optional`. */
  default?: unknown;
}

export interface ListOptions extends FieldOptions {
  min?: number;
  max?: number;
  /** What is told where there are fewer than `min`. */
  tooFew?: string;
}

export const DEFAULTS = Symbol('switchboard:defaults');

/** Remembers what stands for a field that is left out; read by the compiled pipe. */
const Default =
  (value: unknown): PropertyDecorator =>
  (prototype, name) => {
    const known = Reflect.getMetadata(DEFAULTS, prototype.constructor) as Record<string, unknown> | undefined;
    Reflect.defineMetadata(DEFAULTS, { ...known, [name]: value }, prototype.constructor);
  };

const check = ({ name, holds, message }: Rule, each: boolean): PropertyDecorator =>
  ValidateBy({ name, validator: { validate: holds, defaultMessage: () => message } }, { each });

function described(schema: JsonSchema, options: FieldOptions): PropertyDecorator {
  const { description, example, nullable, default: usual } = options;
  const given = { description, example, nullable, default: usual };
  return ApiProperty({
    ...schema,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    required: !options.optional && usual === undefined,
  } as ApiPropertyOptions);
}

function presence({ optional, nullable, default: usual }: FieldOptions): PropertyDecorator[] {
  return [
    ...(optional ? [ValidateIf((_, value) => value !== undefined)] : []),
    ...(nullable ? [ValidateIf((_, value) => value !== null)] : []),
    ...(usual === undefined ? [] : [Default(usual)]),
  ];
}

/** A field of this kind: what is read, what is checked and what the documents say of it. */
export function Field(kind: Kind, options: FieldOptions = {}): PropertyDecorator {
  const { read } = kind;
  return applyDecorators(
    described(kind.schema, options),
    ...(read ? [Transform(({ value }) => read(value), { toClassOnly: true })] : []),
    ...presence(options),
    ...kind.rules.map((rule) => check(rule, false)),
  ) as PropertyDecorator;
}

function sizeRules({ min = 0, max, tooFew = `must have at least ${min} entries` }: ListOptions): Rule[] {
  const size = (value: unknown): number => (value as unknown[]).length;
  return [
    { name: 'isList', holds: Array.isArray, message: 'must be a list' },
    ...(min > 0
      ? [{ name: 'minEntries', holds: (value: unknown) => size(value) >= min, message: tooFew }]
      : []),
    ...(max === undefined
      ? []
      : [
          {
            name: 'maxEntries',
            holds: (value: unknown) => size(value) <= max,
            message: `must have at most ${max} entries`,
          },
        ]),
  ];
}

const sizes = ({ min, max }: ListOptions): JsonSchema => ({
  ...(min === undefined ? {} : { minItems: min }),
  ...(max === undefined ? {} : { maxItems: max }),
});

function listSchema({ schema }: Kind, options: ListOptions): JsonSchema {
  if ('enumName' in schema) return { ...schema, isArray: true, ...sizes(options) };
  return { type: 'array', items: schema, ...sizes(options) };
}

/** A list in JSON whose entries are of this kind. */
export function ListField(kind: Kind, options: ListOptions = {}): PropertyDecorator {
  const { read } = kind;
  const readAll = (value: unknown): unknown => (Array.isArray(value) ? value.map(read!) : value);
  return applyDecorators(
    described(listSchema(kind, options), options),
    ...(read ? [Transform(({ value }) => readAll(value), { toClassOnly: true })] : []),
    ...presence(options),
    ...sizeRules(options).map((rule) => check(rule, false)),
    ...kind.rules.map((rule) => check(rule, true)),
  ) as PropertyDecorator;
}

/** An object whose fields another class declares. */
export const Nested = <T extends object>(
  type: () => new () => T,
  options: FieldOptions = {},
): PropertyDecorator =>
  applyDecorators(
    described({ type: () => type() }, options),
    Type(type),
    ...presence(options),
    ...objectKind.rules.map((rule) => check(rule, false)),
    ValidateNested(),
  ) as PropertyDecorator;

/** A list of objects whose fields another class declares. */
export const NestedList = <T extends object>(
  type: () => new () => T,
  options: ListOptions = {},
): PropertyDecorator =>
  applyDecorators(
    described({ type: () => type(), isArray: true, ...sizes(options) }, options),
    Type(type),
    ...presence(options),
    ...sizeRules(options).map((rule) => check(rule, false)),
    ...objectKind.rules.map((rule) => check(rule, true)),
    ValidateNested({ each: true }),
  ) as PropertyDecorator;

/** Trimmed text of 1 to `max` characters. */
export const Text = ({ max, ...options }: FieldOptions & { max: number }) => Field(textOf(max), options);

/** Text as it was sent, also an empty one. */
export const RawText = ({ max, trim, ...options }: FieldOptions & { max: number; trim?: boolean }) =>
  Field(rawTextOf(max, { trim }), options);

/** An id of the host platform: text or number, kept as text. */
export const HostId = (options?: FieldOptions) => Field(hostIdKind, options);
export const HostIds = (options?: ListOptions) => ListField(hostIdKind, options);

interface Range {
  min: number;
  max: number;
}
/** A whole number of JSON. */
export const Integer = ({ min, max, ...options }: FieldOptions & Range) =>
  Field(integerOf(min, max), options);
/** A whole number of a query. */
export const QueryInteger = ({ min, max, ...options }: FieldOptions & Range) =>
  Field(queryIntegerOf(min, max), options);

export const Flag = (options?: FieldOptions) => Field(flagKind, options);
/** true, false, 1 or 0 in a query. */
export const QueryFlag = (options?: FieldOptions) => Field(queryFlagKind, options);

/** ISO 8601 date or date-time, read as a Date. */
export const IsoDate = (options?: FieldOptions) => Field(isoDateKind, options);
/** The end of a span, itself included, read as the first moment after it. */
export const IsoDateEnd = (options?: FieldOptions) => Field(isoDateEndKind, options);

/** Free-form JSON object of at most 8 kB. */
export const Metadata = (options?: FieldOptions) => Field(metadataKind, options);
export const Anything = (options?: FieldOptions) => Field(anythingKind, options);

/** One of the values of a named enumeration; `message` where the usual "must be one of …" does not fit. */
export const OneOf = (
  values: Enumeration,
  { message, ...options }: FieldOptions & { message?: string } = {},
) => Field(oneOfKind(values, message), options);

/** A list of a query: repeated, `name[]` or comma-separated; of a named enumeration where `of` is given. */
export const QueryList = ({ max, of, ...options }: FieldOptions & { max: number; of?: Enumeration }) =>
  Field(queryListOf(max, of), options);

export const MAX_PAGE = 1_000_000;

/** `page` of a list; page 1 is the newest slice. */
export const Page = ({ description = 'Page number; page 1 is the newest slice' }: FieldOptions = {}) =>
  QueryInteger({ min: 1, max: MAX_PAGE, default: 1, description });

/** How many entries a page has, 1 to 100. */
export const PageSize = ({
  usual = 50,
  description = 'Entries per page, at most 100',
}: { usual?: number; description?: string } = {}) =>
  QueryInteger({ min: 1, max: 100, default: usual, description });

/** `page` and `per_page` as every list of the canonical API takes them. */
export class PageQueryDto {
  @Page() page!: number;
  @PageSize() per_page!: number;
}
