import { Module } from '@nestjs/common';
import { AppConfig } from '#libs/platform/config';
import { resolveJwtSecret } from './secret.js';

/** Injection token of the shared HS256 secret as text; undefined where the tokens come from the issuer of a JWKS. */
export const JWT_SIGNING_SECRET = Symbol('JWT_SIGNING_SECRET');

/** Apart from AuthModule, since the options of JwtModule are made of it. */
@Module({
  providers: [
    {
      provide: JWT_SIGNING_SECRET,
      inject: [AppConfig],
      useFactory: (config: AppConfig) => (config.jwt.jwksUrl ? undefined : resolveJwtSecret(config)),
    },
  ],
  exports: [JWT_SIGNING_SECRET],
})
export class SigningSecretModule {}
