import { createSecretKey } from 'node:crypto';
import { JwtSecretRequestType, type JwtModuleOptions } from '@nestjs/jwt';
import type { AppConfigShape } from '#libs/platform/config';
import { KEY_SET_ALGORITHMS, KeySet } from './key-set.js';

/** Clocks of the host platform and of this server may differ by this. */
const CLOCK_TOLERANCE_S = 5;
/** Nothing that is signed here is valid for ever. */
const VALID_FOR = '12h';

/**
 * How JwtService verifies the host's tokens: HS256 with the shared secret, or RS256 and ES256 with keys of a JWKS;
 * nothing else. It signs with the secret alone, as the host platform would.
 * @param secret undefined where `JWT_JWKS_URL` is set
 */
export function jwtOptions(
  config: Pick<AppConfigShape, 'jwt'>,
  secret: string | undefined,
): JwtModuleOptions {
  const { jwksUrl, issuer, audience } = config.jwt;
  const checks = { issuer, audience, clockTolerance: CLOCK_TOLERANCE_S };
  if (jwksUrl) {
    return {
      secretOrKeyProvider: keysOf(new URL(jwksUrl)),
      verifyOptions: { ...checks, algorithms: [...KEY_SET_ALGORITHMS] },
    };
  }
  return {
    // A KeyObject is verified 50 times faster than a string, which is first tried as a public key.
    secret: createSecretKey(Buffer.from(secret ?? '', 'utf8')),
    verifyOptions: { ...checks, algorithms: ['HS256'] },
    signOptions: {
      algorithm: 'HS256',
      expiresIn: VALID_FOR,
      ...(issuer === undefined ? {} : { issuer }),
      ...(audience === undefined ? {} : { audience }),
    },
  };
}

function keysOf(url: URL): NonNullable<JwtModuleOptions['secretOrKeyProvider']> {
  const keys = new KeySet(url);
  return (purpose, token) => {
    if (purpose === JwtSecretRequestType.SIGN) throw new Error('With JWT_JWKS_URL only its issuer signs.');
    return keys.keyOf(String(token));
  };
}
