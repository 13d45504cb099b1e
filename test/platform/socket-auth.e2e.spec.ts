import { World, type Person } from '../support/world.js';
import { SocketClient } from '../support/socket-client.js';

const AUTH_ERRORS = ['auth_error', 'authentication_error', 'error'];

describe('authentication of sockets', () => {
  let world: World;
  let person: Person;
  const open: SocketClient[] = [];
  beforeAll(async () => {
    world = await World.start({ SOCKET_AUTHENTICATE_WITHIN_MS: '1500' });
    person = world.person('agent', {
      name: 'Mike Johnson',
      claims: { avatar: 'https://a.example.com/1.png' },
    });
  });
  afterEach(() => {
    world.disconnectAll();
    for (const client of open.splice(0)) client.close();
  });
  afterAll(() => world.stop());

  const start = (namespace: string, options: Parameters<typeof SocketClient.open>[1] = {}): SocketClient => {
    const client = SocketClient.open(world.url + namespace, options);
    open.push(client);
    return client;
  };
  const expired = () => world.token({ sub: person.id, role: 'agent' }, { expiresIn: -60 });
  /** What was received, but for the greeting of one of the contracts. */
  const ended = (client: SocketClient) =>
    client.received.map(({ event }) => event).filter((event) => event !== 'connection');

  describe('in /chat', () => {
    it.each<[string, () => Parameters<typeof SocketClient.open>[1]]>([
      ['no token', () => ({})],
      ['an empty token', () => ({ auth: { token: '' } })],
      ['a token that is an object', () => ({ auth: { token: { toString: 1 } } })],
      ['a bad token', () => ({ auth: { token: 'not.a.token' } })],
      ['an expired token', () => ({ auth: { token: expired() } })],
      ['a token in the query', () => ({ query: { token: person.token, access_token: person.token } })],
      ['another user id', () => ({ auth: { token: person.token, user_id: 'someone-else' } })],
      ['another userId', () => ({ auth: { token: person.token, user_id: person.id, userId: 1 } })],
      ['an id that is an object', () => ({ auth: { token: person.token, user_id: { toString: 1 } } })],
      ['an id that is a list', () => ({ auth: { token: person.token, user_id: [person.id] } })],
      ['another family', () => ({ auth: { token: person.token, user_type: 'customer' } })],
      ['an unknown type', () => ({ auth: { token: person.token, user_type: 'root' } })],
      ['a type that is an object', () => ({ auth: { token: person.token, user_type: {} } })],
    ])('%s is refused before there is a connection', async (_name, options) => {
      const client = start('/chat', options());
      const refusal = await client.waitFor('connect_error');
      expect(refusal).toEqual({
        message: expect.any(String),
        success: false,
        error: expect.any(String),
        code: 'UNAUTHORIZED',
        details: [],
      });
      expect(client.socket.connected).toBe(false);
      expect(client.of('connect')).toEqual([]);
    });

    it.each<[string, () => Parameters<typeof SocketClient.open>[1]]>([
      ['auth.token', () => ({ auth: { token: person.token } })],
      ['auth.token with its scheme', () => ({ auth: { token: `Bearer ${person.token}` } })],
      ['a header', () => ({ extraHeaders: { authorization: `Bearer ${person.token}` } })],
      ['the same user id', () => ({ auth: { token: person.token, user_id: Number(person.id) } })],
      ['the same family', () => ({ auth: { token: person.token, userId: person.id, user_type: 'staff' } })],
      ['long polling', () => ({ auth: { token: person.token }, transports: ['polling'] })],
    ])('%s opens a connection', async (_name, options) => {
      const client = start('/chat', options());
      await client.waitFor('connect');
      expect((await client.ask('join_room', { room_id: 'nothing' })).code).toBe('ROOM_NOT_FOUND');
    });

    it('the header of a connection counts for each namespace that it enters later', async () => {
      const first = start('/', { extraHeaders: { authorization: `Bearer ${person.token}` } });
      await first.waitFor('authenticated');
      const second = new SocketClient(first.socket.io.socket('/chat'));
      open.push(second);
      second.socket.connect();
      await second.waitFor('connect');
      expect((await second.ask('join_room', { room_id: 'nothing' })).code).toBe('ROOM_NOT_FOUND');
    });

    it('lets nothing happen that was sent along with a bad token', async () => {
      const victim = world.person();
      const room = await world.serviceRoom([victim]);
      const client = start('/chat', { auth: { token: 'bad' } });
      client.emit('join_room', { room_id: room });
      client.emit('send_message', { room_id: room, message: 'intruder' });
      await client.waitFor('connect_error');
      const { body } = await victim.rest.get<{ messages: unknown[] }>(`/api/v1/chat/rooms/${room}/messages`);
      expect(body.data.messages).toEqual([]);
    });
  });

  describe('in /', () => {
    it('a handshake token tells who one is', async () => {
      const client = start('/', { auth: { token: person.token } });
      expect(await client.waitFor('authenticated')).toEqual({
        user: {
          id: person.id,
          name: 'Mike Johnson',
          role: 'agent',
          avatar: 'https://a.example.com/1.png',
        },
        userId: person.id,
      });
      expect(client.of('authenticated')).toHaveLength(1);
    });

    it.each<[string, () => Record<string, unknown>]>([
      ['a bad token', () => ({ token: 'not.a.token' })],
      ['an expired token', () => ({ token: expired() })],
      ['another user id', () => ({ token: person.token, userId: 'other' })],
      ['another family', () => ({ token: person.token, user_type: 'admin' })],
    ])("%s is told in every dialect's way, then the connection ends", async (_name, auth) => {
      const client = start('/', { auth: auth() });
      await client.waitFor('disconnect');
      expect(ended(client)).toEqual(['connect', ...AUTH_ERRORS, 'disconnect']);
      for (const event of AUTH_ERRORS) {
        // By the code of the one contract that has the event, if there is one.
        const code = event === 'auth_error' ? 'AUTHENTICATION_REQUIRED' : 'UNAUTHORIZED';
        expect(client.of(event)).toEqual([expect.objectContaining({ message: expect.any(String), code })]);
      }
    });

    it('without a token other events are answered with UNAUTHORIZED, and a late one opens them', async () => {
      const client = start('/', { auth: { token: null } });
      for (const event of ['join_room', 'send_message', 'get_online_users'])
        expect(await client.ask(event, { room_id: 'service_1' })).toMatchObject({
          success: false,
          code: 'UNAUTHORIZED',
        });
      expect(client.of('message_error')[0]).toMatchObject({ error_code: 'UNAUTHORIZED' });
      const data = await client.must('authenticate', { token: person.token });
      expect(data).toMatchObject({ userId: person.id });
      expect(await client.waitFor('authenticated')).toEqual(data);
      expect((await client.ask('join_room', { room_id: 'service_1' })).code).toBe('ROOM_NOT_FOUND');
    });

    it('a late bad token ends the connection', async () => {
      const client = start('/');
      expect(await client.ask('authenticate', { token: 'bad' })).toMatchObject({
        success: false,
        code: 'UNAUTHORIZED',
      });
      await client.waitFor('disconnect');
      // In every dialect's way, once, and in no message's.
      expect(ended(client)).toEqual(['connect', ...AUTH_ERRORS, 'disconnect']);
    });

    it.each([[undefined], [null], [7], ['token'], [[]], [{}], [{ token: {} }], [{ token: null }]])(
      'authenticate with %j is a bad token',
      async (payload) => {
        const client = start('/');
        expect(await client.ask('authenticate', payload)).toMatchObject({
          success: false,
          code: 'UNAUTHORIZED',
        });
        await client.waitFor('disconnect');
        expect(ended(client)).toEqual(['connect', ...AUTH_ERRORS, 'disconnect']);
      },
    );

    it('without a token the connection ends at the deadline, and not before', async () => {
      const waiting = start('/');
      const late = start('/');
      await late.must('authenticate', { token: person.token });
      await waiting.waitFor('disconnect');
      expect(waiting.of('auth_error')).toMatchObject([{ message: 'No token arrived within 1.5 s.' }]);
      expect(late.of('disconnect')).toEqual([]);
      expect((await late.ask('join_room', { room_id: 'x' })).code).toBe('ROOM_NOT_FOUND');
    });

    it('a second token renews, when it is of the same user', async () => {
      const client = start('/', { auth: { token: person.token } });
      await client.waitFor('authenticated');
      await client.must('authenticate', { token: world.token({ sub: person.id, role: 'agent' }) });
      expect(client.of('authenticated')).toHaveLength(2);
      const other = world.person('agent');
      expect(await client.ask('authenticate', { token: other.token })).toMatchObject({
        success: false,
        code: 'UNAUTHORIZED',
        error: expect.stringContaining('another user'),
      });
      await client.waitFor('disconnect');
    });

    it('events that arrive while authentication is under way wait for it', async () => {
      const room = await world.serviceRoom([person]);
      for (const options of [
        { auth: { token: person.token } },
        { extraHeaders: { authorization: `Bearer ${person.token}` } },
        undefined,
      ]) {
        const early = start('/', options);
        if (!options) early.emit('authenticate', { token: person.token });
        early.emit('join_room', { room_id: room });
        early.emit('send_message', { room_id: room, message: 'early bird' });
        await early.waitFor('new_message', ({ message }: { message: string }) => message === 'early bird');
        expect(early.of('message_error')).toEqual([]);
      }
    });
  });

  describe('the end of a token', () => {
    const ending = () => world.token({ sub: person.id, role: 'agent' }, { expiresIn: 2 });

    it('tells a live socket and closes it, and leaves one that was renewed', async () => {
      const chat = start('/chat', { auth: { token: ending() } });
      const root = start('/', { auth: { token: ending() } });
      const renewed = start('/', { auth: { token: ending() } });
      await renewed.must('authenticate', { token: person.token });
      await Promise.all([chat.waitFor('connect'), root.waitFor('authenticated')]);
      for (const client of [chat, root]) {
        await client.waitFor('disconnect', () => true, 6_000);
        expect(client.of('auth_error')).toMatchObject([
          {
            message: 'The token has expired.',
            code: client === root ? 'AUTHENTICATION_REQUIRED' : 'UNAUTHORIZED',
          },
        ]);
        expect(ended(client).slice(-4)).toEqual([...AUTH_ERRORS, 'disconnect']);
      }
      expect((await renewed.ask('join_room', { room_id: 'x' })).code).toBe('ROOM_NOT_FOUND');
      expect(renewed.of('disconnect')).toEqual([]);
    });

    it('that came within the tolerance of clocks is renewed as well', async () => {
      const client = start('/', { auth: { token: world.token({ sub: person.id }, { expiresIn: -1 }) } });
      await client.waitFor('authenticated');
      const witness = start('/', { auth: { token: world.token({ sub: person.id }, { expiresIn: -1 }) } });
      await client.must('authenticate', { token: world.token({ sub: person.id }) });
      await witness.waitFor('disconnect');
      expect((await client.ask('join_room', { room_id: 'x' })).code).toBe('ROOM_NOT_FOUND');
    });
  });
});

