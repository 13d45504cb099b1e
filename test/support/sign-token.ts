import { JwtService, type JwtSignOptions } from '@nestjs/jwt';

const jwt = new JwtService();

/** A token as the host platform would make it. */
export const signToken = (claims: object, secret: string, options: JwtSignOptions = {}): string =>
  jwt.sign(claims, { ...options, secret });
