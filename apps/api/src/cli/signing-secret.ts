import { resolveJwtSecret } from '#libs/platform/auth';
import type { AppConfigShape } from '#libs/platform/config';
import { CliError } from './command-line.js';

/**
 * The secret of the server that runs with this same environment: `JWT_SECRET`, or the one in `DATA_DIR`.
 * @throws CliError where there is none to sign with.
 */
export async function signingSecret(config: AppConfigShape): Promise<string> {
  if (config.jwt.jwksUrl) {
    throw new CliError('JWT_JWKS_URL is set: tokens come from its issuer, and cannot be made here.');
  }
  try {
    return await resolveJwtSecret(config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`The secret in ${config.dataDir} (DATA_DIR) cannot be read: ${reason}`);
  }
}