describe('origins', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ CORS_ALLOWED_ORIGINS: 'https://app.example.com' });
  });
  afterAll(() => world.stop());

  const socketFrom = (origin: string | undefined, transports: ('websocket' | 'polling')[]) =>
    world.socket(world.person(), { transports, extraHeaders: origin === undefined ? {} : { origin } });
  const pollFrom = (origin: string) =>
    fetch(`${world.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });

  it.each(['https://evil.example.com', 'http://localhost:5173', 'null', 'https://app.example.com.evil.com'])(
    'a page of %s gets no connection',
    async (origin) => {
      await expect(socketFrom(origin, ['websocket'])).rejects.toThrow();
      await expect(socketFrom(origin, ['polling'])).rejects.toThrow();
      const response = await pollFrom(origin);
      expect(response.status).toBe(403);
      expect(await response.text()).not.toContain('sid');
    },
  );

  it("a page of a listed origin, the server's own page and programs get one", async () => {
    for (const origin of ['https://app.example.com', world.url, undefined])
      for (const transport of ['websocket', 'polling'] as const)
        expect((await socketFrom(origin, [transport])).socket.connected).toBe(true);
    expect((await pollFrom('https://app.example.com')).headers.get('access-control-allow-origin')).toBe(
      'https://app.example.com',
    );
    world.disconnectAll();
  });

  it('REST lets the same pages read answers', async () => {
    const allowed = async (origin: string) =>
      (await fetch(`${world.url}/health/live`, { headers: { origin } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed('https://app.example.com')).toBe('https://app.example.com');
    expect(await allowed('https://evil.example.com')).toBeNull();
    const preflight = await fetch(`${world.url}/api/v1/chat/rooms`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
  });
});
