import { ConfigError, loadConfig } from './load-config.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET: 'a-secret-of-sixteen-or-more',
  DATABASE_URL: 'postgres://user:pw@db.example.com/chat',
  CORS_ALLOWED_ORIGINS: 'https://app.example.com, https://admin.example.com/',
};

function faultsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('starts with nothing set: development on this machine, embedded database, own secret', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      production: false,
      http: { port: 3000, host: '127.0.0.1', allowedOrigins: undefined },
      database: { url: undefined },
      jwt: { secret: undefined, jwksUrl: undefined, requireExpiry: false },
      messages: { perMinute: 100, maxLength: 2000 },
      presence: { typingTimeoutMs: 10_000 },
      marketplace: { typingTimeoutMs: 3_000, connectionsPerUser: 3 },
      sockets: { authenticateWithinMs: 10_000 },
    });
    expect(config.dataDir).toMatch(/\/\.data$/);
  });

  it('counts an empty or blank variable as unset, and cuts spaces', () => {
    expect(loadConfig({ PORT: '', HOST: '   ', DATABASE_URL: '' }).http.port).toBe(3000);
    expect(loadConfig({ PORT: ' 8080 ' }).http.port).toBe(8080);
    expect(loadConfig({ PORT: '0' }).http.port).toBe(0);
  });

  const wrong: [string, string][] = [
    ['PORT', '99999'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['PORT', '3000 # the port'],
    ['NODE_ENV', 'staging'],
    ['DATABASE_URL', 'mysql://user:hunter2@db/chat'],
    ['DATABASE_URL', 'db.example.com'],
    ['REDIS_URL', 'http://cache'],
    ['JWT_SECRET', 'short-secret'],
    ['JWT_JWKS_URL', 'ftp://keys.example.com'],
    ['CORS_ALLOWED_ORIGINS', 'shop.example.org'],
    ['CORS_ALLOWED_ORIGINS', 'https://shop.example.org/path'],
    ['LOG_LEVEL', 'loud'],
    ['DIRECTORY_STRICT', 'maybe'],
    ['EMBEDDED_DATABASE', 'perhaps'],
    ['CHAT_MESSAGE_LIMIT', '0'],
    ['DATABASE_POOL_SIZE', 'ten'],
  ];
  it.each(wrong)('refuses %s=%s, naming the variable and not the value', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name}: must `));
    expect(faults[0]).not.toContain(value);
  });

  it('tells every fault in one go, one line each, also those of what belongs together', () => {
    const env = {
      NODE_ENV: 'production',
      PORT: 'seventy',
      LOG_LEVEL: 'loud-as-it-gets',
      JWT_JWKS_URL: 'keys-of-the-host',
      CORS_ALLOWED_ORIGINS: '*',
      TRUST_PROXY: 'everyone',
    };
    expect(faultsOf(env).map((fault) => fault.split(':')[0])).toEqual(
      expect.arrayContaining([
        'PORT',
        'LOG_LEVEL',
        'JWT_JWKS_URL',
        'TRUST_PROXY',
        'DATABASE_URL',
        'CORS_ALLOWED_ORIGINS',
      ]),
    );
    expect(() => loadConfig(env)).toThrow(/\n {2}PORT: [^\n]+\n/);
    for (const value of ['seventy', 'loud-as-it-gets', 'keys-of-the-host', 'everyone'])
      expect(faultsOf(env).join()).not.toContain(value);
  });

  describe('in production', () => {
    it('accepts a whole environment', () => {
      expect(loadConfig(PRODUCTION)).toMatchObject({
        production: true,
        http: { host: '0.0.0.0', allowedOrigins: ['https://app.example.com', 'https://admin.example.com'] },
        log: { format: 'json' },
        jwt: { requireExpiry: true },
      });
    });

    it('allows no browser origin but its own when none is listed', () => {
      expect(loadConfig({ ...PRODUCTION, CORS_ALLOWED_ORIGINS: '' }).http.allowedOrigins).toEqual([]);
    });

    it.each([
      ['JWT_SECRET', 'no generated secret'],
      ['DATABASE_URL', 'no embedded database'],
    ])('refuses to start without %s: %s', (name) => {
      expect(faultsOf({ ...PRODUCTION, [name]: '' })).toEqual([
        expect.stringMatching(`^${name}: is required`),
      ]);
    });

    it('takes the embedded database where it is asked for, and names both ways where none is', () => {
      const without = { ...PRODUCTION, DATABASE_URL: '' };
      const [fault] = faultsOf(without);
      for (const name of ['DATABASE_URL', 'EMBEDDED_DATABASE=true']) expect(fault).toContain(name);
      expect(loadConfig({ ...without, EMBEDDED_DATABASE: 'true' }).database.url).toBeUndefined();
      expect(faultsOf({ ...without, EMBEDDED_DATABASE: 'false' })).toEqual([
        expect.stringMatching(/^DATABASE_URL: is required/),
      ]);
      expect(faultsOf({ ...PRODUCTION, EMBEDDED_DATABASE: 'true' })).toEqual([
        expect.stringMatching(/^EMBEDDED_DATABASE: must not/),
      ]);
      expect(loadConfig({ ...PRODUCTION, EMBEDDED_DATABASE: 'false' }).database.url).toBeDefined();
    });

    it('refuses any-origin', () => {
      expect(faultsOf({ ...PRODUCTION, CORS_ALLOWED_ORIGINS: 'https://a.example.com,*' })).toHaveLength(1);
    });

    it('takes a JWKS instead of a secret, and not both', () => {
      const keys = { JWT_JWKS_URL: 'https://keys.example.com/jwks.json' };
      expect(faultsOf({ ...PRODUCTION, ...keys, JWT_SECRET: '' })).toEqual([]);
      expect(faultsOf({ ...PRODUCTION, ...keys })).toEqual([expect.stringMatching(/^JWT_SECRET: /)]);
    });
  });
});
