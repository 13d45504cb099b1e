import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/process.js';
import { isRedisInstalled } from '../support/redis.js';
import { RestClient } from '../support/rest-client.js';
import { SocketClient } from '../support/socket-client.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { World, type Person } from '../support/world.js';

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

describeWithRedis('one of two servers cannot reach the database (skipped without redis-server)', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let world: World;
  let [customer, staff] = [] as unknown as [Person, Person];
  let room = '';
  const open: SocketClient[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    const behind = await TcpProxy.before(database.url);
    proxy = behind.proxy;
    world = await World.start(async (node) => ({ DATABASE_URL: node === 0 ? database.url : behind.url }), 2);
  }, 60_000);
  afterAll(async () => {
    await world.stop();
    await proxy.close();
    await database.drop();
  });
  beforeEach(async () => {
    [customer, staff] = [world.person(), world.person('staff')];
    room = await world.serviceRoom([customer, staff]);
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });

  const connect = async (node: 0 | 1, namespace: string, person: Person): Promise<SocketClient> => {
    const client = await SocketClient.connect(world.server.nodes[node]!.url + namespace, {
      auth: { token: person.token },
    });
    open.push(client);
    return client;
  };
  /** Those who hear of the room at the server that cannot, each in its contract. */
  const listeners = async (): Promise<SocketClient[]> => {
    const id = (await customer.rest.get<{ rooms: { id: string }[] }>('/api/v1/chat/rooms')).body.data
      .rooms[0]!.id;
    const [service, other, marketplace] = await Promise.all([
      connect(1, '/chat', staff),
      connect(1, '/', staff),
      connect(1, '/', staff),
    ]);
    await service.must('join_room', { room_id: room });
    await other.must('join_room', { roomId: id });
    await marketplace.must('chat-authenticate', { token: staff.token });
    await marketplace.must('chat-join-conversation', { conversationId: id });
    return [service, other, marketplace];
  };

  it('tells edits, marks and memberships when it is back', async () => {
    const mine = await connect(0, '/chat', customer);
    await mine.must('join_room', { room_id: room });
    const clients = await listeners();
    const { id } = await mine.must<{ id: string }>('send_message', { room_id: room, message: 'as it was' });
    for (const client of clients.slice(0, 2)) await client.waitFor('new_message');
    await clients[2]!.waitFor('chat-new-message');
    await proxy.refuse();
    await eventually('the server knows that its database is away', async () => {
      return (await fetch(`${world.server.nodes[1]!.url}/health/ready`)).status === 503;
    });
    const newcomer = world.person('staff');
    await mine.must('edit_message', { message_id: id, message: 'as it is now' });
    await (await connect(0, '/chat', staff)).must('mark_read', { room_id: room, message_id: id });
    const host = new RestClient(world.server.nodes[0]!.url, world.host().token);
    const context = `/api/v1/chat/directory/contexts/service_request/${room.slice('service_'.length)}`;
    const people = [customer, staff, newcomer].map((person) => ({ user_id: person.id, role: person.role }));
    expect((await host.put(context, { participants: people })).status).toBe(200);
    await proxy.resume();
    const [service, other, marketplace] = clients as [SocketClient, SocketClient, SocketClient];
    const isNow = (payload: unknown): boolean => JSON.stringify(payload).includes('as it is now');
    await service.waitFor('message_edited', isNow);
    await other.waitFor('message_updated', isNow);
    await marketplace.waitFor('chat-message-updated', isNow);
    await service.waitFor('message_read');
    await marketplace.waitFor('chat-message-status-updated', (payload) => payload.status === 'READ');
    await service.waitFor(
      'user_joined',
      ({ user }: { user: { id: number } }) => user.id === Number(newcomer.id),
    );
  });
});
