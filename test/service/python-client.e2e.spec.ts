import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { World } from '../support/world.js';
import { history, post, type WireMessage } from './helpers.js';

/** The system's Python: python3-socketio is a Debian package and not in virtual environments. */
const PYTHON = '/usr/bin/python3';
const PACKAGES = 'python3-socketio python3-websocket python3-requests';

function missing(): string | undefined {
  try {
    execFileSync(PYTHON, ['-c', 'import socketio, websocket, requests'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error)
      .trim()
      .split('\n')
      .at(-1);
  }
}

/** The client of the service document, word for word but for address, token and ids. */
async function program(url: string, token: string, userId: string, room: string): Promise<string> {
  const source = await readFile(new URL('./fixtures/chat_client.py', import.meta.url), 'utf8');
  return source
    .replaceAll('wss://chat.example.com/chat', `${url}/chat`)
    .replaceAll("'your_jwt_token', 123", `'${token}', ${userId}`)
    .replaceAll('service_789', room);
}

const why = missing();
if (why !== undefined && !process.env.CI)
  process.stderr.write(`SKIPPED: the Python client needs ${PYTHON} with ${PACKAGES} (${why}).\n`);
const whereItCanRun = why === undefined || process.env.CI ? describe : describe.skip;

whereItCanRun(`the Python client of the document (Debian: ${PACKAGES})`, () => {
  let world: World;
  let child: ChildProcess | undefined;
  beforeAll(async () => (world = await World.start()));
  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    world.disconnectAll();
  });
  afterAll(() => world.stop());

  it('joins, sends, sees its own message and the answer', async () => {
    expect(why).toBeUndefined();
    const [customer, staff] = [
      world.person('customer', { name: 'Py Thon' }),
      world.person('staff', { name: 'Mike' }),
    ];
    const room = await world.serviceRoom([customer, staff]);
    const [watching] = await world.joined(room, staff);
    const python = spawn(PYTHON, ['-u', '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child = python;
    let said = '';
    const says = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`Waited for ${text}; Python said:\n${said}`)),
          10_000,
        );
        const check = (): void => {
          if (!said.includes(text)) return;
          clearTimeout(timer);
          resolve();
        };
        python.stdout.on('data', check);
        python.stderr.on('data', check);
        check();
      });
    for (const stream of [python.stdout, python.stderr])
      stream.on('data', (data: Buffer) => (said += data.toString()));
    python.stdin.end(await program(world.url, customer.token, customer.id, room));

    const got = await watching!.waitFor<WireMessage>('new_message', undefined, 10_000);
    expect(got).toMatchObject({ room_id: room, message: 'Hello from Python!', sender: { name: 'Py Thon' } });
    await says('Connected to chat server');
    await says('New message from Py Thon: Hello from Python!');
    await post(staff, room, 'Hello, Python');
    await says('New message from Mike: Hello, Python');
    await post(staff, room, 'And again');
    await says('New message from Mike: And again');
    expect(said).not.toMatch(/Traceback|Error/);
    expect(said.match(/New message/g)).toHaveLength(3);
    expect((await history(staff, room)).messages).toHaveLength(3);
  });
});
