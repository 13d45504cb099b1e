import { namedSchemas, type JsonSchema } from '#libs/platform/validation';

/** The named schemas that a part of a document refers to, and those that these refer to, in order of their names. */
export function usedSchemas(part: unknown): Record<string, JsonSchema> {
  const known = namedSchemas();
  const used: Record<string, JsonSchema> = {};
  const visit = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const schema = name === undefined ? undefined : known[name];
      if (name === undefined || !schema || used[name]) continue;
      used[name] = schema;
      visit(schema);
    }
  };
  visit(part);
  return Object.fromEntries(Object.entries(used).sort(([a], [b]) => a.localeCompare(b)));
}
