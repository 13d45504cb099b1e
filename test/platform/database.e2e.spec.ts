import { Database } from '#libs/platform/database';
import { toDomainError } from '#libs/platform/errors';
import { DomainEvent, EventBus } from '#libs/platform/events';
import { eventually } from '../support/process.js';
import { ONE_NODE, World } from '../support/world.js';

class Noted extends DomainEvent {
  constructor(
    readonly what: string,
    readonly visible?: () => Promise<number>,
  ) {
    super();
  }
}

describe('transactions and their events', () => {
  let world: World;
  let database: Database;
  let heard: string[];
  beforeAll(async () => {
    world = await World.start(
      { DATABASE_CONNECT_TIMEOUT_MS: '3000', DATABASE_QUERY_TIMEOUT_MS: '1000', DATABASE_POOL_SIZE: '2' },
      ONE_NODE,
    );
    database = world.server.app.get(Database);
    await database.query('CREATE TABLE notes (what text PRIMARY KEY)');
    world.server.app.get(EventBus).on(Noted, async ({ what, visible }) => {
      heard.push(visible ? `${what}: ${await visible()} rows` : what);
    });
  });
  beforeEach(async () => {
    heard = [];
    await database.query('DELETE FROM notes');
  });
  afterAll(() => world.stop());

  const count = async () => (await database.query('SELECT * FROM notes')).length;
  const note = 'INSERT INTO notes VALUES ($1)';

  it('are published after the commit, in order, and listeners see what was written', async () => {
    const result = await database.transaction(async (tx) => {
      tx.publish(new Noted('first', count));
      await tx.query(note, ['a']);
      tx.publish(new Noted('second'));
      expect(heard).toEqual([]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(heard).toEqual(['first: 1 rows', 'second']);
  });

  it('are dropped, with the work, when the work fails', async () => {
    const failure = new Error('changed my mind');
    await expect(
      database.transaction(async (tx) => {
        await tx.query(note, ['a']);
        tx.publish(new Noted('never'));
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(await count()).toBe(0);
    expect(heard).toEqual([]);
  });

  it('are dropped when a statement fails', async () => {
    await expect(
      database.transaction(async (tx) => {
        await tx.query(note, ['a']);
        tx.publish(new Noted('never'));
        await tx.query(note, ['a']);
      }),
    ).rejects.toMatchObject({ code: '23505' });
    expect(await count()).toBe(0);
    expect(heard).toEqual([]);
  });

  it('go again, with their events, when two of them wait for each other', async () => {
    await database.query("INSERT INTO notes VALUES ('a'), ('b')");
    const met = [0, 0];
    let arrived = (): void => undefined;
    const both = new Promise<void>((resolve) => (arrived = resolve));
    const lock = (of: number, first: string, second: string) =>
      database.transaction(async (tx) => {
        met[of] = (met[of] ?? 0) + 1;
        await tx.query("SET LOCAL deadlock_timeout = '20ms'");
        await tx.query('SELECT FROM notes WHERE what = $1 FOR UPDATE', [first]);
        tx.publish(new Noted(`${first} and ${second}`));
        if (met.every((times) => times > 0)) arrived();
        await both;
        await tx.query('SELECT FROM notes WHERE what = $1 FOR UPDATE', [second]);
      });
    await Promise.all([lock(0, 'a', 'b'), lock(1, 'b', 'a')]);
    expect(met.reduce((sum, times) => sum + times)).toBe(3);
    expect(heard.sort()).toEqual(['a and b', 'b and a']);
  });

  it('go again after a serialization failure, and give up in the end', async () => {
    const fail = (state: string) =>
      `DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '${state}'; END $$`;
    for (const state of ['40001', '40P01']) {
      let tries = 0;
      await database.transaction(async (tx) => {
        tries += 1;
        await tx.query(note, [state]);
        if (tries < 3) await tx.query(fail(state));
      });
      expect([state, tries]).toEqual([state, 3]);
    }
    expect(await count()).toBe(2);
    const endless = await database.transaction((tx) => tx.query(fail('40001'))).catch(toDomainError);
    expect(endless).toMatchObject({ code: 'SERVICE_UNAVAILABLE', kind: 'unavailable' });
  });

  it('leave no connection in a transaction', async () => {
    for (let round = 0; round < 6; round += 1)
      await database
        .transaction(async (tx) => {
          await tx.query(note, ['a']);
          throw new Error('no');
        })
        .catch(() => undefined);
    await database.query(note, ['b']);
    expect(await count()).toBe(1);
    const open = await database.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(open).toEqual([]);
  });

  it('read times as they are, unusual ones too', async () => {
    const times = [
      '2026-11-20 09:25:43.123+00',
      '2026-11-20 09:25:43-03:30',
      '0044-03-15 12:00:00+00',
      '0044-03-15 12:00:00+00 BC',
      '12026-01-01 00:00:00+00',
    ];
    const [row] = await database.query<{ epochs: number[]; never: number }>(
      `SELECT array_agg(extract(epoch FROM t)::float8 * 1000 ORDER BY n) AS epochs,
         'infinity'::timestamptz AS never FROM unnest($1::timestamptz[]) WITH ORDINALITY AS given(t, n)`,
      [times],
    );
    const each = await Promise.all(
      times.map((time) => database.query<{ t: Date }>('SELECT $1::timestamptz AS t', [time])),
    );
    expect(each.map(([one]) => one?.t.getTime())).toEqual(row?.epochs);
    expect(row?.never).toBe(Infinity);
  });

  it('throw a connection away that did not answer in time, and go on with others', async () => {
    const slow = Array.from({ length: 4 }, () => database.query('SELECT pg_sleep(5)'));
    for (const result of await Promise.allSettled(slow)) expect(result).toMatchObject({ status: 'rejected' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => database.query<{ n: number }>('SELECT $1::int AS n', [n])),
    );
    expect(answers.map(([row]) => row?.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // Others of this server may be asking in this moment; nobody is left waiting.
    await eventually('nothing waits any more', () => database.figures().waiting === 0);
  });
});
