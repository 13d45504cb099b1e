import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { ONE_NODE, World } from '../support/world.js';

/** By the event that joins: the field that names the room, and a statement that its answer needs. */
const JOINS = [
  { event: 'join_room', field: 'room_id', statement: 'AS participants', more: {} },
  { event: 'join_room', field: 'room_id', statement: 'FROM message_changes', more: { after_seq: 0 } },
  { event: 'join_session', field: 'session_id', statement: 'm.seq BETWEEN', more: {} },
  { event: 'join_room', field: 'roomId', statement: 'p.archived_seq >=', more: {} },
  { event: 'chat-join-conversation', field: 'conversationId', statement: 'm.seq = r.last_seq', more: {} },
];

describe('a join whose answer cannot be made', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let world: World;
  beforeAll(async () => {
    database = await createTestDatabase();
    const behind = await TcpProxy.before(database.url);
    proxy = behind.proxy;
    world = await World.start({ DATABASE_URL: behind.url }, ONE_NODE);
  });
  afterAll(async () => {
    await world.stop();
    await proxy.close();
    await database.drop();
  });
  afterEach(() => world.disconnectAll());

  it.each(JOINS)('leaves the socket outside: $event by $field, without $statement', async (join) => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const { body } = await customer.rest.get<{ rooms: { id: string }[] }>('/api/v1/chat/rooms');
    const [mine] = await world.joined(room, customer);
    await mine!.must('send_message', { room_id: room, message: 'before' });
    const theirs = await world.socket(staff, { namespace: '/' });
    await theirs.waitFor('authenticated');
    if (join.event.startsWith('chat-')) await theirs.must('chat-authenticate', { token: staff.token });
    const payload = { [join.field]: body.data.rooms[0]!.id, ...join.more };
    proxy.cutBefore(join.statement);
    const refused = await theirs.ask(join.event, payload);
    expect(refused).toMatchObject({ success: false, code: 'SERVICE_UNAVAILABLE' });
    await eventually('the database answers', async () => {
      return (await world.anonymous().get('/health/ready')).status === 200;
    });
    theirs.forget();
    await mine!.must('send_message', { room_id: room, message: 'not for those outside' });
    await theirs.must(join.event, payload);
    await mine!.must('send_message', { room_id: room, message: 'sentinel' });
    await eventually('the sentinel is heard', () => JSON.stringify(theirs.received).includes('sentinel'));
    const told = theirs.received.filter(({ event }) => /^(chat-)?new.message$/.test(event));
    expect(JSON.stringify(told)).not.toContain('not for those outside');
  });
});
