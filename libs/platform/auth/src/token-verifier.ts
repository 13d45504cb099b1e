import { Injectable } from '@nestjs/common';
import { JwtService, TokenExpiredError } from '@nestjs/jwt';
import { AppConfig } from '#libs/platform/config';
import { commonErrors, DomainError } from '#libs/platform/errors';
import type { VerifiedToken } from './actor.js';
import { readClaims, type TokenClaims } from './claims.js';
import { invalidToken } from './invalid-token.js';

const MAX_TOKEN_LENGTH = 16_384;

/** Verifies host tokens with the keys and the algorithms of JwtService (`jwtOptions`), and reads their claims. */
@Injectable()
export class TokenVerifier {
  constructor(
    private readonly config: AppConfig,
    private readonly jwt: JwtService,
  ) {}

  /**
   * @throws UNAUTHORIZED for anything but a valid token; SERVICE_UNAVAILABLE when the JWKS cannot be fetched.
   */
  async verify(token: unknown): Promise<VerifiedToken> {
    if (typeof token !== 'string' || token === '' || token.length > MAX_TOKEN_LENGTH) {
      throw commonErrors.unauthorized();
    }
    const verified = readClaims(await this.claimsOf(token));
    if (verified.expiresAt === undefined && this.config.jwt.requireExpiry) {
      throw commonErrors.unauthorized('The token must expire (claim exp).');
    }
    return verified;
  }

  private async claimsOf(token: string): Promise<TokenClaims> {
    try {
      // With a shared secret there is nothing to wait for.
      return this.config.jwt.jwksUrl
        ? await this.jwt.verifyAsync<TokenClaims>(token)
        : this.jwt.verify<TokenClaims>(token);
    } catch (error) {
      throw error instanceof DomainError ? error : invalidToken(error instanceof TokenExpiredError);
    }
  }
}
