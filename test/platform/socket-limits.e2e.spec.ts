import { once } from 'node:events';
import type { Socket as NetSocket } from 'node:net';
import { Authenticator } from '#libs/platform/auth';
import { dialectRoom, RealtimeServer, type ChatSocket } from '#libs/platform/realtime';
import { SocketClient, type Answer } from '../support/socket-client.js';
import { ONE_NODE, World, type Person } from '../support/world.js';

const EVENTS_PER_SECOND = 10;
const USER_EVENTS_PER_SECOND = 12;
/** For answers in great number on a busy machine. */
const PATIENCE_MS = 15_000;

interface WebSocketOf {
  _socket: NetSocket;
  bufferedAmount: number;
}

/** The client stops reading, as a stuck or hostile one does; the kernel's buffers fill, then the server's. */
function stopReading(client: SocketClient): void {
  const { transport } = client.socket.io.engine as unknown as { transport: { ws: WebSocketOf } };
  transport.ws._socket.pause();
}

const webSocketOf = (socket: ChatSocket): WebSocketOf =>
  (socket.conn.transport as unknown as { socket: WebSocketOf }).socket;

/** Lets this many verifications wait for one another, as they do when the database is slow. */
function holdAuthentication(authenticator: Authenticator, count: number): () => void {
  const { authenticate } = authenticator;
  const waiting: (() => void)[] = [];
  authenticator.authenticate = async (token) => {
    const verified = await authenticate.call(authenticator, token);
    await new Promise<void>((go) => {
      waiting.push(go);
      if (waiting.length === count) for (const next of waiting) next();
    });
    return verified;
  };
  return () => {
    authenticator.authenticate = authenticate;
  };
}

