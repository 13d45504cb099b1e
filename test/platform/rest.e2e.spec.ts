import { Agent, request } from 'node:http';
import { Database } from '#libs/platform/database';
import { World, type Person } from '../support/world.js';

const ROOMS = '/api/v1/chat/rooms';

describe('REST answers', () => {
  let world: World;
  let customer: Person;
  let staff: Person;
  let host: Person;
  let room: string;
  beforeAll(async () => {
    world = await World.start();
    [customer, staff, host] = [world.person('customer'), world.person('staff'), world.host()];
    room = await world.serviceRoom([customer, staff]);
  });
  afterAll(() => world.stop());

  const failure = (code: string) => ({
    success: false,
    error: expect.any(String),
    code,
    details: expect.any(Array),
  });
  const post = (body: string | object, headers: Record<string, string> = {}) =>
    customer.rest.call('POST', `${ROOMS}/${room}/messages`, body, headers);

  describe('the envelope', () => {
    it('keeps connections longer than proxies do', async () => {
      const { headers } = await fetch(`${world.url}/health/live`);
      expect(headers.get('keep-alive')).toBe('timeout=65');
    });

    it('holds data in a success, null where there is nothing to tell', async () => {
      expect((await customer.rest.get(`${ROOMS}/${room}`)).body).toEqual({
        success: true,
        data: expect.objectContaining({ room: expect.any(Object) }),
      });
      expect((await customer.rest.post(`${ROOMS}/${room}/delivered`, {})).body).toEqual({
        success: true,
        data: null,
      });
    });

    it.each(['/api/v1/chat/nothing', '/api/v1', '/nothing/at/all', '/api/v1/chat/rooms/a/b/c/d'])(
      'names an unknown route as such: %s',
      async (path) => {
        const answer = await customer.rest.get(path);
        expect([answer.status, answer.body]).toEqual([404, failure('NOT_FOUND')]);
      },
    );

    it('carries the request id of the client, or one of its own when that is not sane', async () => {
      const idOf = async (given?: string) =>
        (
          await customer.rest.call(
            'GET',
            `${ROOMS}/${room}`,
            undefined,
            given ? { 'x-request-id': given } : {},
          )
        ).headers.get('x-request-id');
      expect(await idOf('trace-1.2_3')).toBe('trace-1.2_3');
      for (const odd of [undefined, 'x'.repeat(65), 'a b', '<script>', 'a=1;b'])
        expect(await idOf(odd)).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('holds no stack traces and no names of the tools it is made of', async () => {
      const answers = await Promise.all([
        customer.rest.get('/api/v1/chat/nothing'),
        customer.rest.get(`${ROOMS}/%E0%A4%A`),
        post('{"message":'),
        post({ message: {} }),
      ]);
      for (const { body, headers } of answers) {
        expect(JSON.stringify(body)).not.toMatch(
          / at |node_modules|\.[jt]s:|stack|zod|typeorm|express|JSON at/i,
        );
        expect(headers.get('x-powered-by')).toBeNull();
      }
    });

    it("answers the short prefix of the document's curl example", async () => {
      expect((await customer.rest.get(`/v1/chat/rooms/${room}`)).status).toBe(200);
    });
  });

  describe('bad bodies', () => {
    it.each([
      ['malformed JSON', '{"message":'],
      ['no JSON at all', 'message=hello'],
      ['a bare text', '"hello"'],
      ['a bare number', '7'],
      ['null', 'null'],
      ['a list', '[{"message":"x"}]'],
      ['a __proto__ key', '{"message":"x","metadata":{"__proto__":{"admin":true}}}'],
      ['a __proto__ key on top', '{"message":"x","__proto__":{"admin":true}}'],
      ['NUL', '{"message":"a\\u0000b"}'],
      ['a lone surrogate', '{"message":"a\\ud83d"}'],
      ['NUL in a key', '{"message":"a","metadata":{"a\\u0000":1}}'],
      ['deep nesting', `{"message":"x","metadata":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`],
      ['50,000 levels', `{"message":"x","metadata":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
      ['too many values', JSON.stringify({ message: 'x', metadata: { list: new Array(3_000).fill(0) } })],
      ['a message that is an object', '{"message":{"toString":1}}'],
      ['a message that is a list', '{"message":["a"]}'],
      ['an unknown type', '{"message":"x","message_type":"constructor"}'],
      ['an object as client id', '{"message":"x","client_id":{}}'],
      ['metadata that is a list', '{"message":"x","metadata":[1]}'],
      ['9 kB of metadata', JSON.stringify({ message: 'x', metadata: { a: 'x'.repeat(9_000) } })],
    ])('%s is a validation error', async (_name, body) => {
      const answer = await post(body);
      expect([answer.status, answer.body]).toEqual([400, failure('VALIDATION_ERROR')]);
    });

    it('six attachments are too many files', async () => {
      const answer = await post({ message: 'x', attachments: new Array(6).fill({ file_id: 'a' }) });
      expect([answer.status, answer.body]).toEqual([
        400,
        { ...failure('TOO_MANY_FILES'), details: [{ max_files: 5 }] },
      ]);
    });

    it('null stands for a field that is left out', async () => {
      const nothing = { metadata: null, client_id: null, temp_id: null, location: null, attachments: null };
      const other = await world.serviceRoom([customer]);
      const body = { message: 'x', reply_to: null, ...nothing };
      expect((await customer.rest.post(`${ROOMS}/${other}/messages`, body)).status).toBe(201);
    });

    it('names the field that is wrong', async () => {
      const { body } = await post({ message: 'x', message_type: 'poem', metadata: 7 });
      expect(body.details.map(({ field }) => field)).toEqual(['message_type', 'metadata']);
    });

    it.each([
      ['text/plain', '{"message":"x"}'],
      ['application/x-www-form-urlencoded', 'message=x'],
      ['application/xml', '<message/>'],
      ['nonsense', '{"message":"x"}'],
      ['application/json; charset=latin1', '{"message":"x"}'],
    ])('the content type %s is not supported', async (type, body) => {
      const answer = await post(body, { 'content-type': type });
      expect([answer.status, answer.body]).toEqual([415, failure('UNSUPPORTED_MEDIA_TYPE')]);
    });

    it('an unknown or broken content encoding is refused', async () => {
      expect((await post('{"message":"x"}', { 'content-encoding': 'odd' })).status).toBe(415);
      const broken = await post('{"message":"x"}', { 'content-encoding': 'gzip' });
      expect([broken.status, broken.body]).toEqual([400, failure('VALIDATION_ERROR')]);
    });

    it('300 kB is too large', async () => {
      const answer = await post({ message: 'x'.repeat(300 * 1024) });
      expect([answer.status, answer.body]).toEqual([413, failure('PAYLOAD_TOO_LARGE')]);
      expect(answer.body.details).toEqual([{ limit_bytes: 262_144 }]);
      expect(answer.body.error).toContain('262144 bytes');
    });

    it('unknown fields are dropped and never stored', async () => {
      const sent = await post({ message: 'kept', id: 'mine', seq: 99, sender: { id: 1 }, is_admin: true });
      expect(sent.status).toBe(201);
      expect(JSON.stringify(sent.body.data)).not.toMatch(/is_admin|"mine"/);
      const rows = await world.server.app
        .get(Database)
        .query('SELECT * FROM messages WHERE content = $1', ['kept']);
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toMatch(/is_admin|"mine"/);
    });

    it('nothing bad was stored', async () => {
      const { body } = await customer.rest.get<{ messages: { message: string }[] }>(
        `${ROOMS}/${room}/messages`,
      );
      expect(body.data.messages.map(({ message }) => message).filter((text) => text !== 'kept')).toEqual([]);
      expect(({} as Record<string, unknown>).admin).toBeUndefined();
    });

    it('a message that is too long tells both lengths, in characters as people count them', async () => {
      const answer = await post({ message: '😀'.repeat(2_001) });
      expect([answer.status, answer.body]).toEqual([
        400,
        { ...failure('MESSAGE_TOO_LONG'), details: [{ max_length: 2_000, current_length: 2_001 }] },
      ]);
    });
  });

  describe('bad queries', () => {
    it.each([
      'page=0',
      'page=-1',
      'page=1.5',
      'page=NaN',
      'page=Infinity',
      'page=1e400',
      'page=abc',
      'page=',
      'page=99999999999999999999',
      'page=1&page=2',
      'per_page=0',
      'per_page=101',
      'per_page=-5',
      'per_page=50.5',
      'per_page=all',
      'before=yesterday',
      'before=2024-13-45',
      'after_seq=-1',
      'after_seq=1e30',
      'message_type=poem',
      'search=%00',
      'search=%ED%A0%80%00',
      '__proto__=1',
    ])('%s is a validation error', async (query) => {
      const answer = await customer.rest.get(`${ROOMS}/${room}/messages?${query}`);
      expect([answer.status, answer.body]).toEqual([400, failure('VALIDATION_ERROR')]);
    });

    it.each([
      'page=1000000&per_page=100',
      'per_page=100',
      'page=2',
      'unknown=1',
      'page[a]=1&page[b]=2',
      'search=%25_\\',
      'search=%ZZ',
    ])('%s is fine', async (query) =>
      expect((await customer.rest.get(`${ROOMS}/${room}/messages?${query}`)).status).toBe(200),
    );
  });

  describe('ids that cannot exist', () => {
    const ids = [
      'nothing',
      'service_',
      'service_%00',
      '%00',
      '0',
      '-1',
      'null',
      'undefined',
      '__proto__',
      'constructor',
      "'%20OR%201=1--",
      '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
      '0190a5c2-7e8b-7c3d-9f10',
      '%F0%9F%98%80',
      '%20',
      'x'.repeat(3_000),
      '..%2f..%2fetc%2fpasswd',
    ];

    it.each(ids)('the room %s is unknown', async (id) => {
      for (const path of [`${ROOMS}/${id}`, `${ROOMS}/${id}/messages`, `${ROOMS}/${id}/online`]) {
        const answer = await customer.rest.get(path);
        expect([path, answer.status, answer.body]).toEqual([path, 404, failure('ROOM_NOT_FOUND')]);
      }
      const sent = await customer.rest.post(`${ROOMS}/${id}/messages`, { message: 'x' });
      expect([sent.status, sent.body.code]).toEqual([404, 'ROOM_NOT_FOUND']);
    });

    it.each(ids)('the message %s is unknown', async (id) => {
      const answer = await customer.rest.get(`/api/v1/chat/messages/${id}`);
      expect([answer.status, answer.body]).toEqual([404, failure('MESSAGE_NOT_FOUND')]);
    });

    it.each(ids)('the person and the business object %s are unknown to the directory', async (id) => {
      for (const path of [`users/${id}`, `contexts/booking/${id}`, `contexts/${id}/1`]) {
        const answer = await host.rest.get(`/api/v1/chat/directory/${path}`);
        expect([path, answer.status, answer.body]).toEqual([path, 404, failure('NOT_FOUND')]);
      }
    });

    it.each([
      [`${ROOMS}/%E0%A4%A`, 'ROOM_NOT_FOUND'],
      [`${ROOMS}/%/messages`, 'ROOM_NOT_FOUND'],
      ['/api/v1/chat/messages/%ff', 'MESSAGE_NOT_FOUND'],
      ['/api/chat/rooms/%ff%C3%BC', 'CHAT_ROOM_NOT_FOUND'],
    ])('what is no text when decoded, as in %s, is unknown', async (path, code) => {
      const answer = await customer.rest.get(path);
      expect([answer.status, answer.body]).toEqual([404, failure(code)]);
    });

    it('a person whose id cannot be is nobody: nothing to erase, to ban, to mute or to give a role', async () => {
      expect((await host.rest.delete('/api/v1/chat/directory/users/%00')).status).toBe(200);
      for (const [method, path, body] of [
        ['DELETE', 'participants/%00', undefined],
        ['PUT', 'participants/%00/role', { role: 'admin' }],
        ['PUT', 'participants/%00/mute', {}],
        ['DELETE', 'bans/%00', undefined],
      ] as const) {
        const call = (id: string) =>
          host.rest.call(method, `${ROOMS}/${room}/${path.replace('%00', id)}`, body);
        const [impossible, unknown] = [await call('%00'), await call('nobody-at-all')];
        expect([path, impossible.status, impossible.body.code]).toEqual([
          path,
          unknown.status,
          unknown.body.code,
        ]);
      }
    });

    it('a path and headers beyond measure do not stop the server', async () => {
      expect((await customer.rest.get(`${ROOMS}/${'%00'.repeat(4_000)}`)).status).toBeGreaterThanOrEqual(400);
      expect(await rawStatus(world.url, `/${'a'.repeat(20_000)}`)).toBe(431);
      expect((await customer.rest.get(`${ROOMS}/${room}`)).status).toBe(200);
    });
  });
});

describe('too many requests', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '5' })));
  afterAll(() => world.stop());

  it('are told how long to wait, each user on their own', async () => {
    const [hasty, calm] = [world.person(), world.person()];
    const statuses: number[] = [];
    for (let call = 0; call < 6; call += 1) statuses.push((await hasty.rest.get(ROOMS)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    const refused = await hasty.rest.get(ROOMS);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(refused.body).toEqual({
      success: false,
      error: expect.stringContaining('Too many'),
      code: 'RATE_LIMITED',
      details: [{ retry_after: wait }],
    });
    expect((await calm.rest.get(ROOMS)).status).toBe(200);
  });

  it('count by address without a valid token only: many people may share one', async () => {
    for (let n = 0; n < 12; n += 1) expect((await world.person().rest.get(ROOMS)).status).toBe(200);
    const statuses: number[] = [];
    for (let call = 0; call < 6; call += 1) statuses.push((await world.anonymous().get(ROOMS)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await world.person().rest.get(ROOMS)).status).toBe(200);
  });
});

function rawStatus(url: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, agent: new Agent() }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
