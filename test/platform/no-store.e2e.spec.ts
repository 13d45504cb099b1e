import { ONE_NODE, World, type Person } from '../support/world.js';
import { fillPath, restRoutes } from './routes.js';

const ROOMS = '/api/v1/chat/rooms';

describe('answers of the API', () => {
  let world: World;
  let customer: Person;
  let room: string;
  beforeAll(async () => {
    world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '1000' }, ONE_NODE);
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(() => world.stop());

  it('are kept by nobody: every route says so, whether it succeeds or not', async () => {
    const callers = [customer.rest, world.host().rest, world.anonymous()];
    for (const { method, path } of restRoutes(world.server.app)) {
      for (const caller of callers) {
        const at = fillPath(path, (name) => (/room|^id$/.test(name) ? room : 'nothing'));
        const { status, headers } = await caller.call(method, at, method === 'GET' ? undefined : {});
        expect({ method, path, status, kept: headers.get('cache-control') }).toEqual({
          method,
          path,
          status,
          kept: 'no-store',
        });
      }
    }
  });

  it.each([
    ['messages', 'GET', `/messages`, undefined],
    ['what was sent', 'POST', '/messages', { message: 'x' }],
    ['a refused text', 'POST', '/messages', '{"malformed'],
    ['too much', 'POST', '/messages', `"${'x'.repeat(300_000)}"`],
    ['an unknown route', 'GET', '/nothing/at/all', undefined],
  ])('are kept by nobody: %s', async (_what, method, path, body) => {
    const { headers } = await customer.rest.call(method, `${ROOMS}/${room}${path}`, body);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('of polling sockets are kept by nobody', async () => {
    const polled = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
    expect([polled.status, polled.headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  it('leave pages and their files to be asked for again', async () => {
    for (const path of ['/', '/assets/app.js'])
      expect((await fetch(world.url + path)).headers.get('cache-control')).toBe('public, max-age=0');
  });
});
