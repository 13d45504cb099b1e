import type { Schema, WithSchemas } from './openapi-document.js';

/** What a document says of one field, wherever it says it: inline, by a name, or over several alternatives. */
export interface Field {
  /** In each alternative that is an object. */
  required: boolean;
  /** The values that it can have, where they are listed. */
  values: Set<string>;
  /** `maxLength=128`, `format=date-time` … */
  limits: Set<string>;
}

/** Dotted paths, `[]` for entries of a list and `{}` for those of a map; the value itself is ''. */
export type Fields = Map<string, Field>;

interface Atom {
  schema: Schema;
  /** The names on the way here: one that comes again is a cycle and ends there. */
  names: string[];
}

const LIMITS = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'default',
  'format',
] as const;
const ANY_INTEGER = Number.MAX_SAFE_INTEGER;

const listOf = (value: unknown): Schema[] => (Array.isArray(value) ? (value as Schema[]) : []);
export const word = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(' ', '␣');

/** Both at once, as `allOf` means it. */
function merged(a: Atom, b: Atom): Atom {
  const mine = (a.schema.properties ?? {}) as Record<string, Schema>;
  const theirs = (b.schema.properties ?? {}) as Record<string, Schema>;
  const properties = { ...mine, ...theirs };
  for (const name of Object.keys(mine))
    if (name in theirs) properties[name] = { allOf: [mine[name], theirs[name]] };
  const required = [...listOf(a.schema.required), ...listOf(b.schema.required)];
  const schema: Schema = { ...a.schema, ...b.schema, required };
  if (Object.keys(properties).length > 0) schema.properties = properties;
  return { schema, names: [...new Set([...a.names, ...b.names])] };
}

/** The schema without names, `allOf`, `anyOf` and `oneOf`: the plain schemas of which one holds. */
function atomsOf(document: WithSchemas, schema: Schema, names: string[]): Atom[] {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  let atoms: Atom[] = [{ schema: own, names }];
  const both = (others: Atom[]): void => {
    atoms = atoms.flatMap((atom) => others.map((other) => merged(atom, other)));
  };
  if (typeof $ref === 'string') {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    const target = document.components.schemas[name];
    if (!target) throw new Error(`The document has no schema ${name}`);
    both(names.includes(name) ? [{ schema: {}, names }] : atomsOf(document, target, [...names, name]));
  }
  for (const part of listOf(allOf)) both(atomsOf(document, part, names));
  for (const choice of [anyOf, oneOf])
    if (Array.isArray(choice)) both(choice.flatMap((part: Schema) => atomsOf(document, part, names)));
  return atoms;
}

function walk(document: WithSchemas, atoms: Atom[], path: string, required: boolean, fields: Fields): void {
  const field: Field = { required, values: new Set(), limits: new Set() };
  fields.set(path, field);
  for (const { schema } of atoms) {
    for (const value of listOf(schema.enum)) field.values.add(word(value));
    if ('const' in schema) field.values.add(word(schema.const));
    for (const limit of LIMITS)
      if (limit in schema && Math.abs(Number(schema[limit])) !== ANY_INTEGER)
        field.limits.add(`${limit}=${word(schema[limit])}`);
  }
  const below = (suffix: string, parts: { schema: unknown; names: string[] }[], isRequired: boolean): void =>
    walk(
      document,
      parts.flatMap((part) => atomsOf(document, part.schema as Schema, part.names)),
      path + suffix,
      isRequired,
      fields,
    );
  const objects = atoms.filter(({ schema }) => schema.properties !== undefined);
  const propertiesOf = ({ schema }: Atom) => schema.properties as Record<string, Schema>;
  for (const name of new Set(objects.flatMap((object) => Object.keys(propertiesOf(object))))) {
    const parts = objects.filter((object) => name in propertiesOf(object));
    below(
      `${path === '' ? '' : '.'}${name}`,
      parts.map((object) => ({ schema: propertiesOf(object)[name], names: object.names })),
      objects.every(({ schema }) => listOf(schema.required).includes(name as never)),
    );
  }
  for (const [key, suffix] of [
    ['items', '[]'],
    ['additionalProperties', '{}'],
  ] as const) {
    const parts = atoms.filter(({ schema }) => typeof schema[key] === 'object' && schema[key] !== null);
    if (parts.length > 0)
      below(
        suffix,
        parts.map(({ schema, names }) => ({ schema: schema[key], names })),
        false,
      );
  }
}

/** All fields of a schema of the document. */
export function fieldsOf(document: WithSchemas, schema: Schema): Fields {
  const fields: Fields = new Map();
  walk(document, atomsOf(document, schema, []), '', true, fields);
  return fields;
}

/** All fields that some value has, as `fieldsOf` names them. */
export function namesIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((entry) => namesIn(entry, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const own = `${path}${path === '' ? '' : '.'}${name}`;
    return [own, ...namesIn(part, own)];
  });
}
