import { isRedisInstalled } from '../support/redis.js';
import type { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';
import { SocketClient as Client } from '../support/socket-client.js';

interface Wire {
  id: string;
  seq: number;
  message: string;
}

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

describeWithRedis('two servers of one chat (skipped where redis-server is not installed)', () => {
  let world: World;
  let [customer, staff] = [] as unknown as [Person, Person];
  let room = '';
  beforeAll(
    async () => (world = await World.start({ PRESENCE_GRACE_MS: '300', CHAT_MESSAGE_LIMIT: '1000' }, 2)),
  );
  afterAll(() => world.stop());
  beforeEach(async () => {
    [customer, staff] = [world.person(), world.person('staff')];
    room = await world.serviceRoom([customer, staff]);
  });
  const open: SocketClient[] = [];
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });

  /** A socket on the first or second server. */
  const on = async (node: 0 | 1, person: Person): Promise<SocketClient> => {
    const url = `${world.server.nodes[node]!.url}/chat`;
    const client = await Client.connect(url, { auth: { token: person.token } });
    open.push(client);
    return client;
  };
  const joinedOn = async (node: 0 | 1, person: Person, to = room): Promise<SocketClient> => {
    const client = await on(node, person);
    await client.must('join_room', { room_id: to });
    return client;
  };
  const seqs = (client: SocketClient): number[] =>
    client.of<Wire>('new_message').map((message) => message.seq);

  it('deliver every message once and in order, whoever stored it', async () => {
    const clients = [await joinedOn(0, customer), await joinedOn(1, staff), await joinedOn(1, customer)];
    const COUNT = 50;
    await Promise.all(
      clients.map(async (client, sender) => {
        for (let n = 0; n < COUNT; n += 1)
          await client.must('send_message', { room_id: room, message: `${sender}.${n}` });
      }),
    );
    const expected = Array.from({ length: COUNT * clients.length }, (_, index) => index + 1);
    for (const client of clients) {
      await client.waitForCount('new_message', expected.length, 10_000);
      expect(seqs(client)).toEqual(expected);
    }
  });

  it('carry edits, deletions, reactions, receipts and typing', async () => {
    const [here, there] = [await joinedOn(0, customer), await joinedOn(1, staff)];
    const { id } = await here.must<Wire>('send_message', { room_id: room, message: 'first' });
    await there.waitFor('new_message');
    await here.must('typing_start', { room_id: room });
    expect(await there.waitFor('user_typing')).toMatchObject({ room_id: room });
    await there.must('mark_read', { room_id: room, message_id: id });
    expect(await here.waitFor('message_read')).toMatchObject({ message_id: id });
    await here.must('edit_message', { message_id: id, message: 'second' });
    expect(await there.waitFor('message_edited')).toMatchObject({ message: 'second' });
    await there.must('react_to_message', { message_id: id, reaction: '👍' });
    expect(await here.waitFor('message_reaction')).toMatchObject({ added: true });
    await here.must('delete_message', { message_id: id });
    await there.waitFor('message_deleted');
  });

  it('know who is online on any of them; moving from one to the other is no absence', async () => {
    const watcher = await joinedOn(1, staff);
    const before = await on(0, customer);
    await watcher.waitFor(
      'user_online',
      ({ user }: { user: { id: number } }) => user.id === Number(customer.id),
    );
    const online = await watcher.must<{ users: { id: number }[] }>('get_online_users', { room_id: room });
    expect(online.users.map((user) => user.id).sort()).toEqual(
      [Number(customer.id), Number(staff.id)].sort(),
    );
    before.close();
    const after = await on(1, customer);
    // Longer than the grace period: what would be told of the first connection has been told.
    const sentinel = world.person();
    await world.host().rest.put(`/api/v1/chat/directory/contexts/service_request/${room.slice(8)}`, {
      participants: [customer, staff, sentinel].map((person) => ({ user_id: person.id, role: person.role })),
    });
    const other = await on(0, sentinel);
    other.close();
    await watcher.waitFor(
      'user_offline',
      ({ user }: { user: { id: number } }) => user.id === Number(sentinel.id),
    );
    expect(watcher.of('user_offline')).toHaveLength(1);
    after.close();
    await watcher.waitFor(
      'user_offline',
      ({ user }: { user: { id: number } }) => user.id === Number(customer.id),
    );
  });

  it('end delivery to a removed member everywhere, and refuse what they send', async () => {
    const [mine, theirs] = [await joinedOn(1, customer), await joinedOn(0, staff)];
    await world.host().rest.put(`/api/v1/chat/directory/contexts/service_request/${room.slice(8)}`, {
      participants: [{ user_id: staff.id, role: 'staff' }],
    });
    await mine.waitFor('room_removed');
    expect((await mine.ask('send_message', { room_id: room, message: 'still here?' })).code).toBe(
      'ACCESS_DENIED',
    );
    await theirs.must('send_message', { room_id: room, message: 'secret' });
    const next = await world.serviceRoom([customer, staff]);
    await mine.must('join_room', { room_id: next });
    await theirs.must('send_message', { room_id: next, message: 'sentinel' });
    await mine.waitFor('new_message', (message: Wire) => message.message === 'sentinel');
    expect(JSON.stringify(mine.received)).not.toContain('secret');
  });

  it('close a room and change a profile for all of them at once', async () => {
    const [mine, theirs] = [await joinedOn(0, customer), await joinedOn(1, staff)];
    await mine.must('send_message', { room_id: room, message: 'warm' });
    await theirs.must('send_message', { room_id: room, message: 'warm' });
    await world.host().rest.put(`/api/v1/chat/directory/users/${customer.id}`, { name: 'Renamed' });
    await mine.must('send_message', { room_id: room, message: 'who am I?' });
    expect(
      await theirs.waitFor('new_message', (message: Wire) => message.message === 'who am I?'),
    ).toMatchObject({
      sender: { name: 'Renamed' },
    });
    await staff.rest.post(`/api/v1/chat/rooms/${room}/close`, { status: 'closed' });
    for (const client of [mine, theirs]) {
      expect((await client.ask('send_message', { room_id: room, message: 'late' })).code).toBe(
        'ROOM_INACTIVE',
      );
    }
  });

  it('take one message for a repeat on either of them', async () => {
    const [here, there] = [await joinedOn(0, customer), await joinedOn(1, customer)];
    const body = { room_id: room, message: 'once', client_id: 'c1' };
    const answers = await Promise.all(
      [here, there, here, there].map((client) => client.must<Wire>('send_message', body)),
    );
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    await here.must('send_message', { room_id: room, message: 'sentinel' });
    for (const client of [here, there]) {
      await client.waitFor('new_message', (message: Wire) => message.message === 'sentinel');
      expect(seqs(client)).toEqual([1, 2]);
    }
  });

  it('survive a restart of Redis: nobody is disconnected, nothing is lost or doubled', async () => {
    const [mine, theirs] = [await joinedOn(0, customer), await joinedOn(1, staff)];
    const leaver = world.person('staff');
    await world.host().rest.put(`/api/v1/chat/directory/contexts/service_request/${room.slice(8)}`, {
      participants: [customer, staff, leaver].map((person) => ({ user_id: person.id, role: person.role })),
    });
    const removed = await joinedOn(1, leaver);
    await mine.must('send_message', { room_id: room, message: 'before' });
    await removed.waitFor('new_message', (message: Wire) => message.message === 'before');
    const [toEdit, toDelete] = [
      await mine.must<Wire>('send_message', { room_id: room, message: 'to be edited' }),
      await mine.must<Wire>('send_message', { room_id: room, message: 'to be deleted' }),
    ];
    await theirs.waitFor('new_message', (message: Wire) => message.seq === toDelete.seq);
    await world.server.redis!.kill();
    await mine.must('edit_message', { message_id: toEdit.id, message: 'edited meanwhile' });
    await mine.must('delete_message', { message_id: toDelete.id });
    for (let n = 0; n < 20; n += 1) {
      await (n % 2 === 0 ? mine : theirs).must('send_message', { room_id: room, message: `meanwhile ${n}` });
    }
    const host = world.person('service', { id: 'host' });
    const put = await fetch(
      `${world.server.nodes[0]!.url}/api/v1/chat/directory/contexts/service_request/${room.slice(8)}`,
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          participants: [customer, staff].map((person) => ({ user_id: person.id, role: person.role })),
        }),
      },
    );
    expect(put.status).toBe(200);
    await world.server.redis!.start();
    const last = await mine.must<Wire>('send_message', { room_id: room, message: 'after' });
    await theirs.waitFor(
      'message_edited',
      ({ id, message }: Wire) => id === toEdit.id && message === 'edited meanwhile',
    );
    await theirs.waitFor(
      'message_deleted',
      ({ message_id }: { message_id: string }) => message_id === toDelete.id,
    );
    for (const client of [mine, theirs]) {
      await client.waitFor('new_message', (message: Wire) => message.seq === last.seq, 15_000);
      expect(seqs(client)).toEqual([...new Set(seqs(client))].sort((a, b) => a - b));
      expect(client.of('disconnect')).toEqual([]);
    }
    const everything = (
      await customer.rest.get<{ messages: Wire[] }>(
        `/api/v1/chat/rooms/${room}/messages?after_seq=0&per_page=100`,
      )
    ).body.data.messages;
    // Both joined before the first message, and miss none of all that were stored.
    expect(seqs(mine)).toEqual(everything.map((message) => message.seq));
    expect(seqs(theirs)).toEqual(everything.map((message) => message.seq));
    expect(JSON.stringify(removed.received)).not.toContain('after');
  }, 60_000);
});
