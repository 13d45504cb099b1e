import { isRedisInstalled } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { World, type Person } from '../support/world.js';

interface Wire {
  id: string;
  seq: number;
  message: string;
}

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;
/** The promise is 3 s; a busy machine may need longer to measure it. */
const REMOVED_WITHIN_MS = 10_000;
/** A wait on Redis ends after one second; several may follow each other before it is known to be silent. */
const ANSWERED_WITHIN_MS = 8_000;

describeWithRedis('two servers whose Redis fails (skipped where redis-server is not installed)', () => {
  let world: World;
  /** Between each server and Redis. */
  let proxies: [TcpProxy, TcpProxy];
  let [customer, staff, third] = [] as unknown as [Person, Person, Person];
  let room = '';
  const open: SocketClient[] = [];

  beforeAll(async () => {
    const made: TcpProxy[] = [];
    world = await World.start(async (_node, redisUrl) => {
      const { proxy, url } = await TcpProxy.before(redisUrl);
      made.push(proxy);
      return { REDIS_URL: url, CHAT_MESSAGE_LIMIT: '10000', PRESENCE_GRACE_MS: '300' };
    }, 2);
    proxies = made as [TcpProxy, TcpProxy];
  }, 60_000);
  afterAll(async () => {
    world.server.redis?.thaw();
    await world.stop();
    for (const proxy of proxies) await proxy.close();
  });
  beforeEach(async () => {
    [customer, staff, third] = [world.person(), world.person('staff'), world.person('staff')];
    room = await world.serviceRoom([customer, staff, third]);
  });
  afterEach(async () => {
    for (const client of open.splice(0)) client.close();
    world.server.redis?.thaw();
    for (const proxy of proxies) {
      proxy.cut();
      await proxy.resume();
    }
  });

  const urlOf = (node: 0 | 1): string => world.server.nodes[node]!.url;
  const joinedOn = async (node: 0 | 1, person: Person): Promise<SocketClient> => {
    const client = await SocketClient.connect(`${urlOf(node)}/chat`, { auth: { token: person.token } });
    open.push(client);
    await client.must('join_room', { room_id: room });
    return client;
  };
  const participants = (...people: Person[]) =>
    fetch(`${urlOf(0)}/api/v1/chat/directory/contexts/service_request/${room.slice(8)}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${world.host().token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ participants: people.map(({ id, role }) => ({ user_id: id, role })) }),
    });
  const send = (client: SocketClient, message: string) =>
    client.must<Wire>('send_message', { room_id: room, message });
  const heard = (client: SocketClient): string[] =>
    client.of<Wire>('new_message').map(({ message }) => message);
  async function timed<T>(call: () => Promise<T>): Promise<{ answer: T; ms: number }> {
    const since = performance.now();
    return { answer: await call(), ms: performance.now() - since };
  }

  it('tell afterwards all that was said meanwhile, once and in order', async () => {
    const [mine, theirs] = [await joinedOn(0, customer), await joinedOn(1, staff)];
    const first = await send(mine, 'first');
    await theirs.waitFor('new_message');
    await proxies[0].refuse();
    // What only the other servers' sockets hear, and what the database does not tell again.
    await mine.must('react_to_message', { message_id: first.id, reaction: '👍' });
    await mine.must('mark_delivered', { room_id: room });
    await theirs.must('mark_read', { room_id: room });
    for (const n of [1, 2, 3]) await send(mine, `meanwhile ${n}`);
    await mine.must('edit_message', { message_id: first.id, message: 'first, edited' });
    await proxies[0].resume();
    expect(await theirs.waitFor('message_reaction')).toMatchObject({ message_id: first.id, added: true });
    expect(await mine.waitFor('message_read')).toMatchObject({ message_id: first.id });
    await theirs.waitFor('message_edited');
    await send(mine, 'last');
    await theirs.waitFor('new_message', ({ message }: Wire) => message === 'last');
    expect(heard(theirs)).toEqual(['first', 'meanwhile 1', 'meanwhile 2', 'meanwhile 3', 'last']);
    expect(theirs.of('message_reaction')).toHaveLength(1);
    expect(theirs.of('message_edited')).toHaveLength(1);
    expect(theirs.of('disconnect')).toEqual([]);
  });

  it('and one is cut off: its people hear messages, and the removed nothing', async () => {
    const [mine, theirs, leaver] = [
      await joinedOn(0, customer),
      await joinedOn(1, staff),
      await joinedOn(1, third),
    ];
    await send(mine, 'before');
    await leaver.waitFor('new_message');
    proxies[1].silence();
    expect((await participants(customer, staff)).status).toBe(200);
    const { ms } = await timed(async () => {
      for (;;) {
        const answer = await leaver.ask('send_message', { room_id: room, message: 'still here' });
        if (answer.code === 'ACCESS_DENIED') return;
      }
    });
    expect(ms).toBeLessThan(REMOVED_WITHIN_MS);
    const known = heard(leaver).length;
    await send(mine, 'secret');
    await theirs.waitFor('new_message', ({ message }: Wire) => message === 'secret');
    await leaver.ask('send_message', { room_id: room, message: 'a sentinel that comes back' });
    expect(heard(leaver)).toHaveLength(known);
    await proxies[1].resume();
    await send(mine, 'after');
    await theirs.waitFor('new_message', ({ message }: Wire) => message === 'after');
    expect(heard(theirs).filter((message) => message === 'secret')).toHaveLength(1);
    expect(heard(leaver)).toHaveLength(known);
  }, 60_000);

  it('and it stands still: sends, joins, reads and REST are answered all the same', async () => {
    const [mine, theirs] = [await joinedOn(0, customer), await joinedOn(1, staff)];
    const { body } = await customer.rest.get<{ rooms: { id: string }[] }>('/api/v1/chat/rooms');
    const session_id = body.data.rooms[0]!.id;
    const plain = async (): Promise<SocketClient> => {
      const client = await SocketClient.connect(urlOf(1), { auth: { token: customer.token } });
      open.push(client);
      return client;
    };
    world.server.redis!.freeze();
    const visitor = world.person('admin');
    const rest = (path: string) =>
      fetch(urlOf(0) + path, { headers: { authorization: `Bearer ${visitor.token}` } });
    const calls: Record<string, () => Promise<unknown>> = {
      send: () => send(mine, 'without Redis'),
      connect: async () => (await joinedOn(1, visitor)).must('get_online_users', { room_id: room }),
      rest: async () => expect((await rest('/api/v1/chat/rooms')).status).toBe(200),
      ready: async () => expect((await rest('/health/ready')).status).toBe(200),
      read: () => theirs.must('mark_read', { room_id: room }),
      booking: async () => (await plain()).must('join_chat', { session_id }),
      support: async () => (await plain()).must('join_session', { session_id }),
      marketplace: async () => (await plain()).must('chat-authenticate', { token: customer.token }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const { ms } = await timed(call);
      expect({ name, inTime: ms < ANSWERED_WITHIN_MS }).toEqual({ name, inTime: true });
    }
    await theirs.waitFor('new_message', ({ message }: Wire) => message === 'without Redis');
    world.server.redis!.thaw();
    await send(mine, 'with Redis');
    await theirs.waitFor('new_message', ({ message }: Wire) => message === 'with Redis');
    expect(heard(theirs)).toEqual(['without Redis', 'with Redis']);
  }, 60_000);
});
