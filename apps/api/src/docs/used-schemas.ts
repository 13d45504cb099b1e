import type { JsonSchema } from '#libs/platform/schemas';

/** Those of the named schemas that a part of a document refers to, and that these refer to, in order of their names. */
export function usedSchemas(part: unknown, known: Record<string, JsonSchema>): Record<string, JsonSchema> {
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
