import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import {
  ACCESS_RULE,
  Authenticator,
  bearerToken,
  requireAccess,
  type AccessRule,
  type Actor,
} from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { commonErrors } from '#libs/platform/errors';
import { ERROR_STYLE, type ErrorStyle } from './error-style.js';
import { RateLimiter, type RateRule } from '#libs/platform/rate-limit';
import { logIdsOf } from './request-context.js';

export interface AuthenticatedRequest extends Request {
  actor?: Actor;
  /** Of the dialect whose route this is. */
  errorStyle?: ErrorStyle;
}

/** Fails closed: a route without an access rule is open to nobody. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly perUser: RateRule;
  private readonly perAddress: RateRule;

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
    config: AppConfig,
  ) {
    const points = config.http.requestsPerMinute;
    this.perUser = { name: 'http-user', points, seconds: 60, what: 'requests' };
    this.perAddress = { name: 'http-address', points: points * 5, seconds: 60, what: 'requests' };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    // First of all: a refusal of this guard is told in the dialect's style, too.
    request.errorStyle = this.reflector.get<ErrorStyle | undefined>(ERROR_STYLE, context.getClass());
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === 'public') return true;
    if (rule === undefined) throw commonErrors.forbidden('This operation is not open to anyone.');
    await this.limiter.consume(this.perAddress, request.ip ?? 'unknown');
    const { actor } = await this.authenticator.authenticate(bearerToken(request.headers.authorization));
    await this.limiter.consume(this.perUser, actor.id);
    const ids = logIdsOf(request);
    if (ids) ids.userId = actor.id;
    requireAccess(rule, actor);
    request.actor = actor;
    return true;
  }
}
