import { once } from 'node:events';
import WebSocket from 'ws';
import type { SocketClient } from '../support/socket-client.js';
import { ONE_NODE, World } from '../support/world.js';

/** A flood is closed after five seconds; the rest is for a busy machine. */
const CLOSED_WITHIN_MS = 40_000;
const FRAMES_AT_ONCE = 500;
const POLICY_VIOLATION = 1008;

const socketUrl = (url: string): string =>
  `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
const pollingUrl = (url: string): string => `${url}/socket.io/?EIO=4&transport=polling`;

async function openPolling(url: string): Promise<string> {
  const opened = await (await fetch(pollingUrl(url))).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  return `${pollingUrl(url)}&sid=${sid}`;
}

/** Sends without end, as fast as the system takes it, until the server closes. @returns the code of the close */
async function flood(url: string, send: (socket: WebSocket) => void): Promise<number> {
  const socket = new WebSocket(socketUrl(url));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close') as Promise<[number]>;
  await once(socket, 'message');
  // Socket.IO itself closes a connection that sends events and has entered no namespace.
  socket.send('40');
  await once(socket, 'message');
  const more = (): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    // The server does not read: what is sent piles up here.
    if (socket.bufferedAmount < 65_536) for (let sent = 0; sent < FRAMES_AT_ONCE; sent += 1) send(socket);
    setImmediate(more);
  };
  more();
  const [code] = await closed;
  return code;
}

describe('a connection that floods', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ CHAT_MESSAGE_LIMIT: '10000' }, ONE_NODE)));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it.each<[string, (socket: WebSocket) => void]>([
    ['small frames', (socket) => socket.send('42["x"]')],
    ['connects to a namespace', (socket) => socket.send('40/nowhere,')],
    ['pings', (socket) => socket.ping()],
    ['pongs', (socket) => socket.pong()],
    ['pieces of messages', (socket) => socket.send('', { fin: false })],
  ])(
    'with %s is slowed down and closed; others are answered meanwhile',
    async (_name, send) => {
      const bystander = await world.socket(world.person());
      const codes = flood(world.url, send);
      let flooding = true;
      const answered = (async () => {
        let count = 0;
        while (flooding) {
          expect((await bystander.ask('nonsense')).code).toMatch(/^(NOT_FOUND|RATE_LIMITED)$/);
          count += 1;
        }
        return count;
      })();
      const code = await codes.finally(() => (flooding = false));
      expect(code).toBe(POLICY_VIOLATION);
      expect(await answered).toBeGreaterThan(0);
    },
    CLOSED_WITHIN_MS,
  );

  it(
    'is told so by the event that all clients know, and does not come back by itself',
    async () => {
      const socket = await world.socket(world.person());
      const closed = socket.waitFor('disconnect', () => true, CLOSED_WITHIN_MS);
      const more = (): void => {
        if (!socket.socket.connected) return;
        for (let sent = 0; sent < FRAMES_AT_ONCE; sent += 1) socket.emit('nonsense', {});
        setTimeout(more, 20);
      };
      more();
      expect(await closed).toEqual({ reason: 'io server disconnect' });
      expect(socket.of('error')).toMatchObject([
        { code: 'RATE_LIMITED', error_code: 'RATE_LIMITED', message: expect.stringContaining('frames') },
      ]);
    },
    CLOSED_WITHIN_MS,
  );

  it('hears all that was said in a hurry before leaving', async () => {
    const person = world.person();
    const room = await world.serviceRoom([person]);
    const [hasty, other] = (await world.joined(room, person, person)) as [SocketClient, SocketClient];
    for (let count = 1; count <= 100; count += 1)
      hasty.emit('send_message', { room_id: room, message: `${count}` });
    hasty.close();
    const messages = await other.waitForCount<{ message: string }>('new_message', 100);
    expect(messages.map(({ message }) => Number(message))).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  it(
    'by polling is made to wait, and its session ends',
    async () => {
      const session = await openPolling(world.url);
      const body = new Array(300).fill('42["x"]').join('\x1e');
      let status = 200;
      const since = performance.now();
      // Without a token its events are refused, and would be so at any speed.
      await fetch(session, { method: 'POST', body: '40' });
      let posts = 0;
      for (; status === 200; posts += 1) ({ status } = await fetch(session, { method: 'POST', body }));
      expect([400, 429]).toContain(status);
      // A burst, and what the rate lets in until it is a flood.
      expect(posts).toBeLessThan(10 + ((performance.now() - since) / 1_000) * 4);
    },
    CLOSED_WITHIN_MS,
  );

  it('with one body of very many packets ends at once', async () => {
    const session = await openPolling(world.url);
    const body = new Array(2_000).fill('42["x"]').join('\x1e');
    await fetch(session, { method: 'POST', body }).catch(() => undefined);
    expect((await fetch(session, { method: 'POST', body: '40' })).status).toBe(429);
  });

  it('with upgrades of one polling session is refused', async () => {
    const session = (await openPolling(world.url)).replace('http', 'ws').replace('polling', 'websocket');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => {
        const socket = new WebSocket(session);
        socket.on('error', () => undefined);
        return Promise.race([
          once(socket, 'open').then(() => 101),
          once(socket, 'unexpected-response').then(
            ([, response]) => (response as { statusCode: number }).statusCode,
          ),
        ]);
      }),
    );
    expect(answers.filter((status) => status === 429)).toHaveLength(3);
  });
});

describe('requests of Engine.IO by other methods', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it.each(['PUT', 'DELETE', 'PATCH'])('%s is not allowed, with and without a session', async (method) => {
    for (const address of [pollingUrl(world.url), await openPolling(world.url)]) {
      const response = await fetch(address, { method, ...(method === 'DELETE' ? {} : { body: '{}' }) });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, POST, OPTIONS');
      expect(await response.json()).toEqual({
        success: false,
        error: expect.stringContaining('GET and POST'),
        code: 'METHOD_NOT_ALLOWED',
        details: [],
      });
    }
  });

  it.each<Record<string, string>>([
    {},
    { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
  ])('OPTIONS tells what is allowed (%j)', async (headers) => {
    for (const address of [pollingUrl(world.url), await openPolling(world.url)])
      expect((await fetch(address, { method: 'OPTIONS', headers })).status).toBe(204);
  });
});
