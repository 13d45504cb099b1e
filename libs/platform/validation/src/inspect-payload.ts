import { commonErrors, type ErrorDetail } from '#libs/platform/errors';

export interface PayloadBounds {
  /** Deepest nesting of objects and arrays. */
  maxDepth: number;
  /** Most values (keys and array items) in the whole payload. */
  maxNodes: number;
}

export const DEFAULT_BOUNDS: PayloadBounds = { maxDepth: 8, maxNodes: 2_000 };

function describeText(value: string): string | undefined {
  if (value.includes('\u0000')) return 'must not contain NUL characters';
  if (!value.isWellFormed()) return 'must be well-formed Unicode (it contains a lone surrogate)';
  return undefined;
}

/**
 * Refuses what no schema should have to think about: NUL and lone surrogates in any text or key, binary values,
 * `__proto__` keys, and nesting or size beyond the bounds. Cost: one walk over the payload.
 * @throws VALIDATION_ERROR naming the field.
 */
export function inspectPayload(payload: unknown, bounds: PayloadBounds = DEFAULT_BOUNDS): void {
  let nodes = 0;
  const fail = (path: string, message: string): never => {
    const detail: ErrorDetail = { field: path || '(payload)', message };
    throw commonErrors.validation([detail]);
  };
  const walk = (value: unknown, path: string, depth: number): void => {
    nodes += 1;
    if (nodes > bounds.maxNodes) fail('', `must not hold more than ${bounds.maxNodes} values`);
    if (typeof value === 'string') {
      const fault = describeText(value);
      if (fault) fail(path, fault);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if (depth >= bounds.maxDepth) fail(path, `must not be nested deeper than ${bounds.maxDepth} levels`);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) fail(path, 'must not be binary');
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1)
        walk(value[index], `${path}[${index}]`, depth + 1);
      return;
    }
    for (const key of Object.keys(value)) {
      const at = path ? `${path}.${key}` : key;
      if (key === '__proto__') fail(path, 'must not have a key named __proto__');
      const fault = describeText(key);
      if (fault) fail(path, `has a key that ${fault}`);
      walk((value as Record<string, unknown>)[key], at, depth + 1);
    }
  };
  walk(payload, '', 0);
}
