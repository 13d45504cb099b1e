import { jest } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JwtService } from '@nestjs/jwt';
import { TEST_SECRET } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';
import { World } from '../support/world.js';
import { cli, run } from './cli.js';

const jwt = new JwtService();
interface Claims {
  exp?: number;
  iat?: number;
}

const FIRST = ['--sub', '123', '--role', 'customer', '--name', 'First Customer'];

// Each runs a program of its own, and may have to wait for a build.
jest.setTimeout(90_000);

describe('npm run token', () => {
  const secret = { JWT_SECRET: TEST_SECRET };

  it('prints a token and nothing else, as the README has it', async () => {
    const made = await run('npm', ['run', '-s', 'token', '--', ...FIRST], secret);
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const claims = jwt.verify<Claims>(made.stdout.trim(), { secret: TEST_SECRET, algorithms: ['HS256'] });
    expect(claims).toMatchObject({ sub: '123', role: 'customer', name: 'First Customer' });
    expect((claims.exp as number) - (claims.iat as number)).toBe(12 * 3600);
  });

  it('is a customer for 30 minutes when told no role and --expires 30m', async () => {
    const made = await cli('token', ['--sub', 'u-1', '--expires', '30m'], secret);
    const claims = jwt.decode<Claims>(made.stdout.trim());
    expect(claims).toMatchObject({ sub: 'u-1', role: 'customer' });
    expect(claims).not.toHaveProperty('name');
    expect((claims.exp as number) - (claims.iat as number)).toBe(1800);
  });

  it('carries the issuer and audience that the server checks', async () => {
    const env = { ...secret, JWT_ISSUER: 'https://host.example', JWT_AUDIENCE: 'chat' };
    const world = await World.start({ JWT_ISSUER: env.JWT_ISSUER, JWT_AUDIENCE: env.JWT_AUDIENCE });
    try {
      const withThem = (await cli('token', FIRST, env)).stdout.trim();
      const without = (await cli('token', FIRST, secret)).stdout.trim();
      expect((await new RestClient(world.url, withThem).get('/api/v1/chat/rooms')).status).toBe(200);
      expect((await new RestClient(world.url, without).get('/api/v1/chat/rooms')).status).toBe(401);
    } finally {
      await world.stop();
    }
  });

  it.each([
    ['no --sub', [], '--sub is missing'],
    ['an empty --sub', ['--sub', ' '], '--sub'],
    ['an unknown role', ['--sub', '1', '--role', 'king'], 'there is no role "king"'],
    ['an unknown option', ['--sub', '1', '--colour', 'red'], '--colour'],
    ['a stray argument', ['123'], '123'],
    ['a malformed duration', ['--sub', '1', '--expires', 'soon'], '--expires'],
  ])('answers %s with its usage and exit code 2', async (_what, args, said) => {
    const made = await cli('token', args, secret);
    expect(made).toMatchObject({ code: 2, stdout: '' });
    expect(made.stderr).toContain(said);
    expect(made.stderr).toContain('Usage: npm run -s token');
  });

  it('says why it cannot sign: keys of an issuer, or a wrong configuration', async () => {
    const byIssuer = await cli('token', FIRST, { JWT_JWKS_URL: 'https://host.example/jwks.json' });
    expect(byIssuer).toMatchObject({ code: 1, stdout: '' });
    expect(byIssuer.stderr).toContain('JWT_JWKS_URL');
    const tooShort = await cli('token', FIRST, { JWT_SECRET: 'short-secret' });
    expect(tooShort).toMatchObject({ code: 1, stdout: '' });
    expect(tooShort.stderr).toMatch(/JWT_SECRET: must have at least 16 characters/);
    expect(tooShort.stderr).not.toContain('short-secret');
  });

  describe('without JWT_SECRET', () => {
    let dataDir: string;
    beforeEach(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'switchboard-token-'));
      await chmod(dataDir, 0o755);
    });
    afterEach(() => rm(dataDir, { recursive: true, force: true }));

    it('signs for the server that runs on the same DATA_DIR', async () => {
      const world = await World.start({ JWT_SECRET: '', DATA_DIR: dataDir });
      try {
        const made = await cli('token', FIRST, { DATA_DIR: dataDir });
        const client = new RestClient(world.url, made.stdout.trim());
        expect((await client.get('/api/v1/chat/rooms')).status).toBe(200);
      } finally {
        await world.stop();
      }
    });

    it('makes the secret that a server started later uses, for its owner only', async () => {
      const made = await cli('token', FIRST, { DATA_DIR: dataDir });
      const file = join(dataDir, 'jwt-secret');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(() => jwt.verify(made.stdout.trim(), { secret: '' })).toThrow();
      jwt.verify(made.stdout.trim(), { secret: (await readFile(file, 'utf8')).trim() });
    });
  });
});
