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
    for (const address of new Set(named.filter((at) => at !== '/docs/events'))) {
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
