import { Jobs } from '#libs/platform/jobs';
import { Database } from '#libs/platform/database';
import { startTestApp, type TestApp } from '../support/app.js';
import { ok, openRoom, roomPath } from '../service/helpers.js';
import { eventually, removeFolders, scratchFolder } from '../support/process.js';
import { pdf } from '../attachments/support/files.js';
import { download, mustUpload } from '../attachments/support/uploads.js';
import { REMOVE_ORPHANS } from '#libs/attachments';
import { SocketClient } from '../support/socket-client.js';
import { World } from '../support/world.js';

const REMOVE_INVITATIONS = 'rooms.remove-invitations';
const DONE = `switchboard_jobs_total{job="${REMOVE_INVITATIONS}",outcome="done"} 1`;

describe('roles of processes', () => {
  let world: World;
  let worker: TestApp;

  beforeAll(async () => {
    const files = await scratchFolder();
    world = await World.start({ ROLE: 'api', JOBS_POLL_MS: '20', DATA_DIR: files }, 1);
    worker = await startTestApp(
      { ROLE: 'worker', JOBS_POLL_MS: '20', DATA_DIR: files, DATABASE_URL: world.server.database.url },
      1,
    );
  });
  afterAll(async () => {
    await worker.close();
    await world.stop();
    await removeFolders();
  });

  const figures = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

  it('a worker answers about itself and takes no clients', async () => {
    expect((await fetch(`${worker.url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${worker.url}/health/live`)).status).toBe(200);
    expect(await figures(worker.url)).toContain('switchboard_jobs_active');
    const customer = world.person('customer');
    for (const path of [
      '/',
      '/docs',
      '/asyncapi.json',
      '/api/v1/chat/rooms',
      '/v1/chat/rooms',
      '/metrics/x',
    ]) {
      const answer = await fetch(worker.url + path, {
        headers: { authorization: `Bearer ${customer.token}` },
      });
      expect({ path, status: answer.status }).toEqual({ path, status: 404 });
      expect(await answer.json()).toMatchObject({ success: false, code: 'NOT_FOUND' });
    }
    for (const transports of [['websocket'], ['polling']]) {
      const auth = { token: customer.token };
      await expect(SocketClient.connect(`${worker.url}/chat`, { auth, transports })).rejects.toThrow();
    }
    // The same token is good where clients are served.
    expect((await customer.rest.get('/api/v1/chat/rooms')).status).toBe(200);
    await world.socket(customer);
  });

  it('the worker removes invitations that ended a week ago, asked for by the one that serves clients', async () => {
    const database = world.server.app.get(Database);
    const owner = world.person('business');
    const { room_id } = await openRoom(owner, { type: 'group', name: 'Crew' });
    const made: string[] = [];
    for (let number = 0; number < 4; number += 1) {
      const path = roomPath(room_id, '/invitations');
      const { invitation } = ok(await owner.rest.post<{ invitation: { id: string } }>(path, {}));
      made.push(invitation.id);
    }
    const [open, expiredNow, expiredLong, revokedLong] = made;
    const set = async (column: string, days: number, id?: string) =>
      database.query(`UPDATE invitations SET ${column} = now() - make_interval(days => $1) WHERE id = $2`, [
        days,
        id,
      ]);
    await set('expires_at', 6, expiredNow);
    await set('expires_at', 8, expiredLong);
    await set('revoked_at', 8, revokedLong);
    await world.server.app.get(Jobs).enqueue(REMOVE_INVITATIONS, {});
    await eventually('the worker has done it', async () => (await figures(worker.url)).includes(DONE));
    const left = await database.query<{ id: string }>('SELECT id FROM invitations ORDER BY id');
    expect(left.map(({ id }) => id)).toEqual([open, expiredNow].sort());
    expect(await figures(world.server.url)).not.toContain('switchboard_jobs_total{');
    expect(await figures(worker.url)).toContain(
      `switchboard_job_seconds_count{job="${REMOVE_INVITATIONS}"} 1`,
    );
  });

  it('the worker removes files that no message named in time, rows and bytes', async () => {
    const database = world.server.app.get(Database);
    const customer = world.person('customer');
    const room = await world.serviceRoom([customer]);
    const [old, young] = [
      await mustUpload(world, customer, room, pdf()),
      await mustUpload(world, customer, room, pdf()),
    ];
    const idOf = ({ file_id }: { file_id: string }): string => file_id.replace('file_', '');
    await database.query(`UPDATE attachments SET created_at = now() - interval '25 hours' WHERE id = $1`, [
      idOf(old),
    ]);
    await world.server.app.get(Jobs).enqueue(REMOVE_ORPHANS, {});
    const ids = async (): Promise<string[]> =>
      (await database.query<{ id: string }>('SELECT id FROM attachments')).map(({ id }) => id);
    await eventually('the old one is gone', async () => !(await ids()).includes(idOf(old)));
    expect(await ids()).toEqual([idOf(young)]);
    expect((await download(world, old.url)).status).toBe(404);
    expect((await download(world, young.url)).status).toBe(200);
  });
});
