import { jest } from '@jest/globals';
import { Database } from '#libs/platform/database';
import { eventually } from '../support/process.js';
import { ONE_NODE, World } from '../support/world.js';

describe('/health/ready', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({}, ONE_NODE)));
  afterAll(() => world.stop());

  it('asks the database once at a time, however many ask it', async () => {
    const query = jest.spyOn(world.server.app.get(Database), 'query');
    let answer: (rows: never[]) => void = () => undefined;
    query.mockImplementation(() => new Promise((resolve) => (answer = resolve as typeof answer)));
    const asked = Array.from({ length: 10 }, () => fetch(`${world.url}/health/ready`));
    await eventually('it is asked', () => query.mock.calls.length > 0);
    // What was sent before this has arrived.
    for (let call = 0; call < 10; call += 1) await fetch(`${world.url}/health/live`);
    expect(query.mock.calls.filter(([sql]) => sql === 'SELECT 1')).toHaveLength(1);
    query.mockRestore();
    answer([]);
    for (const response of await Promise.all(asked)) expect(response.status).toBe(200);
    expect((await fetch(`${world.url}/health/ready`)).status).toBe(200);
  });
});
