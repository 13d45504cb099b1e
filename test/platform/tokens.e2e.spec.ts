import type { JwtSignOptions } from '@nestjs/jwt';
import { Database } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { UserChanged } from '#libs/directory';
import { ONE_NODE, World } from '../support/world.js';
import { RestClient } from '../support/rest-client.js';
import { signToken } from '../support/sign-token.js';
import { TEST_SECRET } from '../support/app.js';

const PATH = '/api/v1/chat/rooms';

describe('tokens on REST', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({}, ONE_NODE)));
  afterAll(() => world.stop());

  const with_ = (headers: Record<string, string>, path = PATH) =>
    world.anonymous().call('GET', path, undefined, headers);

  it('are taken from the Authorization header, whatever the case of its scheme', async () => {
    const { token } = world.person();
    for (const header of [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token} `])
      expect((await with_({ authorization: header })).status).toBe(200);
  });

  it('are taken from nowhere else', async () => {
    const { token } = world.person();
    for (const [headers, path] of [
      [{}, `${PATH}?token=${token}`],
      [{}, `${PATH}?access_token=${token}&authorization=Bearer%20${token}`],
      [{ cookie: `token=${token}; authorization=Bearer ${token}` }, PATH],
      [{ 'x-access-token': token }, PATH],
      [{ authorization: token }, PATH],
      [{ authorization: `Basic ${token}` }, PATH],
      [{ authorization: `Bearer ${token} extra` }, PATH],
      [{ authorization: 'Bearer' }, PATH],
      [{ authorization: 'Bearer null' }, PATH],
    ] as [Record<string, string>, string][]) {
      const { status, body } = await with_(headers, path);
      expect([headers, path, status, body.code]).toEqual([headers, path, 401, 'UNAUTHORIZED']);
    }
  });

  it('are refused when they are expired, unsigned, foreign or name an unknown role', async () => {
    const claims = { sub: '1', role: 'admin' };
    const unsigned = signToken(claims, '', { algorithm: 'none' });
    for (const token of [
      world.token(claims, { expiresIn: -60 }),
      world.token({ ...claims, role: 'root' }),
      world.token({ role: 'admin' }),
      signToken(claims, `${TEST_SECRET}x`),
      signToken(claims, TEST_SECRET, { algorithm: 'HS512' }),
      unsigned,
    ])
      expect((await with_({ authorization: `Bearer ${token}` })).status).toBe(401);
  });

  it('keep their subject as text and show it as a number where it is one', async () => {
    for (const [sub, shown] of [
      [880001, 880001],
      ['880002', 880002],
      ['user-880003', 'user-880003'],
      ['00880004', '00880004'],
    ]) {
      await new RestClient(world.url, world.token({ sub, name: 'A' } as Record<string, unknown>)).get(PATH);
      const { body } = await world.host().rest.get(`/api/v1/chat/directory/users/${sub}`);
      expect(body.data).toMatchObject({ id: shown, name: 'A' });
    }
  });
});

describe('the person of a token', () => {
  let world: World;
  let changes: string[];
  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    world.server.app.get(EventBus).on(UserChanged, ({ user }) => void changes.push(user.id));
  });
  beforeEach(() => void (changes = []));
  afterAll(() => world.stop());

  const call = (claims: Record<string, unknown>, expiresIn: JwtSignOptions['expiresIn'] = '1h') =>
    new RestClient(world.url, world.token(claims, { expiresIn })).get(PATH);
  const stored = async (id: string) => {
    const rows = await world.server.app
      .get(Database)
      .query<Record<string, unknown>>('SELECT * FROM users WHERE id = $1', [id]);
    return rows[0];
  };

  it('is made by the first valid token and by no invalid one', async () => {
    await new RestClient(world.url, world.token({ sub: 'new-1' }, { expiresIn: -60 })).get(PATH);
    expect(await stored('new-1')).toBeUndefined();
    await call({
      sub: 'new-1',
      role: 'agent',
      first_name: 'Mike',
      last_name: 'Johnson',
      email: 'm@example.com',
    });
    expect(await stored('new-1')).toMatchObject({
      role: 'agent',
      name: null,
      first_name: 'Mike',
      last_name: 'Johnson',
      email: 'm@example.com',
      placeholder: false,
    });
    expect(changes).toEqual(['new-1']);
  });

  it('changes only when the claims of the token changed', async () => {
    const claims = { sub: 'same-1', name: 'Before', avatar: 'https://a.example.com/1.png' };
    await call(claims);
    const first = await stored('same-1');
    await call(claims);
    await call(claims, '2h');
    expect(await stored('same-1')).toEqual(first);
    expect(changes).toEqual(['same-1']);
    await call({ ...claims, name: 'After' });
    expect(await stored('same-1')).toMatchObject({ name: 'After', avatar: 'https://a.example.com/1.png' });
    expect(changes).toEqual(['same-1', 'same-1']);
  });

  it('keeps what the host said, until the token says something new', async () => {
    const claims = { sub: 'host-1', name: 'Of the token' };
    await call(claims);
    await world.host().rest.put('/api/v1/chat/directory/users/host-1', { name: 'Of the host' });
    await call(claims);
    expect(await stored('host-1')).toMatchObject({ name: 'Of the host' });
    await call({ ...claims, email: 'new@example.com' });
    expect(await stored('host-1')).toMatchObject({ name: 'Of the token', email: 'new@example.com' });
  });

  it('keeps fields that a later token leaves out, and follows its role', async () => {
    await call({ sub: 'less-1', name: 'Known', email: 'k@example.com', role: 'customer' });
    await call({ sub: 'less-1', role: 'staff' });
    expect(await stored('less-1')).toMatchObject({ name: 'Known', email: 'k@example.com', role: 'staff' });
  });

  it('is nobody for the host platform itself', async () => {
    await call({ sub: 'the-host', role: 'service', name: 'Host' });
    expect(await stored('the-host')).toBeUndefined();
  });

  it('is made once by many requests at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call({ sub: 'many-1', name: 'Many' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(changes).toEqual(['many-1']);
  });
});

describe('while the keys of the host cannot be had', () => {
  let world: World;
  beforeAll(async () => {
    // Nobody listens on port 9 (discard).
    world = await World.start({ JWT_SECRET: '', JWT_JWKS_URL: 'http://127.0.0.1:9/jwks.json' }, ONE_NODE);
  });
  afterAll(() => world.stop());

  it('REST and sockets say that it is not the token, and when to come again', async () => {
    // Without the keys nobody can tell whether its signature is right.
    const [, payload, signature] = signToken({ sub: '1' }, TEST_SECRET, { expiresIn: '1h' }).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT' })).toString('base64url');
    const token = `${header}.${payload}.${signature}`;
    const { status, headers, body } = await new RestClient(world.url, token).get(PATH);
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'SERVICE_UNAVAILABLE', '2']);
    const person = { ...world.person(), token };
    await expect(world.socket(person)).rejects.toMatchObject({ payload: { code: 'SERVICE_UNAVAILABLE' } });
    const root = await world.socket(person, { namespace: '/' });
    expect(await root.waitFor('auth_error')).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect((await world.anonymous().get('/health/live')).status).toBe(200);
  });
});
