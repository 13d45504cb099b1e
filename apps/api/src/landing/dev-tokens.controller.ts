import { Body, Controller, Req } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { AppConfigShape } from '#libs/platform/config';
import { commonErrors } from '#libs/platform/errors';
import { CountedByAddress, Endpoint } from '#libs/platform/http';
import { DevTokenBody } from './dev-token.body.js';
import { DevTokenDto } from './dto/dev-token.dto.js';
import { isFromThisMachine } from './own-page.js';

/** The page asks for a new one whenever it needs one. */
const VALID_FOR = '1h';

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
    response: DevTokenBody,
    errors: ['FORBIDDEN', 'RATE_LIMITED'],
    examples: {
      body: { sub: 123, role: 'customer', name: 'First Customer' },
      response: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJl' },
    },
  })
  make(@Req() request: Request, @Body() body: DevTokenDto): DevTokenBody {
    if (!isFromThisMachine(request)) {
      throw commonErrors.forbidden(
        'Tokens are made here for programs and pages of this machine only, without a proxy; see npm run token.',
      );
    }
    return { token: this.jwt.sign({ ...body }, { expiresIn: VALID_FOR }) };
  }
}
