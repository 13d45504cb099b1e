import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Jobs } from '#libs/platform/jobs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { endProcesses, eventually, NodeProcess, removeFolders, scratchFolder } from '../support/process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { JobNode } from './job-node.js';

const JOB = 'test.note';
const WORKER = join(fileURLToPath(import.meta.url), '..', 'worker.mjs');
/** Of 2 s in these tests. Whoever gives a job back only by its time limit of 300 s takes longer than this. */
const SOON_MS = 60_000;

describe('a job whose worker is gone', () => {
  let database: TestDatabase;
  let nodes: JobNode[];
  let done: string[];

  beforeEach(async () => {
    database = await createTestDatabase();
    [nodes, done] = [[], []];
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await endProcesses();
    await database.drop();
  });
  afterAll(removeFolders);

  async function start(define: (jobs: Jobs) => void, url = database.url): Promise<JobNode> {
    const node = await JobNode.start(url, 'worker', define);
    nodes.push(node);
    return node;
  }
  const noting =
    (name: string) =>
    (jobs: Jobs): void =>
      jobs.define(JOB, {}, async () => void done.push(name));
  const attempts = async (node: JobNode): Promise<unknown> =>
    (await node.database.query('SELECT state, retry_count FROM pgboss.job WHERE name = $1', [JOB]))[0];

  it('is taken up by another soon after that was killed', async () => {
    const worker = NodeProcess.spawn(WORKER, [database.url, JOB], await scratchFolder(), {});
    const api = await JobNode.start(database.url, 'api', noting('api'));
    nodes.push(api);
    await api.jobs.enqueue(JOB, {});
    await worker.says(/begun/);
    await worker.kill();
    const other = await start(noting('other'));
    await eventually('the other has done it', () => done.length > 0, SOON_MS);
    await eventually('it is written', async () => {
      return (await other.figure(`switchboard_jobs_total{job="${JOB}",outcome="done"}`)) === 1;
    });
    expect(done).toEqual(['other']);
    expect(await attempts(other)).toEqual({ state: 'completed', retry_count: 1 });
  });

  it('stays with a worker that is busy with it for longer than a lease', async () => {
    let finish = (): void => undefined;
    const busy = await start((jobs) =>
      jobs.define(JOB, {}, async () => {
        await new Promise<void>((resolve) => (finish = resolve));
        done.push('busy');
      }),
    );
    await busy.jobs.enqueue(JOB, {});
    await eventually(
      'it has begun',
      async () => (await busy.figure(`switchboard_jobs_active{job="${JOB}"}`)) === 1,
    );
    const other = await start(noting('other'));
    // Older than a lease of 2 s by now, by the clock of the database.
    await eventually('two leases have passed', async () => {
      const sql = `SELECT 1 FROM pgboss.job WHERE name = $1 AND created_on < now() - interval '4 seconds'`;
      return (await other.database.query(sql, [JOB])).length > 0;
    });
    expect(await attempts(other)).toEqual({ state: 'active', retry_count: 0 });
    finish();
    await eventually('it is done', () => done.length > 0);
    expect(done).toEqual(['busy']);
  });

  it('is given up by a worker that the database does not hear of any more, before another has it', async () => {
    const { proxy, url } = await TcpProxy.before(database.url);
    try {
      let begun = false;
      const cutOff = await start(
        (jobs) =>
          jobs.define(JOB, {}, async (_data, signal) => {
            begun = true;
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
            done.push('given up');
          }),
        url,
      );
      await cutOff.jobs.enqueue(JOB, {});
      await eventually('it has begun', () => begun);
      await proxy.refuse();
      await start(noting('other'));
      await eventually('the other has done it', () => done.includes('other'), SOON_MS);
      await eventually('it was given up', () => done.includes('given up'), SOON_MS);
      expect(done.filter((name) => name === 'other')).toHaveLength(1);
    } finally {
      await Promise.all(nodes.splice(0).map((node) => node.stop()));
      await proxy.close();
    }
  });
});
