import { JwtService } from '@nestjs/jwt';
import { jwtOptions, resolveJwtSecret } from '#libs/platform/auth';
import type { AppConfigShape } from '#libs/platform/config';
import { CliError } from './command-line.js';

/**
 * Signs as the host platform of the server that runs with this same environment: by `JWT_SECRET`, or by the secret in
 * `DATA_DIR`, with the issuer and audience that it checks.
 * @throws CliError where there is nothing to sign with.
 */
export async function tokenSigner(config: AppConfigShape): Promise<JwtService> {
  if (config.jwt.jwksUrl) {
    throw new CliError('JWT_JWKS_URL is set: tokens come from its issuer, and cannot be made here.');
  }
  try {
    return new JwtService(jwtOptions(config, await resolveJwtSecret(config)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`The secret in ${config.dataDir} (DATA_DIR) cannot be read: ${reason}`);
  }
}
