import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppConfigShape } from '#libs/platform/config';

const FILE = 'jwt-secret';

/**
 * The HS256 secret: `JWT_SECRET`, or outside production a random one that is kept in `DATA_DIR/jwt-secret`
 * (mode 600), so that tokens outlive a restart and `npm run token` can sign for the running server.
 */
export async function resolveJwtSecret(
  config: Pick<AppConfigShape, 'dataDir' | 'production' | 'jwt'>,
): Promise<string> {
  if (config.jwt.secret) return config.jwt.secret;
  if (config.production) throw new Error('JWT_SECRET is required in production.');
  const path = join(config.dataDir, FILE);
  await mkdir(config.dataDir, { recursive: true });
  // wx: of two processes that start at once one writes, and both read the same.
  await writeFile(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  const secret = (await readFile(path, 'utf8')).trim();
  if (secret.length < 16) {
    throw new Error(`${path} is damaged: delete it (tokens made with it end) and start again.`);
  }
  return secret;
}
