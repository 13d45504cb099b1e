import { Injectable, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard, type AuthGuardAuthenticateOptions } from '@nestjs/passport';
import type { Request } from 'express';
import {
  ACCESS_RULE,
  BEARER_STRATEGY,
  Authenticator,
  type AccessRule,
  type Actor,
  type BearerOptions,
  type BearerRequest,
} from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { commonErrors, DomainError } from '#libs/platform/errors';
import { RateLimiter, type RateRule } from '#libs/platform/rate-limit';
import { HttpOnly } from './http-only.js';
import { logIdsOf } from './request-context.js';

export interface AuthenticatedRequest extends Request {
  actor?: Actor;
}

const COUNTED = 'switchboard:counted-by-address';

/** On a public route that costs something: callers are counted as those without a valid token are. */
export const CountedByAddress = (): MethodDecorator => SetMetadata(COUNTED, true);

/** For whoever does not say who they are: everything of one address counts together. */
export const strangerRule = ({ http }: AppConfig): RateRule => ({
  name: 'http-stranger',
  points: http.requestsPerMinute,
  seconds: 60,
  what: 'requests without a valid token',
});

const addressOf = ({ ip }: Request): string => ip ?? 'unknown';

/**
 * Finds out who calls a route, by passport and the one strategy, and counts what they ask for. Whether they may is for
 * AccessGuard, which comes next. Fails closed: a route without an access rule is open to nobody.
 */
@Injectable()
@HttpOnly()
export class TokenGuard extends AuthGuard(BEARER_STRATEGY) {
  private readonly perUser: RateRule;
  private readonly perStranger: RateRule;

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
    config: AppConfig,
  ) {
    super();
    const points = config.http.requestsPerMinute;
    this.perUser = { name: 'http-user', points, seconds: 60, what: 'requests' };
    this.perStranger = strangerRule(config);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === 'public') {
      if (this.reflector.get<boolean | undefined>(COUNTED, context.getHandler()))
        await this.limiter.consume(this.perStranger, addressOf(request));
      return true;
    }
    if (rule === undefined) throw commonErrors.forbidden('This operation is not open to anyone.');
    const actor = await this.actorOf(request, context);
    await this.limiter.consume(this.perUser, actor.id);
    const ids = logIdsOf(request);
    if (ids) ids.userId = actor.id;
    return true;
  }

  /** The strategy is the process's; what it asks is this application's. */
  override getAuthenticateOptions(): BearerOptions & AuthGuardAuthenticateOptions {
    return { authenticator: this.authenticator };
  }

  /**
   * Passport hangs a dozen properties on what it is given, sessions and all. On a request of Express that costs 60 µs for
   * each: it is given the headers alone, which are all that the strategy reads.
   */
  override getRequest(context: ExecutionContext): BearerRequest {
    return { headers: context.switchToHttp().getRequest<AuthenticatedRequest>().headers };
  }

  override handleRequest<T>(error: unknown, actor: Actor, info: unknown, context: ExecutionContext): T {
    const known = super.handleRequest<Actor>(error, actor, info, context);
    context.switchToHttp().getRequest<AuthenticatedRequest>().actor = known;
    return known as T;
  }

  /**
   * An address counts only where nobody is known: behind a company's or a proxy's one address are many people, who
   * have limits of their own.
   */
  private async actorOf(request: AuthenticatedRequest, context: ExecutionContext): Promise<Actor> {
    try {
      await super.canActivate(context);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'unauthenticated')
        await this.limiter.consume(this.perStranger, addressOf(request));
      throw error;
    }
    if (!request.actor) throw commonErrors.unauthorized();
    return request.actor;
  }
}
