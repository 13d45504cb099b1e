import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/process.js';
import type { SocketClient } from '../support/socket-client.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { ONE_NODE, World, type Person } from '../support/world.js';

interface Wire {
  id: string;
  seq: number;
  message: string;
}

/** The database takes it, and its answer never arrives. */
describe('when the answer of the database is lost', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let world: World;
  let [customer, staff] = [] as unknown as [Person, Person];
  let [mine, theirs] = [] as unknown as [SocketClient, SocketClient];
  let room = '';
  beforeAll(async () => {
    database = await createTestDatabase();
    const behind = await TcpProxy.before(database.url);
    proxy = behind.proxy;
    world = await World.start(
      { DATABASE_URL: behind.url, DATABASE_CONNECT_TIMEOUT_MS: '3000', DATABASE_QUERY_TIMEOUT_MS: '3000' },
      ONE_NODE,
    );
  });
  afterAll(async () => {
    await world.stop();
    await proxy.close();
    await database.drop();
  });
  beforeEach(async () => {
    [customer, staff] = [world.person(), world.person('staff')];
    room = await world.serviceRoom([customer, staff]);
    [mine, theirs] = (await world.joined(room, customer, staff)) as [SocketClient, SocketClient];
  });
  afterEach(() => world.disconnectAll());

  const send = (message: string, client_id?: string) =>
    mine.ask<Wire>('send_message', { room_id: room, message, client_id });
  const heard = (client: SocketClient): [number, string][] =>
    client.of<Wire>('new_message').map(({ seq, message }) => [seq, message]);
  const removeStaff = () =>
    world.host().rest.put(`/api/v1/chat/directory/contexts/service_request/${room.slice(8)}`, {
      participants: [{ user_id: customer.id, role: 'customer' }],
    });

  const databaseIsBack = () =>
    eventually(
      'the server is ready',
      async () => (await world.anonymous().get('/health/ready')).status === 200,
    );

  it('a message is found, acknowledged and told once', async () => {
    proxy.cutAnswersTo('insert-one');
    expect(await send('one')).toMatchObject({ success: true, data: { seq: 1 } });
    const group = Array.from({ length: 20 }, (_, n) => send(`group ${n}`));
    proxy.cutAnswersTo('insert-messages');
    for (const answer of await Promise.all(group)) expect(answer.success).toBe(true);
    expect(await send('last')).toMatchObject({ success: true, data: { seq: 22 } });
    await theirs.waitFor('new_message', ({ message }: Wire) => message === 'last');
    expect(heard(theirs).map(([seq]) => seq)).toEqual(Array.from({ length: 22 }, (_, n) => n + 1));
  });

  it('a message nobody could find in time is told when the database is back', async () => {
    proxy.cutAnswersTo('insert-one');
    const answer = send('stored all the same', 'c1');
    await proxy.cutHappened();
    await proxy.refuse();
    expect(await answer).toMatchObject({ success: false, code: 'SERVICE_UNAVAILABLE' });
    await proxy.resume();
    await theirs.waitFor('new_message', ({ message }: Wire) => message === 'stored all the same');
    await databaseIsBack();
    expect(await send('stored all the same', 'c1')).toMatchObject({ success: true, data: { seq: 1 } });
    expect(await send('next')).toMatchObject({ success: true, data: { seq: 2 } });
    await theirs.waitFor('new_message', ({ message }: Wire) => message === 'next');
    expect(heard(theirs)).toEqual([
      [1, 'stored all the same'],
      [2, 'next'],
    ]);
  });

  it('a removal is answered as done, and the one who is out hears nothing more', async () => {
    proxy.cutAnswersTo('COMMIT');
    expect((await removeStaff()).status).toBe(200);
    await theirs.waitFor('room_removed');
    expect(await send('secret')).toMatchObject({ success: true });
    expect((await theirs.ask('send_message', { room_id: room, message: 'me, too' })).code).toBe(
      'ACCESS_DENIED',
    );
    expect(heard(theirs)).toEqual([]);
  });

  it('a removal nobody could confirm in time takes effect when the database is back', async () => {
    proxy.cutAnswersTo('COMMIT');
    const removal = removeStaff();
    await proxy.cutHappened();
    await proxy.refuse();
    expect((await removal).status).toBe(503);
    await proxy.resume();
    await theirs.waitFor('room_removed');
    await databaseIsBack();
    expect(await send('secret')).toMatchObject({ success: true });
    expect(heard(theirs)).toEqual([]);
  });

  it('edits and deletions are told', async () => {
    const { data: message } = await send('first');
    proxy.cutAnswersTo('COMMIT');
    expect(await mine.ask('edit_message', { message_id: message.id, message: 'second' })).toMatchObject({
      success: true,
    });
    await theirs.waitFor('message_edited', (edited: Wire) => edited.message === 'second');
    proxy.cutAnswersTo('COMMIT');
    expect(await mine.ask('delete_message', { message_id: message.id })).toMatchObject({ success: true });
    await theirs.waitFor('message_deleted');
  });

  it('what was cut off before it took effect is done again, and stored once', async () => {
    proxy.cutBefore('insert-one');
    expect(await send('again')).toMatchObject({ success: true, data: { seq: 1 } });
    proxy.cutBefore('COMMIT');
    expect((await removeStaff()).status).toBe(200);
    await theirs.waitFor('room_removed');
    expect(await send('last')).toMatchObject({ success: true, data: { seq: 2 } });
    expect(heard(mine).map(([seq]) => seq)).toEqual([1, 2]);
  });
});
