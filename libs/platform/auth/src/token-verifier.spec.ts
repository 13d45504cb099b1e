import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { JwtService, type JwtSignOptions } from '@nestjs/jwt';
import { exportJWK, importJWK, importPKCS8, importSPKI, SignJWT, type CryptoKey, type JWK } from 'jose';
import { loadConfig } from '#libs/platform/config';
import { jwtOptions } from './jwt-options.js';
import { keyPair } from './testing/key-pair.js';
import { TokenVerifier } from './token-verifier.js';

const SECRET = 'a-secret-of-the-verifier-spec';
const UNAUTHORIZED = { code: 'UNAUTHORIZED', kind: 'unauthenticated' };

function verifier(env: Record<string, string> = {}): TokenVerifier {
  const config = loadConfig({
    NODE_ENV: 'test',
    ...(env.JWT_JWKS_URL ? {} : { JWT_SECRET: SECRET }),
    ...env,
  });
  return new TokenVerifier(config, new JwtService(jwtOptions(config, config.jwt.secret)));
}

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as the host makes it. */
const signed = (claims: object, secret: string, options: JwtSignOptions = {}): string =>
  new JwtService().sign(claims, { ...options, secret });

/** A token as an attacker makes it: any header, any payload, HMAC with any key. */
function forged(header: object, payload: unknown, key?: string, hash = 'sha256'): string {
  const signed = `${segment(header)}.${segment(payload)}`;
  return `${signed}.${key === undefined ? '' : createHmac(hash, key).update(signed).digest('base64url')}`;
}

