import type { JsonSchema } from '#libs/platform/schemas';
import { isObject } from '#libs/platform/validation';

const MAPS = ['properties', 'patternProperties'] as const;
const LISTS = ['allOf', 'anyOf', 'oneOf'] as const;
const PARTS = ['items', 'additionalProperties', 'not'] as const;

/** Component schemas as JSON Schema 2020-12 has them, where @nestjs/swagger still writes them as OpenAPI 3.0 did. */
export const plainSchemas = (schemas: object): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, plainSchema(schema as JsonSchema)]),
  );

export function plainSchema(schema: JsonSchema): JsonSchema {
  const { example, allOf, 'x-anything': anything, ...rest } = schema;
  const result: JsonSchema = { ...rest };
  // Swagger puts the type of the property beside what was said of it.
  if (anything || 'oneOf' in rest || 'anyOf' in rest) delete result.type;
  // A single reference with a description beside it needs no list any more.
  const [only, ...others] = (allOf as JsonSchema[] | undefined) ?? [];
  if (only && others.length === 0 && '$ref' in only) Object.assign(result, only);
  else if (allOf) result.allOf = allOf;
  if (example !== undefined) result.examples = [example];
  for (const key of MAPS) if (isObject(result[key])) result[key] = plainSchemas(result[key]);
  for (const key of LISTS)
    if (Array.isArray(result[key])) result[key] = (result[key] as JsonSchema[]).map(plainSchema);
  for (const key of PARTS) if (isObject(result[key])) result[key] = plainSchema(result[key] as JsonSchema);
  return result;
}
