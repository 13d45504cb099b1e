import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  endProcesses,
  eventually,
  isAlive,
  PROCESS_SECRET,
  removeFolders,
  scratchFolder,
  ServerProcess,
} from '../support/process.js';
import { signToken } from '../support/sign-token.js';
import {
  animation,
  docx,
  fragmentedM4a,
  noisyJpeg,
  pdf,
  png,
  recording,
  wav,
  xlsx,
  type TestFile,
} from './support/files.js';
import { doc, xls } from './support/office.js';
import { form, UPLOAD_PATH } from './support/uploads.js';

const VARIANTS = 4;
const token = (sub: string, role = 'customer') =>
  signToken({ sub, role }, PROCESS_SECRET, { expiresIn: '1h' });
/** What a start says to whoever started it. */
const START = /^(Switchboard listens on|Development:) /;

/** Always the same numbers. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

function mutated(file: TestFile, roll: () => number): TestFile {
  const bytes = Buffer.from(file.bytes);
  const reach = roll() < 0.5 ? bytes.length : bytes.length / 10;
  for (let count = 1 + roll() * 20; count > 0; count -= 1)
    // What the file is shall still be seen.
    bytes[Math.min(bytes.length - 1, 40 + Math.floor(roll() * reach))] = Math.floor(roll() * 256);
  return { ...file, bytes };
}

describe('a server that is given damaged files', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    database = await createTestDatabase();
    server = await ServerProcess.start(await scratchFolder(), {
      DATABASE_URL: database.url,
      DATABASE_ALLOW_UNSAFE_DURABILITY: 'true',
      CHAT_UPLOAD_LIMIT: '10000',
      CHAT_VOICE_NOTE_LIMIT: '10000',
      LOG_LEVEL: 'debug',
    });
    await fetch(`${server.url}/api/v1/chat/directory/contexts/service_request/1`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token('host', 'service')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ participants: [{ user_id: 1, role: 'customer' }] }),
    });
  });
  afterAll(async () => {
    await endProcesses();
    await database?.drop();
    await removeFolders();
  });

  const upload = async (file: TestFile): Promise<number> => {
    const response = await fetch(server.url + UPLOAD_PATH, {
      method: 'POST',
      headers: { authorization: `Bearer ${token('1')}` },
      body: form({ file }, { room_id: 'service_1' }),
    });
    await response.arrayBuffer();
    return response.status;
  };

  it('takes or refuses them, and says nothing but by its logger', async () => {
    const files = [
      ...[pdf(), docx(), xlsx(), doc(), xls(), wav(), fragmentedM4a()],
      ...(await Promise.all([png(200, 200), noisyJpeg(200, 200), animation(5, 50, 50)])),
      ...(await Promise.all([
        recording('voice.mp3', 'audio/mpeg'),
        recording('voice.opus.ogg', 'audio/ogg'),
        recording('voice.vorbis.ogg', 'audio/ogg'),
        recording('voice.webm', 'audio/webm'),
        recording('voice.m4a', 'audio/mp4'),
      ])),
    ];
    const roll = dice(7);
    for (let variant = 0; variant < VARIANTS; variant += 1) {
      const statuses = await Promise.all(files.map((file) => upload(mutated(file, roll))));
      for (const status of statuses) expect([201, 413, 415]).toContain(status);
    }
    const lines = `${server.stdout}${server.stderr}`.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(files.length);
    for (const line of lines.filter((one) => !START.test(one))) expect(line).toMatch(/^\{"level":.*\}$/);
    expect(server.stderr).toBe('');
  });

  it('leaves no decoder behind when it is killed in the middle of the work', async () => {
    if (process.platform !== 'linux') return;
    const uploading = upload(await animation(150, 500, 500)).catch(() => 0);
    let children: number[] = [];
    await eventually('it is decoded', async () => {
      children = await childrenOf(server.pid);
      return children.length > 1 || (await busy(children));
    });
    await server.kill();
    await uploading;
    await eventually('the decoders end', () => children.every((pid) => !isAlive(pid)));
  });
});

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(join('/proc', String(pid), 'task', String(pid), 'children'), 'utf8');
  return text.split(' ').map(Number).filter(Boolean);
}

/** Whether one of them has nothing to wait for. */
async function busy(pids: readonly number[]): Promise<boolean> {
  const states = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return states.some((stat) => / R /.test(stat.slice(stat.lastIndexOf(')'))));
}
