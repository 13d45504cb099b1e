import { readdir, readlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Metrics } from '#libs/platform/metrics';
import { eventually } from '../support/process.js';
import { ONE_NODE, World, type Person } from '../support/world.js';
import { diskBackend, type Backend } from './support/backends.js';
import { animation, pdf, wav, type TestFile } from './support/files.js';
import { LeavingClient } from './support/leaving-client.js';
import { careForFiles, rowCount, sql } from './support/server.js';
import { form, mustUpload, UPLOAD_PATH } from './support/uploads.js';

const LARGE = 9 * 1024 * 1024;
/** Of the body: nothing of it, part of the form's head, within the file, all but the last byte, and all of it. */
const SHARES = [0, 0.000_005, 0.3, 0.7, 0.999_999_9, 1];
const CUTS = SHARES.flatMap((share) => (['reset', 'close'] as const).map((how) => ({ share, how })));

describe('a client that leaves', () => {
  let backend: Backend;
  let world: World;
  let customer: Person;
  let room: string;
  let session: string;

  beforeAll(async () => {
    backend = await diskBackend();
    world = await World.start(
      {
        ...backend.env,
        CHAT_UPLOAD_LIMIT: '10000',
        CHAT_VOICE_NOTE_LIMIT: '10000',
        HTTP_REQUESTS_PER_MINUTE: '100000',
        UPLOAD_MB_PER_SECOND: '500',
      },
      ONE_NODE,
    );
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
    const opened = await customer.rest.post<{ id: string }>('/api/v1/chat/sessions', { subject: 'Damage' });
    session = opened.body.data.id;
  });
  afterAll(async () => {
    await world?.stop();
    await backend?.stop();
  });

  const entrances = (file: TestFile): [string, string, FormData][] => [
    ['the upload', UPLOAD_PATH, form({ file }, { room_id: room })],
    ["support's upload", UPLOAD_PATH, form({ attachments: [file, file] })],
    [
      "support's message",
      `/api/v1/chat/sessions/${session}/messages`,
      form({ attachments: [file] }, { content: 'x' }),
    ],
    ['the voice note', '/api/chat/voice-notes', form({ voice_note: file }, { session_id: session })],
  ];

  it.each(['the upload', "support's upload", "support's message", 'the voice note'])(
    'of %s: at whatever byte, nothing stays',
    async (which) => {
      const file = which === 'the voice note' ? wav(500) : pdf(LARGE);
      const [, path, body] = entrances(file).find(([name]) => name === which)!;
      await Promise.all(
        CUTS.map(async ({ share, how }) => {
          const client = await LeavingClient.begin(world, customer, path, body);
          await client.send(share);
          await client.leave(how);
        }),
      );
      await expectNothingLeft(world, backend);
    },
  );

  it('while its picture is made anew: nothing stays, and the next one is made', async () => {
    const picture = await animation(80, 500, 500);
    const body = form({ file: picture }, { room_id: room });
    const clients = await Promise.all(
      Array.from({ length: 4 }, () => LeavingClient.begin(world, customer, UPLOAD_PATH, body)),
    );
    await Promise.all(clients.map((client) => client.send(1)));
    // The first is being worked on, the others wait for their turn.
    await eventually(
      'three wait',
      async () => (await figure(world, 'decoding_waiting{weight="heavy"}')) === 3,
    );
    for (const client of clients) await client.leave('close');
    await expectNothingLeft(world, backend);
    await mustUpload(world, customer, room, await animation(2, 20, 20));
    await discardAll(world);
  });

  it('gives back what its files took of the quota', async () => {
    expect(await sql(world, 'SELECT count(*)::int AS files FROM attachments')).toEqual([{ files: 0 }]);
  });
});

describe('a client that leaves while its file is scanned', () => {
  let scanner: Server;
  let asked = 0;
  let backend: Backend;
  let world: World;

  beforeAll(async () => {
    // Listens to all of the file and never says anything.
    scanner = createServer((socket) => {
      asked += 1;
      socket.resume().on('error', () => undefined);
    });
    await new Promise<void>((resolve) => scanner.listen(0, '127.0.0.1', resolve));
    backend = await diskBackend();
    world = await World.start(
      {
        ...backend.env,
        CLAMAV_HOST: '127.0.0.1',
        CLAMAV_PORT: String((scanner.address() as AddressInfo).port),
        CHAT_UPLOAD_LIMIT: '1000',
      },
      ONE_NODE,
    );
  });
  afterAll(async () => {
    await world?.stop();
    await backend?.stop();
    await new Promise((resolve) => scanner.close(resolve));
  });

  it('leaves nothing, whether its turn had come or not', async () => {
    const customer = world.person('customer');
    const room = await world.serviceRoom([customer]);
    const clients = await Promise.all(
      Array.from({ length: 8 }, () =>
        LeavingClient.begin(world, customer, UPLOAD_PATH, form({ file: pdf() }, { room_id: room })),
      ),
    );
    await Promise.all(clients.map((client) => client.send(1)));
    await eventually('four are scanned', () => asked === 4);
    await eventually('all came in', async () => (await backend.incoming()).length === 8);
    for (const client of clients) await client.leave('close');
    await expectNothingLeft(world, backend);
  });
});

/** No file, no descriptor, no row, and no work that goes on. */
async function expectNothingLeft(world: World, backend: Backend): Promise<void> {
  await eventually('no upload is under way', async () => (await figure(world, 'uploads_under_way')) === 0);
  await eventually('no file comes in', async () => (await backend.incoming()).length === 0);
  expect(await openFiles(backend.env.DATA_DIR as string)).toEqual([]);
  // Files whose client left after they were stored are marked and removed; others never had a row.
  await eventually('no row is kept', async () => (await rowCount(world)) === 0);
  expect(await backend.stored()).toEqual([]);
}

async function discardAll(world: World): Promise<void> {
  await sql(world, 'UPDATE attachments SET deleted_at = now()');
  await careForFiles(world);
}

async function figure(world: World, name: string): Promise<number> {
  const text = await world.server.app.get(Metrics).registry.metrics();
  const line = text.split('\n').find((one) => one.startsWith(`switchboard_${name} `));
  return Number(line?.split(' ').at(-1));
}

/** Descriptors of this process, in which the server runs, that lead below a folder. */
async function openFiles(folder: string): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  return (await Promise.all(links)).filter((path) => path.startsWith(folder));
}
