import type { JsonSchema } from '#libs/platform/schemas';

/** Where a text may stand in a payload: names of fields, and numbers of array items. */
export type FieldPath = (string | number)[];

const MAX_DEPTH = 6;
const ANY_NAME = 'any';

/** Every place of a schema that takes a text, such as `['metadata', 'any']` of an open object. */
export function textFields(schema: JsonSchema, components: Record<string, JsonSchema>): FieldPath[] {
  const paths = fieldsOf(schema, components, []);
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

function fieldsOf(schema: JsonSchema, components: Record<string, JsonSchema>, at: FieldPath): FieldPath[] {
  if (at.length > MAX_DEPTH) return [];
  const into = (part: unknown, ...more: FieldPath): FieldPath[] =>
    fieldsOf((part ?? {}) as JsonSchema, components, [...at, ...more]);
  if (typeof schema.$ref === 'string') return into(components[schema.$ref.split('/').at(-1) as string]);
  const choices = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (list as unknown[]) ?? []);
  const types = [schema.type].flat();
  const open = schema.additionalProperties;
  return [
    ...choices.flatMap((choice) => into(choice)),
    ...Object.entries((schema.properties ?? {}) as JsonSchema).flatMap(([name, part]) => into(part, name)),
    ...(typeof open === 'object' || open === true ? into(open === true ? {} : open, ANY_NAME) : []),
    ...(types.includes('array') ? into(schema.items, 0) : []),
    ...(choices.length === 0 && (types.includes('string') || types[0] === undefined) ? [at] : []),
  ];
}

/** A copy of the payload with the text at the path; what is missing on the way is made. */
export function withText(payload: unknown, [name, ...rest]: FieldPath, text: string): unknown {
  if (name === undefined) return text;
  const inner = (payload as Record<string | number, unknown> | null | undefined)?.[name];
  const value = withText(inner, rest, text);
  if (typeof name === 'number') return [value];
  return { ...(typeof payload === 'object' && !Array.isArray(payload) ? payload : {}), [name]: value };
}
