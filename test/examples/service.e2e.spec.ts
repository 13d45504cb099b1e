import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { World } from '../support/world.js';
import { runExample } from './run-example.js';

const PYTHON = '/usr/bin/python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import socketio, websocket, requests']).status === 0;
// In CI it may not be skipped: there it fails where the packages are missing.
const itWithPython = hasPython || process.env.CI ? it : it.skip;

describe('examples/service', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it('talks in a service room', async () => {
    const customer = world.person('customer', { name: 'First Customer' });
    const room = await world.serviceRoom([customer]);
    const { code, out, problem } = await runExample('service', {
      URL: world.url,
      TOKEN: customer.token,
      ROOM: room,
    });
    expect([code, problem]).toEqual([0, '']);
    for (const line of [
      `room_joined: ${room}, 1 participants`,
      'new_message: First Customer: Hello from JavaScript!',
      'message_reaction: First Customer 👍',
      'online_users: First Customer',
      'history: 1 of 1',
    ]) {
      expect(out.split('\n')).toContain(line);
    }
  });

  it('says what went wrong, and ends with 1', async () => {
    const token = world.person().token;
    expect(await runExample('service', { URL: world.url, TOKEN: token, ROOM: 'service_none' })).toMatchObject(
      {
        code: 1,
        problem: expect.stringContaining('ROOM_NOT_FOUND'),
      },
    );
    expect(await runExample('service', { URL: world.url, TOKEN: 'bad' })).toMatchObject({ code: 1 });
  });

  itWithPython('talks in Python (skipped where python3-socketio is not installed)', async () => {
    const customer = world.person('customer', { name: 'Py Thon' });
    const room = await world.serviceRoom([customer]);
    const file = fileURLToPath(new URL('../../examples/service/client.py', import.meta.url));
    const env = { PATH: process.env.PATH, URL: world.url, TOKEN: customer.token, ROOM: room };
    const out = await new Promise<string>((resolve, reject) => {
      execFile(PYTHON, [file], { env, timeout: 15_000 }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });
    expect(out).toContain(`room_joined: ${room}, 1 participants`);
    expect(out).toContain('new_message: Py Thon: Hello from Python!');
  });
});
