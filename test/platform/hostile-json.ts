import fc, { type Arbitrary } from 'fast-check';
import type { JsonSchema } from '#libs/platform/schemas';

/** Values that have broken servers before. */
export const HOSTILE: unknown[] = [
  null,
  true,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff x',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '%00',
  "'; DROP TABLE messages; --",
  '\\',
  '%_%',
  '😀'.repeat(2_001),
  'x'.repeat(5_000),
  '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  'msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  '2024-01-15T14:30:00Z',
  '+275760-09-13T00:00:00.001Z',
  '-271821-04-20',
  '0000-00-00',
  '9999-12-31T23:59:59Z',
  '0001-01-01',
  0,
  -0,
  -1,
  0.1,
  1e300,
  -1e300,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  [],
  {},
  [[]],
  [null],
  { toString: 1, valueOf: 1 },
  { length: -1 },
  { then: 'x' },
  { constructor: { prototype: {} } },
  JSON.parse('{"__proto__":{"admin":true}}'),
  JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`),
  { $ne: null },
  { _placeholder: true, num: 0 },
];

const junk: Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

/** Values that exist, for a field or parameter of this name. */
export type Hints = (name: string) => readonly unknown[];

/** Mostly what the schema describes, with junk in places: reaches the rules behind validation. */
export function arbitraryOf(schema: JsonSchema, hints: Hints): Arbitrary<unknown> {
  return mostly(plausible(schema, '', hints), 8);
}

/** A part of a path: mostly an id that exists, else anything that can be written into a URL. */
export function pathPart(name: string, hints: Hints): Arbitrary<string> {
  return mostly(fc.constantFrom(...hints(name)), 5).map(
    (part) => encodeURIComponent(asText(part).slice(0, 1_000).toWellFormed()) || '%00',
  );
}

export const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const mostly = (value: Arbitrary<unknown>, weight: number): Arbitrary<unknown> =>
  fc.oneof({ weight, arbitrary: value }, { weight: 1, arbitrary: junk });

function plausible(schema: JsonSchema, name: string, hints: Hints): Arbitrary<unknown> {
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices) return fc.oneof(...choices.map((choice) => plausible(choice, name, hints)));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ('const' in schema) return fc.constant(schema.const);
  const examples = Array.isArray(schema.examples) ? (schema.examples as unknown[]) : [];
  switch (schema.type) {
    case 'object':
      return objectOf(schema, hints);
    case 'array': {
      const items = plausible((schema.items ?? {}) as JsonSchema, name, hints);
      return fc.array(mostly(items, 12), { minLength: 1, maxLength: 3 });
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'integer':
    case 'number':
      return fc.integer({ min: 1, max: 60 });
    default:
      return fc.constantFrom('text', ...hints(name), ...examples);
  }
}

function objectOf(schema: JsonSchema, hints: Hints): Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const required = (schema.required ?? []) as string[];
  // With many fields one of them is junk, not all of them: the whole would hardly ever pass.
  const model = Object.fromEntries(
    properties.map(([name, property]) => [
      name,
      mostly(plausible(property, name, hints), 4 * properties.length),
    ]),
  );
  const shaped = fc.record(model, { requiredKeys: required.filter((name) => name in model) });
  const extra = fc.dictionary(fc.string({ maxLength: 10 }), junk, { maxKeys: 2 });
  return fc.tuple(shaped, fc.option(extra, { freq: 8 })).map(([fields, more]) => ({ ...more, ...fields }));
}
