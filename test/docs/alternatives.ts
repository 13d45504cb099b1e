import { fieldsOf, type Fields } from './fields-of.js';
import type { Schema, WithSchemas } from './openapi-document.js';

const isDisjoint = (a: Set<string>, b: Set<string>): boolean =>
  a.size > 0 && b.size > 0 && [...a].every((value) => !b.has(value));
const topFields = (fields: Fields): string[] =>
  [...fields.keys()].filter((name) => name !== '' && !/[.[{]/.test(name));

/** By a field with other values, or one that the one always has and the other never. */
function areTold(a: Fields, b: Fields): boolean {
  const own = (mine: Fields, theirs: Fields): boolean =>
    topFields(mine).some((name) => mine.get(name)?.required && !theirs.has(name));
  return (
    own(a, b) ||
    own(b, a) ||
    topFields(a).some((name) => {
      const [mine, theirs] = [a.get(name), b.get(name)];
      return mine && theirs && isDisjoint(mine.values, theirs.values);
    })
  );
}

/**
 * Whether a client can tell which of the objects a value is that `oneOf` or `anyOf` names: by a discriminator, or
 * each pair by a field of its own. Alternatives that are no objects do not matter.
 */
export function canBeTold(document: WithSchemas, schema: Schema): boolean {
  const choices = [schema.anyOf, schema.oneOf].flatMap((list) =>
    Array.isArray(list) ? (list as Schema[]) : [],
  );
  if ('discriminator' in schema) return true;
  const objects = choices
    .map((choice) => fieldsOf(document, choice))
    .filter((one) => topFields(one).length > 0);
  return objects.every((one, index) => objects.slice(index + 1).every((other) => areTold(one, other)));
}