describe('a shared secret (HS256)', () => {
  const now = Math.floor(Date.now() / 1000);
  const subject = verifier();

  it('accepts a valid token and tells when it ends', async () => {
    const token = signed({ sub: 123, role: 'staff', exp: now + 60 }, SECRET);
    expect(await subject.verify(token)).toMatchObject({
      actor: { id: '123', role: 'staff', family: 'staff' },
      expiresAt: now + 60,
    });
  });

  const claims = { sub: '1', role: 'admin', exp: now + 60 };
  it.each<[string, unknown]>([
    ['no token', undefined],
    ['null', null],
    ['an object', { token: 'x' }],
    ['an empty text', ''],
    ['no JWT', 'hello'],
    ['three dots of nothing', '..'],
    ['alg none', forged({ alg: 'none', typ: 'JWT' }, claims)],
    ['alg None with a signature', forged({ alg: 'None' }, claims, SECRET)],
    ['alg none with the secret', forged({ alg: 'none' }, claims, SECRET)],
    ['HS512 with the right secret', signed(claims, SECRET, { algorithm: 'HS512' })],
    ['HS384 with the right secret', forged({ alg: 'HS384' }, claims, SECRET, 'sha384')],
    ['another secret', signed(claims, 'another-secret-of-16')],
    ['an empty secret', forged({ alg: 'HS256' }, claims, '')],
    ['no algorithm', forged({}, claims, SECRET)],
    ['an algorithm that is no text', forged({ alg: ['HS256'] }, claims, SECRET)],
    ['a payload that is null', forged({ alg: 'HS256' }, null, SECRET)],
    ['a payload that is text', forged({ alg: 'HS256' }, 'claims', SECRET)],
    ['a payload that is a list', forged({ alg: 'HS256' }, [1], SECRET)],
    ['an expired one', signed({ ...claims, exp: now - 60 }, SECRET)],
    ['one that is not valid yet', signed({ ...claims, nbf: now + 600 }, SECRET)],
    ['an exp that is no number', forged({ alg: 'HS256' }, { ...claims, exp: 'never' }, SECRET)],
    ['a subject that is an object', forged({ alg: 'HS256' }, { ...claims, sub: { id: 1 } }, SECRET)],
    ['an unknown role', signed({ ...claims, role: 'root' }, SECRET)],
    ['16 kB of it', signed({ ...claims, padding: 'x'.repeat(16_384) }, SECRET)],
  ])('refuses %s', async (_name, token) => expect(subject.verify(token)).rejects.toMatchObject(UNAUTHORIZED));

  it('refuses a token that was changed after it was signed', async () => {
    const [header, , signature] = signed(claims, SECRET).split('.');
    await expect(
      subject.verify(`${header}.${segment({ ...claims, sub: '2' })}.${signature}`),
    ).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('says that a token has expired, and nothing more of any other fault', async () => {
    await expect(subject.verify(signed({ ...claims, exp: now - 60 }, SECRET))).rejects.toThrow(
      'The token has expired.',
    );
    await expect(subject.verify(signed(claims, 'another-secret-of-16'))).rejects.toThrow(
      'The token is not valid.',
    );
  });

  it('forgives a clock that is a few seconds off', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    await expect(subject.verify(signed({ ...claims, exp: seconds - 2 }, SECRET))).resolves.toBeDefined();
    await expect(subject.verify(signed({ ...claims, nbf: seconds + 4 }, SECRET))).resolves.toBeDefined();
  });

  it('requires an end in production only', async () => {
    const endless = signed({ sub: '1' }, SECRET);
    expect((await subject.verify(endless)).expiresAt).toBeUndefined();
    const strict = verifier({ NODE_ENV: 'production', DATABASE_URL: 'postgres://db/chat' });
    await expect(strict.verify(endless)).rejects.toMatchObject(UNAUTHORIZED);
    await expect(strict.verify(signed({ sub: '1', exp: now + 60 }, SECRET))).resolves.toBeDefined();
  });

  it('checks issuer and audience when they are set', async () => {
    const strict = verifier({ JWT_ISSUER: 'https://host.example.com', JWT_AUDIENCE: 'chat' });
    const good = { sub: '1', iss: 'https://host.example.com', aud: 'chat' };
    await expect(strict.verify(signed(good, SECRET))).resolves.toBeDefined();
    await expect(strict.verify(signed({ ...good, aud: ['shop', 'chat'] }, SECRET))).resolves.toBeDefined();
    for (const wrong of [
      { ...good, iss: 'https://evil.example.com' },
      { ...good, aud: 'shop' },
      { sub: '1' },
      { sub: '1', iss: good.iss },
    ])
      await expect(strict.verify(signed(wrong, SECRET))).rejects.toMatchObject(UNAUTHORIZED);
  });
});

describe('keys of a JWKS (RS256, ES256)', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string };
  let requests = 0;
  const keys: Record<string, { privateKey: CryptoKey; pem: string; jwk: JWK }> = {};

  beforeAll(async () => {
    // The faults of the key set are logged; here they are wanted.
    Logger.overrideLogger(false);
    for (const [kid, alg] of [
      ['rsa-1', 'RS256'],
      ['ec-1', 'ES256'],
      ['rsa-away', 'RS256'],
      ['rsa-any', 'RS256'],
    ] as const) {
      const { publicKey: pem, privateKey } = keyPair(alg);
      const publicKey = await importSPKI(pem, alg, { extractable: true });
      keys[kid] = {
        privateKey: await importPKCS8(privateKey, alg, { extractable: true }),
        pem,
        jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
      };
    }
    server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  });
  beforeEach(() => {
    // Many hosts do not say which algorithm a key is for.
    const { alg: _alg, ...anyAlgorithm } = keys['rsa-any']?.jwk as JWK;
    answer = {
      status: 200,
      body: JSON.stringify({ keys: [keys['rsa-1']?.jwk, keys['ec-1']?.jwk, anyAlgorithm] }),
    };
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const sign = (kid: string, alg: string, by = kid): Promise<string> =>
    new SignJWT({ sub: '7', role: 'agent' })
      .setProtectedHeader({ alg, kid })
      .setExpirationTime('1m')
      .sign(keys[by]?.privateKey as CryptoKey);

  it('accepts RS256 and ES256, fetching the keys once', async () => {
    const subject = verifier({ JWT_JWKS_URL: url });
    requests = 0;
    for (const token of [await sign('rsa-1', 'RS256'), await sign('ec-1', 'ES256')])
      expect((await subject.verify(token)).actor).toMatchObject({ id: '7', role: 'agent' });
    expect(requests).toBe(1);
  });

  it('refuses a token of a key that is not in the set', async () => {
    const subject = verifier({ JWT_JWKS_URL: url });
    await expect(subject.verify(await sign('rsa-away', 'RS256'))).rejects.toMatchObject(UNAUTHORIZED);
    // Another key under a known name.
    await expect(subject.verify(await sign('rsa-1', 'RS256', 'rsa-away'))).rejects.toMatchObject(
      UNAUTHORIZED,
    );
  });

  it('refuses other algorithms of a key that does not name its own', async () => {
    const subject = verifier({ JWT_JWKS_URL: url });
    const importedAs = async (alg: string) => {
      const jwk = await exportJWK(keys['rsa-any']?.privateKey as CryptoKey);
      return new SignJWT({ sub: '7' })
        .setProtectedHeader({ alg, kid: 'rsa-any' })
        .setExpirationTime('1m')
        .sign(await importJWK(jwk, alg));
    };
    await expect(subject.verify(await importedAs('RS256'))).resolves.toBeDefined();
    for (const alg of ['RS512', 'RS384', 'PS256'])
      await expect(subject.verify(await importedAs(alg))).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('refuses other algorithms: none, HMAC with the public key as secret, RS512', async () => {
    const subject = verifier({ JWT_JWKS_URL: url });
    const claims = { sub: '7', role: 'admin', exp: Math.floor(Date.now() / 1000) + 60 };
    const { pem, jwk } = keys['rsa-1'] as { pem: string; jwk: JWK };
    for (const token of [
      forged({ alg: 'none', kid: 'rsa-1' }, claims),
      forged({ alg: 'HS256', kid: 'rsa-1' }, claims, pem),
      forged({ alg: 'HS256', kid: 'rsa-1' }, claims, JSON.stringify(jwk)),
      forged({ alg: 'HS256' }, claims, jwk.n),
      signed(claims, SECRET),
    ])
      await expect(subject.verify(token)).rejects.toMatchObject(UNAUTHORIZED);
    const secretOnly = verifier();
    await expect(secretOnly.verify(await sign('rsa-1', 'RS256'))).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('checks expiry, issuer and audience', async () => {
    const subject = verifier({ JWT_JWKS_URL: url, JWT_ISSUER: 'host', JWT_AUDIENCE: 'chat' });
    const make = (end: string, issuer: string, audience: string) =>
      new SignJWT({ sub: '7' })
        .setProtectedHeader({ alg: 'ES256', kid: 'ec-1' })
        .setExpirationTime(end)
        .setIssuer(issuer)
        .setAudience(audience)
        .sign(keys['ec-1']?.privateKey as CryptoKey);
    await expect(subject.verify(await make('1m', 'host', 'chat'))).resolves.toBeDefined();
    await expect(subject.verify(await make('1m', 'evil', 'chat'))).rejects.toMatchObject(UNAUTHORIZED);
    await expect(subject.verify(await make('1m', 'host', 'shop'))).rejects.toMatchObject(UNAUTHORIZED);
    await expect(subject.verify(await make('-1m', 'host', 'chat'))).rejects.toThrow('The token has expired.');
  });

  it('refuses extensions that it does not know, though the signature is right', async () => {
    const subject = verifier({ JWT_JWKS_URL: url });
    const token = await new SignJWT({ sub: '7' })
      .setProtectedHeader({ alg: 'RS256', kid: 'rsa-1', crit: ['extra'], extra: 1 })
      .setExpirationTime('1m')
      .sign(keys['rsa-1']?.privateKey as CryptoKey, { crit: { extra: true } });
    await expect(subject.verify(token)).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('blames itself, retryably, while the key set cannot be had, and goes on when it can', async () => {
    const subject = verifier({ JWT_JWKS_URL: url });
    const token = await sign('rsa-1', 'RS256');
    const unavailable = { code: 'SERVICE_UNAVAILABLE', kind: 'unavailable' };
    answer = { status: 500, body: 'broken' };
    await expect(subject.verify(token)).rejects.toMatchObject(unavailable);
    answer = { status: 200, body: '<html>' };
    await expect(subject.verify(token)).rejects.toMatchObject(unavailable);
    answer = { status: 200, body: '{"keys": 1}' };
    await expect(subject.verify(token)).rejects.toMatchObject(unavailable);
    answer = { status: 200, body: JSON.stringify({ keys: [keys['rsa-1']?.jwk] }) };
    await expect(subject.verify(token)).resolves.toBeDefined();
    const nobody = verifier({ JWT_JWKS_URL: 'http://127.0.0.1:9/jwks.json' });
    await expect(nobody.verify(token)).rejects.toMatchObject(unavailable);
  });
});
