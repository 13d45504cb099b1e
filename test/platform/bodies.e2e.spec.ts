import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { RawConnection } from '../support/raw-connection.js';
import { World, type Person } from '../support/world.js';

const ROOMS = '/api/v1/chat/rooms';
const MARK = 'bodies-spec-mark';
const CHUNK = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
/** What a refused client gets rid of before it is cut off: what is read, and what lies in buffers on the way. */
const MOST_TAKEN = 256 * 1_048_576;

describe('bodies', () => {
  let world: World;
  let customer: Person;
  let room: string;
  let parsed: jest.SpiedFunction<typeof JSON.parse>;
  const connections: RawConnection[] = [];

  beforeAll(async () => {
    world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '8' });
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  beforeEach(() => (parsed = jest.spyOn(JSON, 'parse')));
  afterEach(() => {
    parsed.mockRestore();
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => world.stop());

  const wasParsed = (): boolean => parsed.mock.calls.some(([text]) => String(text).includes(MARK));
  const connection = async (): Promise<RawConnection> => {
    const opened = await RawConnection.to(world.url);
    connections.push(opened);
    return opened;
  };
  const json = { 'Content-Type': 'application/json' };
  const chunked = { ...json, 'Transfer-Encoding': 'chunked' };
  const asCustomer = (): Record<string, string> => ({ Authorization: `Bearer ${customer.token}` });
  const path = (): string => `${ROOMS}/${room}/messages`;

  describe('of those who may not call are never parsed', () => {
    it('without a token', async () => {
      for (const body of [`{"message":"${MARK}"}`, `{"message":"${MARK}`, `${'['.repeat(50_000)}"${MARK}"`])
        expect((await world.anonymous().post(path(), body)).status).toBe(401);
      expect(wasParsed()).toBe(false);
    });

    it('without the right', async () => {
      const user = '/api/v1/chat/directory/users/1';
      expect((await world.person('customer').rest.put(user, `{"name":"${MARK}"}`)).status).toBe(403);
      expect(wasParsed()).toBe(false);
      expect((await world.person('admin').rest.put(user, `{"name":"${MARK}"}`)).status).toBe(200);
      expect(wasParsed()).toBe(true);
    });

    it('beyond the rate', async () => {
      const hasty = world.person('customer');
      const send = async (): Promise<number> =>
        (await hasty.rest.post(`${ROOMS}/nowhere/messages`, `{"message":"${MARK}"}`)).status;
      for (let call = 0; call < 8; call += 1) expect(await send()).toBe(404);
      parsed.mockClear();
      expect(await send()).toBe(429);
      expect(wasParsed()).toBe(false);
    });

    it('on no route, and where a route takes none', async () => {
      const body = `{"message":"${MARK}"}`;
      expect((await world.anonymous().post('/api/v1/chat/nothing', body)).status).toBe(404);
      expect((await world.person().rest.call('DELETE', `${ROOMS}/nowhere`, body)).status).toBe(404);
      expect(wasParsed()).toBe(false);
    });
  });

  it.each([
    ['nested too deep', `{"message":"${MARK}","metadata":${'['.repeat(100_000)}`],
    ['of too many values', `{"message":"${MARK}","metadata":{"list":[${'0,'.repeat(100_000)}0]}}`],
  ])('what is %s is refused before it is parsed', async (_what, body) => {
    const answer = await world.person('customer').rest.post(path(), body);
    expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(wasParsed()).toBe(false);
  });

  it('the answer to what is announced as too large does not wait for it', async () => {
    const client = await connection();
    client.head(`POST ${path()}`, { ...json, ...asCustomer(), 'Content-Length': '300000' });
    expect(await client.status()).toBe(413);
  });

  it.each([
    ['without a token', 401, {}],
    ['too large', 413, undefined],
  ])('who sends on and on, %s, is answered and cut off', async (_what, status, token) => {
    const client = await connection();
    client.head(`POST ${path()}`, { ...chunked, ...(token ?? asCustomer()) });
    client.flood(CHUNK);
    expect(await client.status()).toBe(status);
    await client.cut();
    expect(client.sentBytes).toBeLessThan(MOST_TAKEN);
  });

  it('who sends on and on with a request that takes no body is cut off as well', async () => {
    const client = await connection();
    client.head('GET /openapi.json', chunked);
    client.flood(CHUNK);
    expect(await client.status()).toBe(200);
    await client.cut();
  });

  it('a connection serves the next request after a refused body', async () => {
    const client = await connection();
    client.head(`POST ${path()}`, { ...json, 'Content-Length': '2' });
    client.write('{}');
    expect(await client.status()).toBe(401);
    client.received = '';
    client.head('GET /health/live', {});
    expect(await client.status()).toBe(200);
  });

  it('what unpacks to more than the limit is too large', async () => {
    const bomb = gzipSync(JSON.stringify({ message: 'x'.repeat(10_000_000) }));
    const client = await connection();
    const headers = { ...json, ...asCustomer(), 'Content-Encoding': 'gzip' };
    client.head(`POST ${path()}`, { ...headers, 'Content-Length': String(bomb.length) });
    client.write(bomb);
    expect(await client.status()).toBe(413);
  });

  it('JSON is UTF-8', async () => {
    const answer = await world
      .person('customer')
      .rest.call('POST', path(), '{"message":"x"}', { 'content-type': 'application/json; charset=utf-16' });
    expect([answer.status, answer.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('who need not say who they are may send little', async () => {
    const answer = await world.anonymous().post('/dev/tokens', { sub: 1, name: 'x'.repeat(20_000) });
    expect([answer.status, answer.body.details]).toEqual([413, [{ limit_bytes: 16_384 }]]);
  });
});
