import type { JsonSchema } from '#libs/platform/schemas';

/** One line of a table of fields. */
export interface Field {
  /** `room.participants[].id` */
  path: string;
  type: string;
  required: boolean;
  description: string;
}

type Schemas = Record<string, JsonSchema>;

const MAX_DEPTH = 3;
const NAMED = '#/components/schemas/';

/** The fields of an object, those of objects in it too, down to three levels; what is named is shown by its name. */
export function fieldsOf(schema: JsonSchema, named: Schemas, prefix = '', depth = 1): Field[] {
  const object = resolve(schema, named);
  const required = new Set((object.required as string[] | undefined) ?? []);
  const properties = Object.entries((object.properties as Schemas | undefined) ?? {});
  return properties.flatMap(([name, part]) => {
    const path = `${prefix}${name}`;
    const field: Field = {
      path,
      type: typeOf(part, named),
      required: required.has(name),
      description: textOf(part, named),
    };
    if (depth >= MAX_DEPTH) return [field];
    const [inner, mark] = innerOf(part, named);
    return [field, ...fieldsOf(inner, named, `${path}${mark}.`, depth + 1)];
  });
}

/** What a reference leads to; of alternatives with null the other one. */
function resolve(schema: JsonSchema, named: Schemas): JsonSchema {
  if (typeof schema.$ref === 'string') return named[schema.$ref.slice(NAMED.length)] ?? {};
  const choices = choicesOf(schema).filter(({ type }) => type !== 'null');
  return choices.length === 1 ? resolve(choices[0] as JsonSchema, named) : schema;
}

const choicesOf = ({ anyOf, oneOf }: JsonSchema): JsonSchema[] =>
  ((anyOf ?? oneOf) as JsonSchema[] | undefined) ?? [];

function innerOf(schema: JsonSchema, named: Schemas): [schema: JsonSchema, mark: string] {
  const inner = resolve(schema, named);
  if (inner.type !== 'array') return [inner, ''];
  return [resolve((inner.items as JsonSchema | undefined) ?? {}, named), '[]'];
}

function typeOf(schema: JsonSchema, named: Schemas): string {
  if (typeof schema.$ref === 'string') return schema.$ref.slice(NAMED.length);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = choicesOf(schema);
  if (choices.length > 0) return [...new Set(choices.map((choice) => typeOf(choice, named)))].join(' | ');
  if (schema.type === 'array') return `${typeOf((schema.items as JsonSchema | undefined) ?? {}, named)}[]`;
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : String(schema.type ?? 'any');
  return typeof schema.format === 'string' ? `${type} (${schema.format})` : type;
}

function textOf(schema: JsonSchema, named: Schemas): string {
  const described = [schema, resolve(schema, named)].find(({ description }) => description !== undefined);
  const limits = Object.entries({
    minimum: 'at least',
    maximum: 'at most',
    minLength: 'shortest',
    maxLength: 'longest',
    maxItems: 'at most (entries)',
    default: 'default',
  }).flatMap(([key, words]) =>
    key in schema && Math.abs(Number(schema[key])) !== Number.MAX_SAFE_INTEGER
      ? [`${words} ${JSON.stringify(schema[key])}`]
      : [],
  );
  const text = typeof described?.description === 'string' ? described.description : '';
  return [text, limits.join(', ')].filter(Boolean).join('; ');
}
