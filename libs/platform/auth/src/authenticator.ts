import { Injectable } from '@nestjs/common';
import type { VerifiedToken } from './actor.js';
import { TokenVerifier } from './token-verifier.js';

/** What is done with a person whose token is valid; the directory registers itself here. */
export interface ActorObserver {
  seen(token: VerifiedToken): Promise<void>;
}

/** Token in, actor out, for REST and sockets alike. */
@Injectable()
export class Authenticator {
  private observer: ActorObserver | undefined;

  constructor(private readonly verifier: TokenVerifier) {}

  observe(observer: ActorObserver): void {
    this.observer = observer;
  }

  /** @throws UNAUTHORIZED, or SERVICE_UNAVAILABLE while the directory cannot be written. */
  async authenticate(token: unknown): Promise<VerifiedToken> {
    const verified = await this.verifier.verify(token);
    await this.observer?.seen(verified);
    return verified;
  }
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined;
  const match = /^Bearer +(\S+)$/i.exec(header.trim());
  return match?.[1];
}
