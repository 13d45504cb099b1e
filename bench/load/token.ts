import { createHmac } from 'node:crypto';

const base64 = (value: string | Buffer): string => Buffer.from(value).toString('base64url');

/** A customer's token, of two hours. */
export function token(secret: string, sub: string): string {
  const head = base64(JSON.stringify({ alg: 'HS256', typ: 'JWT' }));
  const body = base64(
    JSON.stringify({ sub, role: 'customer', name: `User ${sub}`, exp: Math.floor(Date.now() / 1000) + 7200 }),
  );
  return `${head}.${body}.${base64(createHmac('sha256', secret).update(`${head}.${body}`).digest())}`;
}
