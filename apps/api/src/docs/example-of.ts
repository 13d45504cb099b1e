import type { JsonSchema } from '#libs/platform/schemas';

const A_TIME = '2024-01-15T14:30:00.000Z';
const NAMES_A_TIME = /(_at|timestamp|last_seen|date_from|date_to)$/;
const BY_TYPE: Record<string, unknown> = { integer: 1, number: 1, boolean: true, null: null, string: 'text' };

/**
 * An example of a schema for answers that were declared without one: the schema's own example where it has one, else
 * made of the examples of its parts.
 * @param components the named schemas that references lead to
 */
export function exampleOf(schema: JsonSchema, components: Record<string, JsonSchema>, name = ''): unknown {
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0] as unknown;
  if ('const' in schema) return schema.const;
  if ('default' in schema) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0] as unknown;
  if (typeof schema.$ref === 'string') {
    return exampleOf(components[schema.$ref.split('/').at(-1) ?? ''] ?? {}, components, name);
  }
  const [choice] = [schema.anyOf, schema.oneOf].flatMap((list) => (list as JsonSchema[] | undefined) ?? []);
  if (choice) return exampleOf(choice, components, name);
  const types = [schema.type].flat() as (string | undefined)[];
  // What may be missing is shown missing, unless it says otherwise.
  const type = types.includes('null') ? 'null' : types[0];
  if (type === 'object') return exampleOfObject(schema, components);
  if (type === 'array') return [exampleOf((schema.items as JsonSchema | undefined) ?? {}, components, name)];
  if (type === 'string' && (schema.format === 'date-time' || NAMES_A_TIME.test(name))) return A_TIME;
  return type === undefined ? null : BY_TYPE[type];
}

function exampleOfObject(schema: JsonSchema, components: Record<string, JsonSchema>): object {
  const properties = Object.entries((schema.properties as Record<string, JsonSchema> | undefined) ?? {});
  return Object.fromEntries(properties.map(([name, part]) => [name, exampleOf(part, components, name)]));
}
