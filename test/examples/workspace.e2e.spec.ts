import { World } from '../support/world.js';
import { runExample } from './run-example.js';

const run = (env: Record<string, string>) => runExample('workspace', env);

describe('examples/workspace', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it('talks in a room of its own', async () => {
    const john = world.person('business', { name: 'John Doe', claims: { email: 'john@example.com' } });
    const { code, out, problem } = await run({ URL: world.url, TOKEN: john.token });
    expect([code, problem]).toEqual([0, '']);
    for (const line of [
      `authenticated: as ${john.id}`,
      'room_joined: GROUP Example',
      'message_sent: Hello, world!',
      'new_message: John: Hello, world!',
      'new_message: An answer (on "Hello, world!")',
      'reaction_updated: 👍 1',
      'message_updated: Hello, everyone!',
      'history: 2 messages, more: false',
      '  John: Hello, everyone!',
      'rooms: 1, last message: An answer',
    ])
      expect(out.split('\n')).toContain(line);
  });

  it('talks to somebody, as a customer', async () => {
    const { code, out } = await run({
      URL: world.url,
      TOKEN: world.person('client').token,
      PEER: 'somebody',
    });
    expect(code).toBe(0);
    expect(out).toMatch(/room_joined: DIRECT/);
  });

  it('says what went wrong, and ends with 1', async () => {
    const john = world.person('client');
    const refused = await run({ URL: world.url, TOKEN: john.token, ROOM: 'nowhere' });
    expect(refused).toMatchObject({ code: 1, problem: expect.stringContaining('CHAT_ROOM_NOT_FOUND') });
    const bad = await run({ URL: world.url, TOKEN: 'not.a.token' });
    expect(bad).toMatchObject({ code: 1, problem: expect.stringMatching(/authentication_error|error: /) });
    expect(await run({ URL: world.url })).toMatchObject({
      code: 1,
      problem: expect.stringContaining('TOKEN'),
    });
  });
});
