import { toDomainError } from '#libs/platform/errors';
import type { Jobs, JobOptions } from '#libs/platform/jobs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { JobNode } from './job-node.js';

const JOB = 'test.note';

interface Note {
  id: string;
}

describe('jobs', () => {
  let database: TestDatabase;
  let nodes: JobNode[];
  /** Which node did what, in order. */
  let done: { node: string; id: string; at: number }[];

  beforeEach(async () => {
    database = await createTestDatabase();
    nodes = [];
    done = [];
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await database.drop();
  });

  async function start(role: 'api' | 'worker' | 'all', define: (jobs: Jobs) => void, url = database.url) {
    const node = await JobNode.start(url, role, define);
    nodes.push(node);
    return node;
  }
  const stop = async (node: JobNode): Promise<void> => {
    nodes = nodes.filter((one) => one !== node);
    await node.stop();
  };
  const noting =
    (node: string, options: JobOptions = {}) =>
    (jobs: Jobs): void =>
      jobs.define<Note>(JOB, options, async ({ id }) => void done.push({ node, id, at: Date.now() }));
  const ids = (): string[] => done.map(({ id }) => id);
  const has = (id: string) => () => ids().includes(id);

  it('runs a delayed job once, not before its time, with two workers', async () => {
    const [api] = [await start('api', noting('api')), await start('worker', noting('a'))];
    await start('worker', noting('b'));
    const since = Date.now();
    await api.jobs.enqueue(JOB, { id: 'late' }, { startAfter: 1 });
    for (let number = 0; number < 20; number += 1) await api.jobs.enqueue(JOB, { id: `now ${number}` });
    await eventually('all ran', () => done.length >= 21);
    // Both workers look again and find nothing else before this one.
    await api.jobs.enqueue(JOB, { id: 'sentinel' });
    await eventually('the sentinel ran', has('sentinel'));
    expect(new Set(ids()).size).toBe(22);
    expect(ids()).toHaveLength(22);
    expect((done.find(({ id }) => id === 'late')?.at ?? 0) - since).toBeGreaterThanOrEqual(950);
    expect(done.filter(({ node }) => node === 'api')).toEqual([]);
  });

  it('keeps what is enqueued where nobody runs jobs, until a worker comes', async () => {
    const api = await start('api', noting('api'));
    await api.jobs.enqueue(JOB, { id: 'kept' });
    await stop(api);
    const worker = await start('worker', noting('worker'));
    await eventually('it ran', has('kept'));
    expect(done).toMatchObject([{ node: 'worker', id: 'kept' }]);
    await eventually('it is counted', async () => {
      return (await worker.figure(`switchboard_jobs_total{job="${JOB}",outcome="done"}`)) === 1;
    });
  });

  it('survives a restart between enqueueing and its time', async () => {
    const before = await start('all', noting('before'));
    await before.jobs.enqueue(JOB, { id: 'later' }, { startAfter: 1 });
    await eventually('it is seen waiting', async () => {
      return (await before.figure(`switchboard_jobs_waiting{job="${JOB}"}`)) === 1;
    });
    await stop(before);
    expect(done).toEqual([]);
    await start('all', noting('after'));
    await eventually('it ran', has('later'));
    expect(done).toMatchObject([{ node: 'after' }]);
  });

  it('tries again after a failure, as often as the job says, and counts it', async () => {
    let attempts = 0;
    const node = await start('all', (jobs) => {
      jobs.define<Note>(JOB, { retryLimit: 1, retryDelay: 1 }, async ({ id }) => {
        attempts += 1;
        if (id === 'hopeless' || attempts === 1) throw new Error('not now');
        done.push({ node: 'a', id, at: Date.now() });
      });
    });
    await node.jobs.enqueue(JOB, { id: 'second time' });
    await eventually('it ran', has('second time'));
    expect(attempts).toBe(2);
    await node.jobs.enqueue(JOB, { id: 'hopeless' });
    const failed = `switchboard_jobs_total{job="${JOB}",outcome="failed"}`;
    await eventually('it was given up', async () => (await node.figure(failed)) === 3);
    // It is counted when it fails, a moment before that is stored.
    await eventually('that is stored', async () => {
      const states = await node.database.query<{ state: string }>(
        'SELECT state FROM pgboss.job WHERE name = $1 ORDER BY created_on',
        [JOB],
      );
      return states.map(({ state }) => state).join() === 'completed,failed';
    });
  });

  it('keeps one waiting job for a key, and none of a transaction that is rolled back', async () => {
    const api = await start('api', noting('api'));
    const { jobs } = api;
    expect(await jobs.enqueue(JOB, { id: 'first' }, { singletonKey: 'room' })).toBe(true);
    expect(await jobs.enqueue(JOB, { id: 'second' }, { singletonKey: 'room' })).toBe(false);
    expect(await jobs.enqueue(JOB, { id: 'other' }, { singletonKey: 'another' })).toBe(true);
    const undone = api.database.transaction(async (within) => {
      await jobs.enqueue(JOB, { id: 'undone' }, { within });
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    await api.database.transaction(async (within) => jobs.enqueue(JOB, { id: 'committed' }, { within }));
    await start('worker', noting('worker'));
    await eventually('all ran', () => done.length >= 3);
    expect(ids()).toEqual(['first', 'other', 'committed']);
  });

  it('runs a schedule once for each of its dates, however many workers there are', async () => {
    const everySecond = { schedule: '* * * * * *' };
    const node = await start('worker', noting('a', everySecond));
    await start('worker', noting('b', everySecond));
    await eventually('it ran three times', () => done.length >= 3);
    const [counts] = await node.database.query(
      `SELECT count(*)::int AS jobs, count(DISTINCT start_after)::int AS dates FROM pgboss.job WHERE name = $1`,
      [JOB],
    );
    expect(counts).toMatchObject({ jobs: (counts as { dates: number }).dates });
  });

  it('waits at the stop for a job that finishes soon', async () => {
    let begun = false;
    const node = await start('all', (jobs) => {
      jobs.define<Note>(JOB, {}, async ({ id }, signal) => {
        begun = true;
        await new Promise((resolve) => signal.addEventListener('abort', () => setImmediate(resolve)));
        done.push({ node: 'a', id, at: Date.now() });
      });
    });
    await node.jobs.enqueue(JOB, { id: 'finished' });
    await eventually('it began', () => begun);
    expect(await node.figure(`switchboard_jobs_active{job="${JOB}"}`)).toBe(1);
    await stop(node);
    expect(ids()).toEqual(['finished']);
    const next = await start('all', noting('b'));
    await next.jobs.enqueue(JOB, { id: 'sentinel' });
    await eventually('the sentinel ran', has('sentinel'));
    expect(ids()).toEqual(['finished', 'sentinel']);
  });

  it('leaves at the stop a job that does not finish, in time, to another node', async () => {
    let begun = false;
    const node = await start('all', (jobs) => {
      jobs.define<Note>(JOB, { retryDelay: 1 }, () => {
        begun = true;
        return new Promise(() => undefined);
      });
    });
    await node.jobs.enqueue(JOB, { id: 'left' });
    await eventually('it began', () => begun);
    const since = performance.now();
    await stop(node);
    expect(performance.now() - since).toBeLessThan(20_000);
    await start('worker', noting('b'));
    await eventually('it ran', has('left'));
  });

  it('refuses while the database is away, and goes on when it is back, with what was under way', async () => {
    const { proxy, url } = await TcpProxy.before(database.url);
    try {
      let attempts = 0;
      let finish = (): void => undefined;
      const node = await start(
        'all',
        (jobs) =>
          jobs.define<Note>(JOB, { retryDelay: 1, timeLimit: 300 }, async ({ id }) => {
            attempts += 1;
            if (id === 'under way') await new Promise<void>((resolve) => (finish = resolve));
            done.push({ node: 'a', id, at: Date.now() });
          }),
        url,
      );
      await node.jobs.enqueue(JOB, { id: 'under way' });
      await eventually('it began', () => attempts === 1);
      await proxy.refuse();
      const refusal = await node.jobs.enqueue(JOB, { id: 'refused' }).catch(toDomainError);
      expect(refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      // Its completion cannot be written now; that must not end the process.
      finish();
      await eventually('it finished', has('under way'));
      await proxy.resume();
      await eventually('the database is back', () =>
        node.jobs.enqueue(JOB, { id: 'after' }).catch(() => undefined),
      );
      await eventually('the next one ran', has('after'));
      expect(ids()).toEqual(['under way', 'after']);
    } finally {
      await Promise.all(nodes.splice(0).map((node) => node.stop()));
      await proxy.close();
    }
  });

  it('refuses a wrong schedule and a second definition at the start', async () => {
    await start('api', (jobs) => {
      expect(() => jobs.define(JOB, { schedule: 'every day' }, async () => undefined)).toThrow();
      jobs.define(JOB, {}, async () => undefined);
      expect(() => jobs.define(JOB, {}, async () => undefined)).toThrow(/twice/);
    });
  });
});
