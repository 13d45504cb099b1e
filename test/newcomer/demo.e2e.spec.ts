import { jest } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TEST_SECRET } from '../support/app.js';
import { World } from '../support/world.js';
import { cli } from './cli.js';

const secret = { JWT_SECRET: TEST_SECRET };

// Each runs a program of its own, and may have to wait for a build.
jest.setTimeout(90_000);

describe('npm run demo', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it('plays the conversation and shows what each side sees', async () => {
    const { code, stdout, stderr } = await cli('demo', ['--url', world.url], secret);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const line of [
      /host +← room service_\d+ is open/,
      /customer ← online: First Customer, Mike Johnson/,
      /staff +← First Customer is typing…/,
      /customer ← acknowledged: stored as #1/,
      /staff +← new_message #1 First Customer: Hello/,
      /customer ← ✓✓ #1 was read by Mike Johnson/,
      /customer ← new_message #2 Mike Johnson: I'll be there in 15 minutes/,
      /staff +← ✓✓ #2 was read by First Customer/,
      /staff +← #3 System: .*completed.*\(status_update\)/,
      /customer ← message_error MESSAGE_TOO_LONG/,
      /staff +← #2 Mike Johnson: .* ✓✓ read by 123/,
    ]) {
      expect(stdout).toMatch(line);
    }
    // eslint-disable-next-line no-control-regex -- colours are control characters
    expect(stdout).not.toMatch(/\u001b\[/);
  });

  it('leaves what it did in the database', async () => {
    const { stdout } = await cli('demo', ['--url', world.url], secret);
    const room = /room (service_\d+) is open/.exec(stdout)?.[1];
    const mike = world.person('staff', { id: 456, name: 'Mike Johnson' });
    const history = await mike.rest.get<{ messages: { seq: number }[] }>(
      `/api/v1/chat/rooms/${room}/messages`,
    );
    expect(history.body.data.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('says that no server is running', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const { code, stdout, stderr } = await cli('demo', [], { ...secret, PORT: String(port) });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`No server answers at http://localhost:${port}`);
    expect(stderr).toContain('npm start');
  });

  it('says that the server has another secret', async () => {
    const { code, stderr } = await cli('demo', ['--url', world.url], {
      JWT_SECRET: 'some-other-secret-1234',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/does not accept tokens made here.*JWT_SECRET or DATA_DIR/);
  });

  it('answers a wrong command line with its usage and exit code 2', async () => {
    for (const args of [['--url', 'nowhere'], ['--fast'], ['ftp']]) {
      const { code, stderr } = await cli('demo', args, secret);
      expect(code).toBe(2);
      expect(stderr).toContain('Usage: npm run demo');
    }
  });
});
