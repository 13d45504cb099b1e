import pg from 'pg';
import { ONE_NODE, World, type Person } from '../support/world.js';
import { eventually } from '../support/process.js';

/** What reads this text waits for the lock of this number; so do searches that come across it. */
const GATE = 4_711;
const SLOW_TEXT = 'this one takes its time';
const PHRASE = '/api/v1/chat/search?q=%22takes+its%22';
const WAITING_BEHIND_GATE = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'advisory'
  AND datname = current_database()`;

/** As PostgreSQL has it, with a body that first waits at the gate for that one text. */
async function slowDown(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ prosrc: string }>(
    `SELECT prosrc FROM pg_proc WHERE proname = 'chat_words'`,
  );
  const body = rows[0]?.prosrc.replace(
    'BEGIN',
    `BEGIN IF content = '${SLOW_TEXT}' THEN PERFORM pg_advisory_xact_lock_shared(${GATE}); END IF;`,
  );
  await client.query(
    `CREATE OR REPLACE FUNCTION chat_words(content text) RETURNS text
     LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $body$${body}$body$`,
  );
}

describe('reads that take long', () => {
  let world: World;
  let admin: pg.Client;
  let slow: Person;
  let room: string;
  let other: Person;
  let otherRoom: string;

  async function start(env: Record<string, string>): Promise<void> {
    world = await World.start({ DATABASE_POOL_SIZE: '2', ...env }, ONE_NODE);
    slow = world.person();
    other = world.person();
    room = await world.serviceRoom([slow]);
    otherRoom = await world.serviceRoom([other]);
    await send(slow, room, SLOW_TEXT);
    await send(other, otherRoom, 'this one takes no time');
    admin = new pg.Client({ connectionString: world.server.database.url });
    await admin.connect();
    await slowDown(admin);
    await admin.query('SELECT pg_advisory_lock($1)', [GATE]);
  }
  afterEach(async () => {
    await admin.end();
    await world.stop();
  });

  const send = async (person: Person, to: string, message: string) => {
    const answer = await person.rest.post(`/api/v1/chat/rooms/${to}/messages`, { message });
    expect(answer.body).toMatchObject({ success: true });
  };
  const blocked = async (): Promise<number> =>
    ((await admin.query<{ n: number }>(WAITING_BEHIND_GATE)).rows[0] as { n: number }).n;

  it('keep neither messages, nor lists, nor the searches of others', async () => {
    await start({});
    const searches = Array.from({ length: 10 }, () => slow.rest.get(PHRASE));
    const filtered = Array.from({ length: 10 }, () =>
      slow.rest.get(`/api/v1/chat/rooms?search=${encodeURIComponent('x')}`),
    );
    await eventually('a search is under way', async () => (await blocked()) > 0);
    for (let number = 0; number < 5; number += 1) {
      await send(other, otherRoom, `sent meanwhile ${number}`);
      await send(slow, room, `also by the one who searches ${number}`);
    }
    expect((await other.rest.get('/api/v1/chat/rooms')).status).toBe(200);
    expect((await slow.rest.get('/api/v1/chat/rooms')).status).toBe(200);
    const found = await other.rest.get<{ pagination: { total: number } }>(PHRASE.replace('its', 'no'));
    expect(found.body.data.pagination.total).toBe(1);
    // Still one, and nothing of it was given up meanwhile.
    expect(await blocked()).toBe(1);
    await admin.query('SELECT pg_advisory_unlock($1)', [GATE]);
    for (const answer of await Promise.all([...searches, ...filtered])) expect(answer.status).toBe(200);
  });

  it('are ended by PostgreSQL, and answered with a code that says what to do', async () => {
    await start({ DATABASE_READ_TIMEOUT_MS: '300' });
    const answer = await slow.rest.get(PHRASE);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      success: false,
      code: 'QUERY_TOO_SLOW',
      error: expect.stringContaining('Ask for less') as string,
      details: [{ limit_ms: 300 }],
    });
    expect(await blocked()).toBe(0);
    // The database is not taken for one that is away, and the connection is used again.
    await send(slow, room, 'sent afterwards');
    expect((await slow.rest.get('/api/v1/chat/search?q=afterwards')).status).toBe(200);
  });

  it('make further ones of the same user wait their turn for a while, and are then refused', async () => {
    await start({ DATABASE_READ_WAIT_MS: '200' });
    const first = slow.rest.get(PHRASE);
    await eventually('a search is under way', async () => (await blocked()) > 0);
    const second = await slow.rest.get(PHRASE);
    expect(second.status).toBe(429);
    expect(second.body).toMatchObject({ code: 'RATE_LIMITED', details: [{ retry_after: 1 }] });
    expect((await other.rest.get(PHRASE)).status).toBe(200);
    await admin.query('SELECT pg_advisory_unlock($1)', [GATE]);
    expect((await first).status).toBe(200);
  });
});
