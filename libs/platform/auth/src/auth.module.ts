import { Global, Module } from '@nestjs/common';
import { AppConfig } from '#libs/platform/config';
import { Authenticator } from './authenticator.js';
import { resolveJwtSecret } from './secret.js';
import { JWT_SIGNING_SECRET, TokenVerifier } from './token-verifier.js';

@Global()
@Module({
  providers: [
    {
      provide: JWT_SIGNING_SECRET,
      inject: [AppConfig],
      useFactory: (config: AppConfig) => (config.jwt.jwksUrl ? undefined : resolveJwtSecret(config)),
    },
    TokenVerifier,
    Authenticator,
  ],
  exports: [Authenticator, TokenVerifier, JWT_SIGNING_SECRET],
})
export class AuthModule {}
