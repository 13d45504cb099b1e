import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  endProcesses,
  PROCESS_SECRET,
  removeFolders,
  scratchFolder,
  ServerProcess,
} from '../support/process.js';
import { RestClient } from '../support/rest-client.js';
import { signToken } from '../support/sign-token.js';
import { SocketClient } from '../support/socket-client.js';

/** In whatever anyone says; nothing of it may be found in the log. */
const SAID = 'the-words-of-a-private-talk';

interface Line {
  level: number;
  msg: string;
  [field: string]: unknown;
}

describe('the log of a server that tells all it can', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let lines: Line[];
  const tokens: string[] = [];

  const token = (claims: Record<string, unknown>): string => {
    const made = signToken({ name: 'Someone', ...claims }, PROCESS_SECRET, { expiresIn: '1h' });
    tokens.push(made);
    return made;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await ServerProcess.start(await scratchFolder(), {
      DATABASE_URL: database.url,
      DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
      LOG_LEVEL: 'trace',
      SOCKET_EVENTS_PER_SECOND: '10',
    });
    await talk();
    await fail();
    const exit = await server.stop();
    expect(exit.stderr).toBe('');
    lines = exit.stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  }, 40_000);
  afterAll(async () => {
    await endProcesses();
    await database.drop();
    await removeFolders();
  });

  let room: string;
  let customer: RestClient;
  let socket: SocketClient;
  let socketId: string | undefined;

  /** What people do all day, well and badly. */
  async function talk(): Promise<void> {
    const host = new RestClient(server.url, token({ sub: 'host', role: 'service' }));
    await host.put('/api/v1/chat/directory/contexts/service_request/1', {
      participants: [{ user_id: 'c-1', role: 'customer' }],
    });
    room = 'service_1';
    const own = token({ sub: 'c-1' });
    customer = new RestClient(server.url, own);
    const messages = `/api/v1/chat/rooms/${room}/messages`;
    await customer.post(messages, { message: SAID, metadata: { note: SAID } });
    await customer.post(messages, { message: SAID.repeat(200) });
    await customer.post(messages, `{"message":"${SAID}`);
    await customer.post(messages, { message: SAID, message_type: SAID });
    await customer.get(`${messages}?search=${SAID}&page=${SAID}`);
    await customer.get(`/api/v1/chat/nothing?token=${own}&text=${SAID}`);
    await customer.post(`/api/v1/chat/invitations/${SAID}/accept`);
    await useSecretsOddly(own);
    await new RestClient(server.url, `${own}x`).get(messages);
    socket = await SocketClient.connect(`${server.url}/chat`, { auth: { token: own } });
    await socket.must('join_room', { room_id: room });
    await socket.must('send_message', { room_id: room, message: SAID, client_id: 'a' });
    await socket.ask('send_message', { room_id: room, message: { text: SAID } });
    await socket.ask(SAID, { message: SAID });
    await Promise.all(
      Array.from({ length: 40 }, () => socket.ask('send_message', { room_id: room, message: SAID })),
    );
    await SocketClient.connect(`${server.url}/chat`, { auth: { token: `${own}x` } }).catch(() => undefined);
    const root = await SocketClient.connect(server.url, { query: { token: own }, auth: { token: null } });
    await root.ask('authenticate', { token: own });
    root.close();
  }

  /** Requests that reach no route, or not the one they were meant for, with what opens rooms and files in them. */
  async function useSecretsOddly(own: string): Promise<void> {
    const preflight = { origin: server.url, 'access-control-request-method': 'POST' };
    for (const prefix of ['/api/v1/chat', '/v1/chat', '/API/v1/chat']) {
      const accept = `${prefix}/invitations/${SAID}/accept`;
      await customer.call('OPTIONS', accept, undefined, preflight);
      await customer.get(accept);
      await customer.post(`${accept}/now`);
      await customer.post(accept, '{"malformed');
      await customer.post(accept, `"${'x'.repeat(300_000)}"`);
    }
    for (const path of [`invitations/${SAID}`, `invitation/${SAID}/accept`, `${own}`, SAID.toUpperCase()])
      for (const method of ['GET', 'OPTIONS', 'DELETE'])
        await customer.call(method, `/api/v1/chat/${path}?signature=${SAID}`);
    const link = `/uploads/chat-attachments/0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f.jpg`;
    for (const method of ['GET', 'OPTIONS', 'POST'])
      await customer.call(method, `${link}?expires=1&signature=${SAID}&access_token=${own}`);
    await customer.get(`/socket.io/?EIO=4&transport=polling&token=${own}&access_token=${SAID}`);
    await customer.get(`/docs/${SAID}?token=${own}`);
    await new RestClient(server.url, undefined).get(`/api/v1/chat/rooms?access_token=${own}`);
  }

  /** The statement that stores messages fails inside, with the text among its parameters. */
  async function fail(): Promise<void> {
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(
      `ALTER TABLE messages ADD CONSTRAINT quiet CHECK (content NOT LIKE '%private%') NOT VALID`,
    );
    await admin.end();
    const answer = await customer.post(`/api/v1/chat/rooms/${room}/messages`, { message: SAID });
    expect([answer.status, answer.body.code]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(answer.body)).not.toContain('quiet');
    // The other connection has used up its events.
    const fresh = await SocketClient.connect(`${server.url}/chat`, { auth: { token: tokens[1] } });
    socketId = fresh.socket.id;
    expect((await fresh.ask('send_message', { room_id: room, message: SAID })).code).toBe('INTERNAL');
    fresh.close();
    socket.close();
  }

  it('has lines for requests and events, with their ids', () => {
    expect(lines.length).toBeGreaterThan(15);
    expect(lines.filter(({ msg }) => msg === 'request').at(-1)).toMatchObject({
      requestId: expect.any(String),
      method: 'POST',
      path: '/api/v1/chat/rooms/service_1/messages',
      status: 500,
      userId: 'c-1',
    });
    for (const line of lines) expect(line).toEqual(expect.objectContaining({ time: expect.any(String) }));
  });

  it('tells where requests went that reached no route, in the words of the routes', () => {
    const pathsOf = (method: string): unknown[] =>
      lines.filter((line) => line.msg === 'request' && line.method === method).map(({ path }) => path);
    expect(pathsOf('OPTIONS')).toEqual(
      expect.arrayContaining([
        '/api/v1/chat/invitations/*/accept',
        '/api/v1/chat/invitations/*',
        '/api/v1/chat/*',
        '/uploads/chat-attachments/*',
      ]),
    );
    expect(pathsOf('POST')).toEqual(
      expect.arrayContaining([
        '/api/v1/chat/invitations/:token/accept',
        '/api/v1/chat/invitations/*/accept/*',
      ]),
    );
  });

  it('tells enough of a failure to find it', () => {
    const failures = lines.filter(({ level }) => level >= 50);
    expect(failures).toEqual([
      expect.objectContaining({
        msg: 'A request failed',
        requestId: expect.any(String),
        userId: 'c-1',
        err: expect.objectContaining({ code: '23514', constraint: 'quiet', stack: expect.any(String) }),
      }),
      expect.objectContaining({
        msg: 'An event failed',
        socketId,
        userId: 'c-1',
        event: 'send_message',
        err: expect.objectContaining({ constraint: 'quiet' }),
      }),
    ]);
  });

  it('holds nothing of what people said, and no token or secret', () => {
    const text = server.stdout + server.stderr;
    expect(text.toLowerCase()).not.toContain(SAID);
    for (const secret of [PROCESS_SECRET, new URL(database.url).password].filter(Boolean))
      expect(text).not.toContain(secret);
    for (const given of tokens) {
      expect(text).not.toContain(given);
      const [, claims, signature] = given.split('.') as [string, string, string];
      expect(text).not.toContain(claims);
      expect(text).not.toContain(signature);
    }
  });
});
