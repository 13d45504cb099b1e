import { request } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RestClient } from '../support/rest-client.js';
import { World } from '../support/world.js';

const ASSETS = join('apps', 'api', 'public', 'assets');

/** Addresses that a text names in src, href, import and fetch. */
const addressesIn = (text: string): string[] =>
  [...text.matchAll(/(?:src|href|from|import\(|fetch\()\s*=?\s*['"]([^'"#]+)['"]/g)].map(
    ([, at]) => at as string,
  );

describe('the page at /', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it('has a policy that forbids inline and foreign code, and keeps to it', async () => {
    const page = await fetch(world.url);
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|upgrade-insecure|https?:/);
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i);
  });

  it('loads everything it names from this server', async () => {
    const files = (await readdir(ASSETS)).filter((name) => name.endsWith('.js'));
    const sources = await Promise.all(files.map((name) => readFile(join(ASSETS, name), 'utf8')));
    const named = [await (await fetch(world.url)).text(), ...sources].flatMap(addressesIn);
    expect(named).toEqual(
      expect.arrayContaining(['/assets/app.js', '/socket.io/socket.io.esm.min.js', '/docs']),
    );
    for (const address of new Set(named)) {
      expect(address).toMatch(/^\//);
      expect({ address, status: (await fetch(world.url + address)).status }).toEqual({
        address,
        status: 200,
      });
    }
  });

  it('never makes HTML of what people write', async () => {
    for (const name of await readdir(ASSETS)) {
      expect(await readFile(join(ASSETS, name), 'utf8')).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
      );
    }
  });

  it('offers the live chat in development, with tokens that work', async () => {
    expect(await (await fetch(`${world.url}/assets/environment.json`)).json()).toMatchObject({
      development: true,
    });
    const made = await world.anonymous().post<{ token: string }>('/dev/tokens', {
      sub: 123,
      role: 'customer',
      name: 'First Customer',
    });
    expect(made.status).toBe(201);
    expect((await new RestClient(world.url, made.body.data.token).get('/api/v1/chat/rooms')).status).toBe(
      200,
    );
  });

  /** Asks for a token with exactly these headers, which fetch would not send. */
  const tokenStatus = (
    headers: Record<string, string | undefined>,
    body: object = { sub: 123, role: 'customer' },
    url = world.url,
  ): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(url);
      const sent = { 'content-type': 'application/json', ...headers };
      const options = { host: '127.0.0.1', port, method: 'POST', path: '/dev/tokens', headers: sent };
      request(options, (response) => resolve(response.resume().statusCode ?? 0))
        .on('error', reject)
        .end(JSON.stringify(body));
    });

  it('makes tokens for programs and pages of this machine alone, whoever brings the request here', async () => {
    for (const own of [{}, { origin: 'http://localhost:5173', host: 'localhost:3000' }])
      expect([own, await tokenStatus(own)]).toEqual([own, 201]);
    for (const foreign of [
      { 'x-forwarded-for': '203.0.113.9' },
      { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' },
      { forwarded: 'for=127.0.0.1' },
      { host: 'rebound.example:3000' },
      {
        host: 'rebound.example:3000',
        origin: 'http://rebound.example:3000',
        'sec-fetch-site': 'same-origin',
      },
      { origin: 'https://shop.example' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      expect([foreign, await tokenStatus(foreign)]).toEqual([foreign, 403]);
  });

  it('believes no proxy about the address either', async () => {
    const behind = await World.start({ TRUST_PROXY: '1' });
    try {
      expect(await tokenStatus({ 'x-forwarded-for': '127.0.0.1' }, undefined, behind.url)).toBe(403);
    } finally {
      await behind.stop();
    }
  });

  it('makes tokens of the roles that the page needs, and of no other', async () => {
    const status = (role: string): Promise<number> => tokenStatus({}, { sub: 1, role });
    for (const role of ['customer', 'staff', 'service'])
      expect([role, await status(role)]).toEqual([role, 201]);
    for (const role of ['admin', 'support', 'provider'])
      expect([role, await status(role)]).toEqual([role, 400]);
  });

  it('does not offer it in production, where nobody gets a token', async () => {
    const production = await World.start({ NODE_ENV: 'production', HOST: '127.0.0.1' });
    try {
      expect(await (await fetch(`${production.url}/assets/environment.json`)).json()).toMatchObject({
        development: false,
      });
      expect((await production.anonymous().post('/dev/tokens', { sub: 1, role: 'admin' })).status).toBe(404);
      expect((await fetch(production.url)).status).toBe(200);
    } finally {
      await production.stop();
    }
  });
});
