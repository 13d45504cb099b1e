import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import Strategy from 'passport-custom';
import type { Actor } from './actor.js';
import { bearerToken, type Authenticator } from './authenticator.js';

export const BEARER_STRATEGY = 'switchboard-bearer';

/** What the strategy reads of a request. */
export type BearerRequest = Pick<Request, 'headers'>;

/** What the guard tells the strategy with each request. */
export interface BearerOptions {
  /** Of the application that the request came to. */
  authenticator: Authenticator;
}

/**
 * Passport's way from a request to an actor: the token of the `Authorization` header, and of nowhere else, goes to the
 * one Authenticator. Free of state: passport knows the last strategy of a name in the whole process, and with an
 * Authenticator of its own that one would check the tokens of all other applications.
 */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, BEARER_STRATEGY) {
  constructor() {
    super({ passOptionsToCallback: true });
  }

  /** @throws UNAUTHORIZED, or SERVICE_UNAVAILABLE while tokens cannot be verified or the directory cannot be written. */
  async validate({ headers }: BearerRequest, { authenticator }: BearerOptions): Promise<Actor> {
    return (await authenticator.authenticate(bearerToken(headers.authorization))).actor;
  }
}