function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Waited ${ms} ms for ${what}`)), ms);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

describe('limits of sockets', () => {
  let world: World;
  let realtime: RealtimeServer;
  beforeAll(async () => {
    world = await World.start(
      {
        SOCKETS_PER_USER: '3',
        SOCKET_EVENTS_PER_SECOND: String(EVENTS_PER_SECOND),
        USER_EVENTS_PER_SECOND: String(USER_EVENTS_PER_SECOND),
        CHAT_MESSAGE_LIMIT: '10000',
      },
      ONE_NODE,
    );
    realtime = world.server.app.get(RealtimeServer);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const serverSide = (client: SocketClient): ChatSocket =>
    realtime.namespace('/chat').sockets.get(client.socket.id as string) as unknown as ChatSocket;

  describe('a flood', () => {
    /** What passes: a burst of two seconds' worth, and then what the time that it took lets in. */
    const mostOf = (perSecond: number, ms: number): number => 1 + perSecond * (2 + ms / 1_000);

    async function flood(client: SocketClient, count: number, event: string, payload: unknown) {
      const since = performance.now();
      const patient = client.socket.timeout(PATIENCE_MS);
      const answers = (await Promise.all(
        Array.from({ length: count }, () => patient.emitWithAck(event, payload)),
      )) as Answer[];
      return {
        ms: performance.now() - since,
        refused: answers.filter(({ code }) => code === 'RATE_LIMITED'),
      };
    }

    it.each([
      ['known events', 'get_online_users'],
      ['unknown events', 'nonsense'],
    ])('of %s is refused with the seconds to wait; the connection stays up', async (_name, event) => {
      const person = world.person();
      const room = await world.serviceRoom([person]);
      const [socket] = (await world.joined(room, person)) as [SocketClient];
      const { refused, ms } = await flood(socket, 500, event, { room_id: room });
      expect(500 - refused.length).toBeLessThanOrEqual(mostOf(EVENTS_PER_SECOND, ms));
      expect(refused[0]).toEqual({
        success: false,
        error: expect.stringContaining('Too many events'),
        code: 'RATE_LIMITED',
        details: [{ retry_after: 1 }],
      });
      const told = socket
        .of<{ error_code: string }>('message_error')
        .filter(({ error_code }) => error_code === 'RATE_LIMITED');
      expect(told[0]).toMatchObject({ details: { retry_after: 1 } });
      // At most once a second, however many were refused.
      expect(told.length).toBeLessThanOrEqual(2 + ms / 1_000);
      expect(socket.of('disconnect')).toEqual([]);
    });

    it('of one user takes nothing from another', async () => {
      const [hasty, calm] = [world.person(), world.person()];
      const [noisy, quiet] = [await world.serviceRoom([hasty]), await world.serviceRoom([calm])];
      const [attacker] = (await world.joined(noisy, hasty)) as [SocketClient];
      const [bystander] = (await world.joined(quiet, calm)) as [SocketClient];
      const attack = flood(attacker, 1_000, 'send_message', { room_id: noisy, message: 'spam' });
      const patient = bystander.socket.timeout(PATIENCE_MS);
      const sent = (await Promise.all(
        Array.from({ length: 15 }, (_, n) =>
          patient.emitWithAck('send_message', { room_id: quiet, message: `${n}` }),
        ),
      )) as Answer[];
      expect(sent.map(({ success }) => success)).toEqual(new Array(15).fill(true));
      const { refused, ms } = await attack;
      expect(1_000 - refused.length).toBeLessThanOrEqual(mostOf(EVENTS_PER_SECOND, ms));
    });

    it('spread over the sockets of one user is one flood', async () => {
      const person = world.person();
      const sockets = [await world.socket(person), await world.socket(person), await world.socket(person)];
      const floods = await Promise.all(sockets.map((client) => flood(client, 60, 'nonsense', {})));
      const passed = 180 - floods.flatMap(({ refused }) => refused).length;
      // Each socket alone might send more than a third of this.
      expect(passed).toBeLessThanOrEqual(
        mostOf(USER_EVENTS_PER_SECOND, Math.max(...floods.map(({ ms }) => ms))),
      );
      expect(passed).toBeGreaterThanOrEqual(2 * USER_EVENTS_PER_SECOND);
    });
  });

  describe('connections of one user', () => {
    it('are bounded over all namespaces, and one that ends makes room', async () => {
      const person = world.person();
      const first = await world.socket(person);
      await world.socket(person);
      const root = await world.socket(person, { namespace: '/' });
      await root.waitFor('authenticated');
      await expect(world.socket(person)).rejects.toMatchObject({ payload: { code: 'RATE_LIMITED' } });
      const refused = await world.socket(person, { namespace: '/' });
      await refused.waitFor('disconnect');
      expect(refused.of('authentication_error')).toMatchObject([{ code: 'RATE_LIMITED' }]);
      const gone = once(serverSide(first) as never, 'disconnect');
      first.close();
      await within(gone, 2_000, 'the end of the first connection');
      expect((await world.socket(person)).socket.connected).toBe(true);
      expect((await world.socket(world.person())).socket.connected).toBe(true);
    });

    it.each(['/chat', '/'])(
      'are bounded also when all are verified at the same moment, in %s',
      async (namespace) => {
        const person = world.person();
        const release = holdAuthentication(world.server.app.get(Authenticator), 8);
        const clients = Array.from({ length: 8 }, () =>
          SocketClient.open(world.url + namespace, { auth: { token: person.token } }),
        );
        await Promise.all(
          clients.map(
            ({ socket }) =>
              new Promise((decided) => {
                for (const event of ['connect_error', 'disconnect']) socket.once(event, decided);
                socket.emit('nonsense', decided);
              }),
          ),
        );
        release();
        expect(clients.filter(({ socket }) => socket.connected)).toHaveLength(3);
        for (const client of clients) client.close();
      },
    );
  });

  describe('a connection that does not read', () => {
    const members = async (): Promise<[Person, SocketClient, SocketClient, string]> => {
      const [stuck, reader] = [world.person(), world.person()];
      const room = await world.serviceRoom([stuck, reader]);
      const [a, b] = (await world.joined(room, stuck, reader)) as [SocketClient, SocketClient];
      const joined = [...serverSide(a).rooms].find((name) => name.startsWith(dialectRoom('service', '')));
      return [stuck, a, b, (joined as string).slice(dialectRoom('service', '').length)];
    };
    const chunk = { text: 'x'.repeat(32_768) };

    it('is closed before it costs much memory; others go on', async () => {
      const [, stuck, reader, roomId] = await members();
      const connection = serverSide(stuck);
      const webSocket = webSocketOf(connection);
      const ended = once(connection as never, 'disconnect');
      stopReading(stuck);
      // More than the kernel holds (some MB), and more than the server is to keep.
      let sent = 0;
      const engine = connection.conn as unknown as { writeBuffer: unknown[] };
      const queued = (): number =>
        webSocket.bufferedAmount + engine.writeBuffer.length * JSON.stringify(chunk).length;
      while (queued() < 2_000_000 && sent < 4_000) {
        realtime.emitToRooms('service', [roomId], 'room_updated', chunk);
        sent += 1;
        // One who reads keeps up.
        if (sent % 20 === 0) await reader.waitForCount('room_updated', sent, 10_000);
      }
      await within(ended, 5_000, 'the server to close it');
      expect(realtime.namespace('/chat').sockets.has(connection.id)).toBe(false);
      await within(closeOf(webSocket), 3_000, 'the descriptor to be given back');
      await reader.waitForCount('room_updated', sent, 10_000);
      expect((await reader.ask('nonsense')).code).toBe('NOT_FOUND');
    });

    it('gives its descriptor back soon after it was removed', async () => {
      const [person, stuck] = await members();
      const webSocket = webSocketOf(serverSide(stuck));
      const closed = closeOf(webSocket);
      stopReading(stuck);
      realtime.disconnectUser(person.id);
      await within(closed, 5_000, 'the descriptor to be given back');
    });

    it('does so also when there was more to send to it', async () => {
      const [person, stuck, , roomId] = await members();
      const webSocket = webSocketOf(serverSide(stuck));
      const closed = closeOf(webSocket);
      stopReading(stuck);
      while (webSocket.bufferedAmount === 0) {
        realtime.emitToRooms('service', [roomId], 'room_updated', chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }
      realtime.disconnectUser(person.id);
      await within(closed, 6_000, 'the descriptor to be given back');
    });

    function closeOf({ _socket }: WebSocketOf): Promise<unknown> {
      return !_socket || _socket.destroyed ? Promise.resolve() : once(_socket, 'close');
    }
  });

  describe('a removed person', () => {
    it('receives nothing of the room any more, on none of their sockets', async () => {
      const [removed, staying] = [world.person(), world.person()];
      const room = await world.serviceRoom([removed, staying]);
      const [first, other] = (await world.joined(room, removed, staying)) as [SocketClient, SocketClient];
      const second = await world.socket(removed, { namespace: '/' });
      await second.must('join_room', { room_id: room });
      const answer = await world
        .person('admin')
        .rest.delete(`/api/v1/chat/rooms/${room}/participants/${removed.id}`);
      expect(answer.status).toBe(200);
      await other.must('send_message', { room_id: room, message: 'secret' });
      realtime.emitToUser('service', removed.id, 'sentinel', {});
      for (const client of [first, second]) {
        await client.waitFor('sentinel');
        expect(client.of('new_message')).toEqual([]);
        expect((await client.ask('send_message', { room_id: room, message: 'x' })).code).toBe(
          'ACCESS_DENIED',
        );
      }
      expect(await other.waitForCount('new_message', 1)).toHaveLength(1);
    });

    it('evict ends one room and leaves the others; evictAll ends it for all', async () => {
      const [person, other] = [world.person(), world.person()];
      const rooms = [await world.serviceRoom([person, other]), await world.serviceRoom([person, other])];
      const clients = [await world.socket(person), await world.socket(other)] as const;
      for (const client of clients)
        for (const room of rooms) await client.must('join_room', { room_id: room });
      const ids = [...serverSide(clients[0]).rooms].flatMap((name) =>
        name.startsWith('service:') ? [name.slice('service:'.length)] : [],
      ) as [string, string];
      const heard = (client: SocketClient) => client.of<{ n: number }>('probe').map(({ n }) => n);
      const probe = (n: number, id: string) => realtime.emitToRooms('service', [id], 'probe', { n });
      await realtime.evict(person.id, ids[0]);
      probe(1, ids[0]);
      probe(2, ids[1]);
      await Promise.all(clients.map((client) => client.waitFor('probe', ({ n }: { n: number }) => n === 2)));
      expect(clients.map(heard)).toEqual([[2], [1, 2]]);
      realtime.evictAll(ids[0]);
      probe(3, ids[0]);
      probe(4, ids[1]);
      await Promise.all(clients.map((client) => client.waitFor('probe', ({ n }: { n: number }) => n === 4)));
      expect(clients.map(heard)).toEqual([
        [2, 4],
        [1, 2, 4],
      ]);
    });

    it('is disconnected everywhere when their person is erased', async () => {
      const person = world.person();
      const sockets = [await world.socket(person), await world.socket(person, { namespace: '/' })];
      const other = await world.socket(world.person());
      expect((await world.host().rest.delete(`/api/v1/chat/directory/users/${person.id}`)).status).toBe(200);
      for (const client of sockets)
        expect(await client.waitFor('disconnect')).toEqual({ reason: 'io server disconnect' });
      expect((await other.ask('nonsense')).code).toBe('NOT_FOUND');
    });
  });
});
