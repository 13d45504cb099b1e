import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { ONE_NODE, World } from '../support/world.js';

const PER_ADDRESS = 3;
const PATIENCE_MS = 30_000;
const pollingUrl = (url: string): string => `${url}/socket.io/?EIO=4&transport=polling`;

interface Handshake {
  status: number;
  retryAfter: number;
  body: string;
}

/** A handshake by long polling that never authenticates, from this address as a proxy tells it. */
async function handshake(url: string, address: string): Promise<Handshake> {
  const response = await fetch(pollingUrl(url), { headers: { 'x-forwarded-for': address } });
  return {
    status: response.status,
    retryAfter: Number(response.headers.get('retry-after')),
    body: await response.text(),
  };
}

async function refusedUpgrade(url: string, address: string): Promise<IncomingMessage> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    headers: { 'x-forwarded-for': address },
  });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  return response;
}

describe('handshakes that nobody authenticates', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start(
      { SOCKETS_ANONYMOUS_PER_ADDRESS: String(PER_ADDRESS), SOCKETS_ANONYMOUS: '7', TRUST_PROXY: '1' },
      ONE_NODE,
    );
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it(
    'are bounded by address, as the trusted proxy tells it, and in total',
    async () => {
      const first = await Promise.all(
        Array.from({ length: PER_ADDRESS }, () => handshake(world.url, '192.0.2.1')),
      );
      expect(first.map(({ status }) => status)).toEqual([200, 200, 200]);
      const late = handshake(world.url, '192.0.2.1');
      const lateUpgrade = refusedUpgrade(world.url, '192.0.2.1');
      // What the client itself puts in front is not believed.
      const liar = handshake(world.url, '198.51.100.1, 192.0.2.1');
      for (let count = 0; count < PER_ADDRESS; count += 1)
        expect((await handshake(world.url, '192.0.2.2')).status).toBe(200);
      expect((await handshake(world.url, '192.0.2.3')).status).toBe(200);
      const none = handshake(world.url, '192.0.2.4');
      for (const refused of [await late, await liar]) {
        expect(refused.status).toBe(429);
        expect(refused.retryAfter).toBeGreaterThanOrEqual(1);
        expect(JSON.parse(refused.body)).toMatchObject({ success: false, code: 'RATE_LIMITED' });
      }
      expect((await lateUpgrade).statusCode).toBe(429);
      expect(Number((await lateUpgrade).headers['retry-after'])).toBeGreaterThanOrEqual(1);
      const refused = await none;
      expect(refused.status).toBe(503);
      expect(refused.retryAfter).toBeGreaterThanOrEqual(1);
      expect(JSON.parse(refused.body)).toMatchObject({ success: false, code: 'SERVICE_UNAVAILABLE' });
    },
    PATIENCE_MS,
  );
});

describe('handshakes of a crowd', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start(
      { SOCKETS_ANONYMOUS_PER_ADDRESS: '2', SOCKET_HANDSHAKES_AT_ONCE: '2', SOCKETS_PER_USER: '100' },
      ONE_NODE,
    );
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it('all come in, since each place is free again as soon as its client is authenticated', async () => {
    const people = Array.from({ length: 30 }, () => world.person());
    const sockets = await Promise.all(
      people.map((person, index) =>
        world.socket(person, {
          namespace: index % 2 === 0 ? '/chat' : '/',
          transports: [index % 3 === 0 ? 'polling' : 'websocket'],
        }),
      ),
    );
    expect(sockets.every(({ socket }) => socket.connected)).toBe(true);
  });
});

describe('a connection that nobody authenticates', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ SOCKET_AUTHENTICATE_WITHIN_MS: '200' }, ONE_NODE)));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const closed = (client: WebSocket): Promise<unknown> => once(client, 'close');
  const opened = async (): Promise<WebSocket> => {
    const client = new WebSocket(`${world.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    await once(client, 'message');
    return client;
  };

  it(
    'is closed when it enters no namespace, is refused there, or was left by whoever authenticated',
    async () => {
      const [silent, refused, left] = await Promise.all([opened(), opened(), opened()]);
      refused.send('40/chat,{"token":"not.a.token"}');
      left.send(`40/chat,${JSON.stringify({ token: world.person().token })}`);
      await once(left, 'message');
      left.send('41/chat,');
      await Promise.all([silent, refused, left].map(closed));
    },
    PATIENCE_MS,
  );

  it(
    'takes its session along, although nobody polls',
    async () => {
      const text = await (await fetch(pollingUrl(world.url))).text();
      const { sid } = JSON.parse(text.slice(1)) as { sid: string };
      const witness = await opened();
      await closed(witness);
      expect((await fetch(`${pollingUrl(world.url)}&sid=${sid}`)).status).toBe(400);
    },
    PATIENCE_MS,
  );

  it(
    'and those that are authenticated stay',
    async () => {
      const person = world.person();
      const [chat, root] = [await world.socket(person), await world.socket(person, { namespace: '/' })];
      await closed(await opened());
      for (const client of [chat, root]) expect((await client.ask('nonsense')).code).toBe('NOT_FOUND');
    },
    PATIENCE_MS,
  );
});

describe('handshakes that wait when the server stops', () => {
  it('are told to come back', async () => {
    const world = await World.start({ SOCKETS_ANONYMOUS_PER_ADDRESS: '1' }, ONE_NODE);
    const first = await fetch(pollingUrl(world.url));
    expect(first.status).toBe(200);
    const second = fetch(pollingUrl(world.url));
    const third = refusedUpgrade(world.url, '127.0.0.1');
    // A request that came later is answered: the others have arrived.
    await world.anonymous().get('/health/live');
    await world.stop();
    expect((await second).status).toBe(503);
    expect((await third).statusCode).toBe(503);
  });
});
