import { Cluster } from '#libs/platform/cluster';
import { Database } from '#libs/platform/database';
import { isRedisInstalled } from '../support/redis.js';
import { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';

interface Wire {
  id: string;
  seq: number;
  message: string;
}

const COUNTS = isRedisInstalled() ? [1, 2] : [1];

interface Mark {
  user: { id: number };
  seq: number;
}

/** What a server stored and, since it died in that moment, told nobody; the statements of it stand for it. */
describe.each(COUNTS)('what was stored and not told, on %i server(s)', (count) => {
  let world: World;
  let database: Database;
  let [customer, staff, third] = [] as unknown as [Person, Person, Person];
  let room = '';
  let clients: SocketClient[];
  beforeAll(async () => {
    world = await World.start({}, count);
    database = world.server.app.get(Database);
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    [customer, staff, third] = [world.person(), world.person('staff'), world.person('staff')];
    room = await world.serviceRoom([customer, staff, third]);
    clients = await world.joined(room, customer, staff, third);
  });
  afterEach(() => world.disconnectAll());

  const everyone = async <T>(wait: (client: SocketClient) => Promise<T>): Promise<void> =>
    void (await Promise.all(clients.map(wait)));
  const doubt = (): void => world.server.nodes.at(-1)!.app.get(Cluster).doubt(performance.now());
  const send = (message: string) => clients[0]!.must<Wire>('send_message', { room_id: room, message });
  const sentinel = async (): Promise<void> => {
    await send('sentinel');
    await everyone((client) => client.waitFor('new_message', ({ message }: Wire) => message === 'sentinel'));
  };

  it('is told when there is a doubt, once: edits and deletions', async () => {
    const [edited, deleted] = [await send('to be edited'), await send('to be deleted')];
    await everyone((client) => client.waitForCount('new_message', 2));
    await database.query(
      `WITH next AS (UPDATE rooms SET last_change = last_change + 1 WHERE key = $1 RETURNING id, last_change AS n),
       edited AS (UPDATE messages SET content = 'edited', edited_at = now(), changed_at = now(), change_no = n
         FROM next WHERE messages.id = $2 RETURNING messages.id)
       INSERT INTO message_changes SELECT edited.id, next.id, 2, n FROM edited, next`,
      [room, edited.id.slice(4)],
    );
    await database.query(
      `WITH next AS (UPDATE rooms SET last_change = last_change + 1 WHERE key = $1 RETURNING id, last_change AS n),
       gone AS (UPDATE messages SET content = '', deleted_at = now(), changed_at = now(), change_no = n
         FROM next WHERE messages.id = $2 RETURNING messages.id)
       INSERT INTO message_changes SELECT gone.id, next.id, 2, n FROM gone, next`,
      [room, deleted.id.slice(4)],
    );
    doubt();
    await everyone((client) => client.waitFor('message_edited', ({ message }: Wire) => message === 'edited'));
    await everyone((client) => client.waitFor('message_deleted'));
    doubt();
    await sentinel();
    for (const client of clients) {
      expect(client.of('message_edited')).toHaveLength(1);
      expect(client.of('message_deleted')).toHaveLength(1);
    }
  });

  it('is told when there is a doubt, once: marks of reading and delivery', async () => {
    const [named] = [await send('one'), await send('two')];
    await everyone((client) => client.waitForCount('new_message', 2));
    await clients[1]!.must('mark_read', { room_id: room, message_id: named.id });
    await everyone((client) => client.waitFor('message_read'));
    await database.query(
      `INSERT INTO receipts (room_id, user_id, kind, seqs)
       SELECT id, $2, kind, int8range(1, 2, '[]') FROM rooms, unnest(ARRAY['read', 'delivered']) AS kind WHERE key = $1`,
      [room, third.id],
    );
    doubt();
    const ofThird = ({ user }: { user: { id: number } }): boolean => user.id === Number(third.id);
    await everyone((client) => client.waitFor('message_delivered', ofThird));
    await everyone((client) => client.waitFor('message_read', ofThird));
    doubt();
    await sentinel();
    for (const client of clients) {
      expect(client.of<Mark>('message_read').map(({ user, seq }) => [user.id, seq])).toEqual([
        [Number(staff.id), 1],
        [Number(third.id), 1],
        [Number(third.id), 2],
      ]);
      expect(client.of<Mark>('message_delivered').filter(ofThird)).toHaveLength(1);
    }
  });

  it('is told when there is a doubt, once: who came, and who went', async () => {
    const newcomer = world.person('staff');
    const theirs = await world.socket(newcomer);
    await database.query(
      `WITH person AS (INSERT INTO users (id, name, role) VALUES ($2, 'New', 'staff') ON CONFLICT (id) DO UPDATE SET name = 'New' RETURNING id)
       INSERT INTO participants (room_id, user_id, role) SELECT rooms.id, person.id, 'member' FROM rooms, person WHERE key = $1`,
      [room, newcomer.id],
    );
    doubt();
    const isNew = ({ user }: Mark): boolean => user.id === Number(newcomer.id);
    await everyone((client) => client.waitFor('user_joined', isNew));
    await theirs.waitFor('room_added');
    doubt();
    await sentinel();
    await database.query(
      `UPDATE participants SET left_at = now() WHERE user_id = $2 AND room_id = (SELECT id FROM rooms WHERE key = $1)`,
      [room, newcomer.id],
    );
    doubt();
    await everyone((client) => client.waitFor('user_left', isNew));
    await theirs.waitFor('room_removed');
    doubt();
    await sentinel();
    for (const client of clients) {
      expect(client.of<Mark>('user_joined').filter(isNew)).toHaveLength(1);
      expect(client.of<Mark>('user_left').filter(isNew)).toHaveLength(1);
    }
  });

  it('ends delivery to who was removed', async () => {
    await database.query(
      `UPDATE participants SET left_at = now() WHERE user_id = $2 AND room_id = (SELECT id FROM rooms WHERE key = $1)`,
      [room, third.id],
    );
    const removed = clients.pop()!;
    await Promise.all(world.server.nodes.map(({ app }) => app.get(Cluster).catchUp.run(performance.now())));
    expect((await removed.ask('send_message', { room_id: room, message: 'still here' })).code).toBe(
      'ACCESS_DENIED',
    );
    await sentinel();
    await removed.ask('send_message', { room_id: room, message: 'comes back after it' });
    expect(removed.of('new_message')).toEqual([]);
  });

  if (count > 1)
    it('is told when there is a doubt, once: messages', async () => {
      await send('first');
      await database.query(
        `WITH next AS (UPDATE rooms SET last_seq = last_seq + 1 WHERE key = $1 RETURNING id, last_seq)
         INSERT INTO messages (id, room_id, seq, sender_id, type, content)
         SELECT gen_random_uuid(), id, last_seq, $2, 'text', 'of a server that died' FROM next`,
        [room, staff.id],
      );
      doubt();
      await everyone((client) =>
        client.waitFor('new_message', ({ message }: Wire) => message === 'of a server that died'),
      );
      doubt();
      await sentinel();
      for (const client of clients)
        expect(client.of<Wire>('new_message').map(({ seq }) => seq)).toEqual([1, 2, 3]);
    });
});
