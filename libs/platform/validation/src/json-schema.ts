import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Schemas with a name (`.meta({ id })`), as the components of the documents hold them. */
const named = new Map<string, JsonSchema>();

/**
 * JSON Schema (2020-12, as OpenAPI 3.1 and AsyncAPI 3 use it) of what a client sends (`input`) or gets (`output`).
 * Named schemas in it become references to `#/components/schemas/{name}`; `namedSchemas` holds what they refer to.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const result = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    cycles: 'throw',
    override: ({ zodSchema, jsonSchema }) => {
      // Coerced query numbers accept text: describe what they mean, not what they tolerate.
      if (zodSchema._zod.def.type === 'date')
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      // Unknown fields are dropped, not refused; what an open object or a record says of them stays.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  }) as JsonSchema;
  const text = JSON.stringify(result).replaceAll('"#/$defs/', '"#/components/schemas/');
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = JSON.parse(text) as JsonSchema & {
    $defs?: Record<string, JsonSchema>;
  };
  for (const [name, definition] of Object.entries($defs ?? {})) remember(name, definition);
  return rest;
}

/** Every named schema that was described so far. */
export const namedSchemas = (): Record<string, JsonSchema> => Object.fromEntries(named);

function remember(name: string, { id: _id, ...definition }: JsonSchema): void {
  const known = named.get(name);
  if (known && !isDeepStrictEqual(known, definition)) {
    throw new Error(`Two different schemas have the name ${name}; .meta({ id }) must be unique.`);
  }
  named.set(name, definition);
}
