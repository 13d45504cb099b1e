import { Controller, Req } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import type { AppConfigShape } from '#libs/platform/config';
import { commonErrors } from '#libs/platform/errors';
import { CountedByAddress, Endpoint, Valid } from '#libs/platform/http';
import { hostId, textField } from '#libs/platform/validation';
import { isFromThisMachine } from './own-page.js';

/** Two people who talk, and the platform that opens their room: what the page needs, and no more. */
const ROLES_OF_PAGE = ['customer', 'staff', 'service'] as const;
/** The page asks for a new one whenever it needs one. */
const VALID_FOR = '1h';

const tokenBody = z.object({
  sub: hostId,
  role: z.enum(ROLES_OF_PAGE).default('customer'),
  name: textField(256).optional(),
});

/** Whether a server of this configuration answers here: never in production, nor where the platform alone signs. */
export const givesTokens = ({ production, role, jwt }: AppConfigShape): boolean =>
  !production && role !== 'worker' && jwt.jwksUrl === undefined;

/** Development only: the landing page gets its tokens here. The module list leaves this out elsewhere. */
@ApiTags('development')
@Controller('dev')
export class DevTokensController {
  constructor(private readonly jwt: JwtService) {}

  @CountedByAddress()
  @Endpoint('post', 'tokens', {
    access: 'public',
    summary: 'Make a token for trying the chat (development only, from this machine only)',
    body: tokenBody,
    response: z.object({ token: z.string() }),
    errors: ['FORBIDDEN', 'RATE_LIMITED'],
    examples: {
      body: { sub: 123, role: 'customer', name: 'First Customer' },
      response: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJl' },
    },
  })
  make(@Req() request: Request, @Valid('body') body: z.output<typeof tokenBody>) {
    if (!isFromThisMachine(request)) {
      throw commonErrors.forbidden(
        'Tokens are made here for programs and pages of this machine only, without a proxy; see npm run token.',
      );
    }
    return { token: this.jwt.sign({ ...body }, { expiresIn: VALID_FOR }) };
  }
}
