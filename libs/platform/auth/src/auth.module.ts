import { Global, Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { AppConfig } from '#libs/platform/config';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { BEARER_STRATEGY, BearerStrategy } from './bearer.strategy.js';
import { jwtOptions } from './jwt-options.js';
import { JWT_SIGNING_SECRET, SigningSecretModule } from './signing-secret.module.js';
import { TokenVerifier } from './token-verifier.js';

/** Tokens in, actors out, and who may do what; global, since every route and every event asks. */
@Global()
@Module({
  imports: [
    SigningSecretModule,
    JwtModule.registerAsync({
      imports: [SigningSecretModule],
      inject: [AppConfig, JWT_SIGNING_SECRET],
      useFactory: jwtOptions,
    }),
    PassportModule.register({ defaultStrategy: BEARER_STRATEGY }),
  ],
  providers: [TokenVerifier, Authenticator, BearerStrategy, AccessGuard],
  exports: [SigningSecretModule, JwtModule, PassportModule, Authenticator, AccessGuard],
})
export class AuthModule {}
