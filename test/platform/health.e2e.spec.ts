import { jest } from '@jest/globals';
import { Database } from '#libs/platform/database';
import { eventually } from '../support/process.js';
import { ONE_NODE, World } from '../support/world.js';

describe('/health/ready', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({}, ONE_NODE)));
  afterAll(() => world.stop());

  it('asks the database once at a time, however many ask it', async () => {
    const database = world.server.app.get(Database);
    const real = database.query.bind(database);
    const answers: (() => void)[] = [];
    const query = jest
      .spyOn(database, 'query')
      .mockImplementation(async <T>(sql: string, params?: unknown[]) => {
        // Others go on asking for their own.
        if (sql === 'SELECT 1') await new Promise<void>((resolve) => answers.push(resolve));
        return real<T>(sql, params);
      });
    const asked = Array.from({ length: 10 }, () => fetch(`${world.url}/health/ready`));
    await eventually('it is asked', () => answers.length > 0);
    // What was sent before this has arrived.
    for (let call = 0; call < 10; call += 1) await fetch(`${world.url}/health/live`);
    expect(answers).toHaveLength(1);
    query.mockRestore();
    answers[0]!();
    for (const response of await Promise.all(asked)) expect(response.status).toBe(200);
    expect((await fetch(`${world.url}/health/ready`)).status).toBe(200);
  });
});
