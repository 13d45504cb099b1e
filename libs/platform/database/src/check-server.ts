import pg from 'pg';

const MINIMUM_VERSION = 140_000;
const DURABILITY_SETTINGS = ['fsync', 'full_page_writes', 'synchronous_commit'];
const TIME_LIMIT_MS = 5_000;

/** The database cannot or must not be used as it is; the message, for the operator, says what to change. */
export class UnsuitableDatabaseError extends Error {}

/**
 * Looks before anything is written.
 * @throws UnsuitableDatabaseError, or the driver's error when the database cannot be reached.
 */
export async function checkServer(url: string, allowUnsafeDurability: boolean): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: TIME_LIMIT_MS,
    query_timeout: TIME_LIMIT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; setting: string }>(
      'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
      [[...DURABILITY_SETTINGS, 'server_version_num']],
    );
    const why = unsuitability(new Map(rows.map((row) => [row.name, row.setting])), allowUnsafeDurability);
    if (why !== undefined) throw new UnsuitableDatabaseError(`DATABASE_URL: ${why}`);
  } finally {
    void client.end();
  }
}

/** Too old, or made to lose what it acknowledged (with `synchronous_commit` off a kill lost 71 of 104,751). */
export function unsuitability(
  settings: ReadonlyMap<string, string>,
  allowUnsafeDurability: boolean,
): string | undefined {
  if (!(Number(settings.get('server_version_num')) >= MINIMUM_VERSION)) {
    return 'PostgreSQL 14 or newer is required.';
  }
  const off = DURABILITY_SETTINGS.filter((name) => settings.get(name) === 'off');
  if (off.length === 0 || allowUnsafeDurability) return undefined;
  return (
    `the server runs with ${off.join(', ')} off and would lose acknowledged messages in a crash. ` +
    'Turn it on, or set DATABASE_ALLOW_UNSAFE_DURABILITY=true to accept that.'
  );
}
