import jwt from 'jsonwebtoken';
import type { AppConfigShape } from '#libs/platform/config';

const VALID_FOR = '12h';

export interface TokenClaims {
  sub: string;
  role: string;
  name?: string;
}

export interface SigningOptions {
  /** Set where the server checks them. */
  issuer?: string;
  audience?: string;
  /** As `12h`, `30m`, `7d`; 12 hours unless told. */
  expiresIn?: string;
}

/** What a token needs beyond its claims to be accepted by a server of this configuration. */
export const signingOptionsOf = ({ jwt: settings }: Pick<AppConfigShape, 'jwt'>): SigningOptions => ({
  issuer: settings.issuer,
  audience: settings.audience,
});

/** An HS256 token as a host platform would make it. */
export function signToken(secret: string, claims: TokenClaims, options: SigningOptions = {}): string {
  const { issuer, audience, expiresIn = VALID_FOR } = options;
  return jwt.sign({ ...claims }, secret, {
    algorithm: 'HS256',
    expiresIn: expiresIn as jwt.SignOptions['expiresIn'],
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  });
}
