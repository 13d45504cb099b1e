import { get } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { Metrics } from '#libs/platform/metrics';
import { ONE_NODE, World } from '../support/world.js';

interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

const ask = (url: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Answer['headers'],
          body: Buffer.concat(chunks),
        }),
      );
    }).on('error', reject);
  });

const DOCUMENTS = [
  '/',
  '/assets/app.js',
  '/docs',
  '/docs/swagger-ui-bundle.js',
  '/docs/events',
  '/openapi.json',
  '/asyncapi.json',
];

describe('pages and documents', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({}, ONE_NODE)));
  afterAll(() => world.stop());

  // That of Swagger UI fits into a packet.
  it.each([...DOCUMENTS.filter((path) => path !== '/docs'), '/metrics'])(
    '%s is compressed for who takes it so',
    async (path) => {
      const plain = await ask(world.url + path);
      expect(plain).toMatchObject({
        status: 200,
        headers: { vary: expect.stringContaining('Accept-Encoding') },
      });
      expect(plain.headers['content-encoding']).toBeUndefined();
      const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
      for (const [encoding, unpacked] of Object.entries(unpack)) {
        const packed = await ask(world.url + path, { 'accept-encoding': encoding });
        expect(packed.headers['content-encoding']).toBe(encoding);
        expect(packed.body.length).toBeLessThan(plain.body.length);
        if (path !== '/metrics') expect(unpacked(packed.body).equals(plain.body)).toBe(true);
      }
      const refused = await ask(world.url + path, { 'accept-encoding': 'br;q=0, gzip;q=0' });
      expect(refused.headers['content-encoding']).toBeUndefined();
    },
  );

  it.each(DOCUMENTS)('%s is not sent again to who has it', async (path) => {
    for (const encoding of ['br', 'gzip', 'identity']) {
      const first = await ask(world.url + path, { 'accept-encoding': encoding });
      const tag = first.headers.etag as string;
      const again = await ask(world.url + path, { 'accept-encoding': encoding, 'if-none-match': tag });
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, tag]);
    }
  });

  it('are rendered once, however many ask', async () => {
    const stringify = jest.spyOn(JSON, 'stringify');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask(`${world.url}/openapi.json`, { 'accept-encoding': 'gzip' })),
    );
    const rendered = stringify.mock.calls.filter(([value]) => (value as { openapi?: string })?.openapi);
    stringify.mockRestore();
    expect(new Set(answers.map(({ headers }) => headers.etag)).size).toBe(1);
    expect(rendered.length).toBeLessThanOrEqual(1);
  });

  it('figures are collected once a second, however many ask', async () => {
    const collect = jest.spyOn(world.server.app.get(Metrics).registry, 'metrics');
    const since = performance.now();
    for (let round = 0; round < 5; round += 1)
      await Promise.all(Array.from({ length: 20 }, () => ask(`${world.url}/metrics`)));
    const seconds = (performance.now() - since) / 1_000;
    expect(collect.mock.calls.length).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    collect.mockRestore();
  });

  it('other methods do not get them', async () => {
    for (const path of DOCUMENTS)
      expect((await world.anonymous().post(path, {})).body).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('pages and documents for one address', () => {
  it.each([...DOCUMENTS, '/metrics', '/docs/', '/api/docs'])('%s: no more than the rate', async (path) => {
    const world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '3' }, ONE_NODE);
    try {
      const answers: Answer[] = [];
      for (let call = 0; call < 4; call += 1) answers.push(await ask(world.url + path));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
      expect(JSON.parse(String(answers[3]?.body))).toMatchObject({ success: false, code: 'RATE_LIMITED' });
      expect(Number(answers[3]?.headers['retry-after'])).toBeGreaterThan(0);
      // Who looks after the server is not refused for what others ask.
      expect((await ask(`${world.url}/health/live`)).status).toBe(200);
    } finally {
      await world.stop();
    }
  });
});
