import pg from 'pg';
import { ONE_NODE, World, type Person } from '../support/world.js';
import {
  heard,
  history,
  messagesPath,
  openRoom,
  post,
  sentinel,
  sql,
  wire,
  type WireMessage,
} from './helpers.js';

/** Statements that the server sends to PostgreSQL while the work goes on. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const client = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const original = client.query;
  client.query = function (this: unknown, ...args: unknown[]) {
    const [config] = args;
    seen.push(typeof config === 'string' ? config : String((config as { text?: string }).text));
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    client.query = original;
  }
  return seen;
}

/**
 * The shortest list of statements in five runs of the work: jobs and leases that the server looks after meanwhile may
 * add statements to a run, and never take any away.
 */
async function fewestStatements(work: (run: number) => Promise<unknown>): Promise<string[]> {
  const runs: string[][] = [];
  for (let run = 0; run < 5; run += 1) runs.push(await statementsOf(() => work(run)));
  return runs.reduce((fewest, statements) => (statements.length < fewest.length ? statements : fewest));
}

describe('storing and delivering', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({}, ONE_NODE)));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it('numbers 20 senders at once without gaps and delivers in that order, once each', async () => {
    const people = Array.from({ length: 20 }, (_, n) => world.person(n % 2 ? 'staff' : 'customer'));
    const owner = people[1]!;
    const room = await world.serviceRoom(people);
    const sockets = await Promise.all(
      people.map(async (person, n) => {
        const socket = await world.socket(person, { namespace: n % 4 ? '/chat' : '/' });
        await socket.must('join_room', { room_id: room });
        return socket;
      }),
    );
    const acked = await Promise.all(
      sockets.map((socket, n) =>
        Promise.all(
          Array.from({ length: 10 }, (_, m) =>
            m % 5 === 4
              ? post(people[n]!, room, `${n}/${m}`)
              : socket.must<WireMessage>('send_message', { room_id: room, message: `${n}/${m}` }),
          ),
        ),
      ),
    );
    const dense = Array.from({ length: 200 }, (_, n) => n + 1);
    const bySeq = acked.flat().sort((a, b) => a.seq - b.seq);
    expect(bySeq.map((message) => message.seq)).toEqual(dense);
    for (const socket of sockets) {
      await socket.waitForCount('new_message', 200);
      expect(heard(socket, room).map((message) => [message.seq, message.id])).toEqual(
        bySeq.map((message) => [message.seq, message.id]),
      );
    }
    // What one socket sent one after the other stays in that order.
    for (const [n] of people.entries()) {
      const mine = bySeq.filter(({ message }) => message.startsWith(`${n}/`) && !/[49]$/.test(message));
      expect(mine.map(({ message }) => message)).toEqual([0, 1, 2, 3, 5, 6, 7, 8].map((m) => `${n}/${m}`));
    }
    const pages = [
      await history(owner, room, '?per_page=100&page=2'),
      await history(owner, room, '?per_page=100'),
    ];
    expect(pages.flatMap(({ messages }) => messages.map(({ id }) => id))).toEqual(bySeq.map(({ id }) => id));
    await sentinel(world, [people[0]!, sockets[0]!]);
    expect(heard(sockets[0]!, room)).toHaveLength(200);
  });

  it('asks the database once for an ordinary message', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [socket, watching] = await world.joined(room, customer, staff);
    await socket!.must('send_message', { room_id: room, message: 'warm' });
    await watching!.waitForCount('new_message', 1);
    const delivered = async (send: () => Promise<unknown>) => {
      const before = heard(watching!, room).length;
      await send();
      await watching!.waitForCount('new_message', before + 1);
    };
    const bySocket = await fewestStatements((n) =>
      delivered(() =>
        socket!.must('send_message', { room_id: room, message: 'by socket', client_id: `a${n}` }),
      ),
    );
    expect(bySocket).toEqual([expect.stringContaining('INSERT INTO messages')]);
    const byRest = await fewestStatements((n) =>
      delivered(() => post(customer, room, 'by REST', { client_id: `b${n}` })),
    );
    expect(byRest).toHaveLength(1);
  });

  it('acknowledges and delivers nothing before the commit', async () => {
    const [customer, staff] = [world.person(), world.person('staff')];
    const room = await world.serviceRoom([customer, staff]);
    const [socket, watching] = await world.joined(room, customer, staff);
    const holder = new pg.Client({ connectionString: world.server.database.url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM rooms WHERE key = $1 FOR UPDATE', [room]);
      let acknowledged = false;
      const sending = socket!
        .must<WireMessage>('send_message', { room_id: room, message: 'held up' })
        .finally(() => (acknowledged = true));
      const posting = post(customer, room, 'held up too').finally(() => (acknowledged = true));
      await sentinel(world, [staff, watching!]);
      expect(acknowledged).toBe(false);
      expect(heard(watching!, room)).toEqual([]);
      await holder.query('COMMIT');
      const stored = [await sending, await posting].map(({ id }) => id).sort();
      await watching!.waitForCount('new_message', 3);
      expect(
        heard(watching!, room)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(stored);
    } finally {
      await holder.end();
    }
  });

  it('says no, and delivers nothing, when the commit fails', async () => {
    const [owner, member]: Person[] = [world.person('staff'), world.person()];
    const { room_id } = await openRoom(owner!, {
      type: 'group',
      name: 'Crew',
      participant_ids: [wire(member!)],
    });
    const [socket, watching] = await world.joined(room_id, owner!, member!);
    await sql(
      world,
      `CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF NEW.content = 'fails at commit' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER fail_late AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION fail_late()`,
    );
    expect(await socket!.ask('send_message', { room_id, message: 'fails at commit' })).toMatchObject({
      success: false,
    });
    const answer = await owner!.rest.post(messagesPath(room_id), { message: 'fails at commit' });
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(JSON.stringify(answer.body)).not.toContain('not this one');
    const next = await post(owner!, room_id, 'goes on');
    expect(next.seq).toBe(1);
    await watching!.waitFor('new_message');
    expect(heard(watching!, room_id).map(({ message }) => message)).toEqual(['goes on']);
  });
});
