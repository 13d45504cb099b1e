import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'file-url-secret';

/**
 * What file URLs are signed with: `FILE_URL_SECRET`, else a key of its own derived from the JWT secret, else (tokens
 * of a JWKS) a random one kept in `DATA_DIR`, which several nodes do not share: they need the variable.
 */
export async function resolveUrlSecret(
  configured: string | undefined,
  jwtSecret: string | undefined,
  dataDir: string,
): Promise<string> {
  const known = configured ?? jwtSecret;
  if (known !== undefined) return known;
  const path = join(dataDir, FILE);
  await mkdir(dataDir, { recursive: true });
  // wx: of two processes that start at once one writes, and both read the same.
  await writeFile(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return (await readFile(path, 'utf8')).trim();
}
