/** The embedded database cannot serve. The message is written for the operator and says what to do. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return property(error, 'message') ?? String(error);
}

/** The code of a system or PostgreSQL error (`EACCES`, `28P01`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return property(error, 'code');
}

// Not by `instanceof Error`: Node's own errors are of another realm inside Jest.
function property(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}
