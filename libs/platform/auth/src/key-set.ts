import { KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { createRemoteJWKSet, decodeProtectedHeader, errors as jose, type JWSHeaderParameters } from 'jose';
import { commonErrors } from '#libs/platform/errors';
import { invalidToken } from './invalid-token.js';

/** What keys of a JWKS may sign with, whatever a token says. */
export const KEY_SET_ALGORITHMS = ['RS256', 'ES256'] as const;
const TIMEOUT_MS = 3_000;
/** The key set could not be fetched or read: not the token's fault. */
const FAULTS = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

/** The public keys that the host platform publishes (JWKS): fetched when first needed, kept, and asked for anew when a key is unknown. */
export class KeySet {
  private readonly logger = new Logger(KeySet.name);
  private readonly find: ReturnType<typeof createRemoteJWKSet>;

  constructor(url: URL) {
    this.find = createRemoteJWKSet(url, { timeoutDuration: TIMEOUT_MS });
  }

  /**
   * The key that a token says it is signed with. Whether it is, is for the caller to verify.
   * @throws UNAUTHORIZED where there is no such key; SERVICE_UNAVAILABLE while the keys cannot be had.
   */
  async keyOf(token: string): Promise<KeyObject> {
    const header = readableHeader(token);
    try {
      return KeyObject.from(await this.find(header));
    } catch (error) {
      if (error instanceof jose.JOSEError && !FAULTS.has(error.code)) throw invalidToken();
      this.logger.error({ err: error }, 'The JWKS could not be fetched');
      throw commonErrors.unavailable('Tokens cannot be verified right now; try again shortly.', error);
    }
  }
}

/** Refused before any key is asked for: other algorithms, and extensions (`crit`), of which we know none. */
function readableHeader(token: string): JWSHeaderParameters {
  const { alg, kid, crit } = headerOf(token);
  if (!KEY_SET_ALGORITHMS.some((known) => known === alg) || crit !== undefined) throw invalidToken();
  return { alg, kid };
}

function headerOf(token: string): JWSHeaderParameters {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw invalidToken();
  }
}
