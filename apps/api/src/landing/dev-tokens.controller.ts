import { Controller, Inject, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { JWT_SIGNING_SECRET, ROLES } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { commonErrors } from '#libs/platform/errors';
import { Endpoint, Valid } from '#libs/platform/http';
import { hostId, textField } from '#libs/platform/validation';
import { signingOptionsOf, signToken } from '../cli/sign-token.js';

const LOOPBACK = /^(::1|(::ffff:)?127\.)/;

const tokenBody = z.object({
  sub: hostId,
  role: z.enum(ROLES).default('customer'),
  name: textField(256).optional(),
});

/** Development only: the landing page gets its tokens here. The module list leaves this out in production. */
@ApiTags('development')
@Controller('dev')
export class DevTokensController {
  constructor(
    @Inject(JWT_SIGNING_SECRET) private readonly secret: string | undefined,
    private readonly config: AppConfig,
  ) {}

  @Endpoint('post', 'tokens', {
    access: 'public',
    summary: 'Make a token for trying the chat (development only, from this machine only)',
    body: tokenBody,
    response: z.object({ token: z.string() }),
    errors: { forbidden: ['FORBIDDEN'] },
    examples: {
      body: { sub: 123, role: 'customer', name: 'First Customer' },
      response: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJl' },
    },
  })
  make(@Req() request: Request, @Valid('body') body: z.output<typeof tokenBody>) {
    if (!this.secret || !LOOPBACK.test(request.socket.remoteAddress ?? '')) {
      throw commonErrors.forbidden(
        'Tokens are made here in development and from this machine only; see npm run token.',
      );
    }
    return { token: signToken(this.secret, body, signingOptionsOf(this.config)) };
  }
}
