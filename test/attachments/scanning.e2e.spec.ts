import { groupOf } from '../dialects/workspace/helpers.js';
import { World, type Person } from '../support/world.js';
import { diskBackend, type Backend } from './support/backends.js';
import { EICAR, fakeClamd, hasClamd, makeClamd, type Clamd } from './support/clamd.js';
import { pdf, png, text, zip, docx, wordEntries } from './support/files.js';
import { careForFiles, rowCount, sql } from './support/server.js';
import { download, form, mustUpload, send, upload, type Uploaded } from './support/uploads.js';

const inCi = process.env.CI !== undefined && process.env.CI !== 'false';
// Without it, in CI, the first test fails and says what is missing.
const withClamd = hasClamd || inCi ? describe : describe.skip;
if (!hasClamd && !inCi)
  process.stderr.write('clamd is not installed (Debian: clamav-daemon): its tests are skipped.\n');

const sayWith = (person: Person, room: string, file_id: string) =>
  person.rest.post(`/api/v1/chat/rooms/${room}/messages`, { message: 'x', attachments: [{ file_id }] });

withClamd('uploads that clamd looks at', () => {
  let clamd: Clamd;
  let backend: Backend;
  let world: World;
  let customer: Person;
  let staff: Person;
  let room: string;

  beforeAll(async () => {
    clamd = await makeClamd();
    await clamd.start();
    backend = await diskBackend();
    world = await World.start({ ...backend.env, CLAMAV_SOCKET: clamd.socket, CHAT_UPLOAD_LIMIT: '1000' });
    customer = world.person('customer', { name: 'First Customer' });
    staff = world.person('staff');
    room = await world.serviceRoom([customer, staff]);
  });
  afterAll(async () => {
    await world?.stop();
    await clamd?.remove();
    await backend?.stop();
  });
  afterEach(() => world.disconnectAll());

  it('are served when they are clean', async () => {
    const { url, file_id } = await mustUpload(world, customer, room, await png());
    expect((await download(world, url)).status).toBe(200);
    expect(await sql(world, 'SELECT scan_state FROM attachments WHERE id = $1', [file_id.slice(5)])).toEqual([
      { scan_state: 'clean' },
    ]);
  });

  it.each([
    ['itself', () => text(EICAR)],
    [
      'inside a document',
      () => docx([...wordEntries(), { name: 'word/media/a.bin', content: Buffer.from(EICAR) }]),
    ],
    [
      'behind much padding in a document',
      () =>
        docx([
          ...wordEntries(),
          {
            name: 'word/media/a.zip',
            content: zip([
              { name: 'b', content: Buffer.concat([Buffer.alloc(13_000_000), Buffer.from(EICAR)]) },
            ]),
          },
        ]),
    ],
  ])('are deleted when they hold a virus %s; uploader and moderators are told', async (_how, file) => {
    const stored = await backend.stored();
    const [uploader, moderator] = await Promise.all([
      world.socket(customer),
      world.socket(world.person('agent')),
    ]);
    const stranger = await world.socket(world.person('customer'));
    const answer = await upload(world, customer, room, file());
    expect([answer.status, answer.body.code]).toEqual([400, 'FILE_INFECTED']);
    const told = await uploader.waitFor('attachment_rejected');
    expect(told).toMatchObject({
      room_id: room,
      filename: file().name,
      code: 'FILE_INFECTED',
      reason: 'Switchboard.Test.EICAR.UNOFFICIAL',
      uploader: { name: 'First Customer' },
    });
    expect(await moderator.waitFor('attachment_rejected')).toEqual(told);
    const [entry] = await sql(world, `SELECT actor_id, details FROM audit_entries WHERE target_id = $1`, [
      String(told.file_id).slice(5),
    ]);
    expect(entry).toMatchObject({
      actor_id: customer.id,
      details: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    await stranger.must('get_online_users', { room_id: 'broadcast_all' });
    expect(stranger.of('attachment_rejected')).toEqual([]);
    expect(await backend.stored()).toEqual(stored);
    expect(await backend.incoming()).toEqual([]);
  });

  it('wait while the scanner is away, say so, and are ready or refused when it is back', async () => {
    await sql(world, 'UPDATE attachments SET deleted_at = now()');
    await careForFiles(world);
    await clamd.stop();
    const socket = await world.socket(customer);
    const clean = await upload(world, customer, room, await png());
    expect(clean.status).toBe(201);
    expect(clean.body.data).toMatchObject({
      status: 'pending',
      url: null,
      thumbnail_url: null,
      expires_at: null,
    });
    expect(clean.body.message).toMatch(/virus scanner/);
    const bad = await upload(world, customer, room, text(EICAR));
    expect(bad.body.data.status).toBe('pending');
    const id = clean.body.data.file_id;
    expect((await sayWith(customer, room, id)).body).toMatchObject({ code: 'FILE_NOT_READY' });
    await careForFiles(world);
    expect((await customer.rest.get<Uploaded>(`/api/v1/chat/files/${id}`)).body.data.status).toBe('pending');
    expect(socket.of('attachment_ready')).toEqual([]);
    await clamd.start();
    await careForFiles(world);
    const ready = await socket.waitFor<Uploaded & Record<string, unknown>>('attachment_ready');
    expect(ready).toMatchObject({ file_id: id, status: 'ready' });
    expect((await download(world, ready.url)).status).toBe(200);
    expect(await socket.waitFor('attachment_rejected')).toMatchObject({ file_id: bad.body.data.file_id });
    expect((await sayWith(customer, room, id)).status).toBe(201);
    await careForFiles(world);
    expect(await rowCount(world)).toBe(1);
    expect((await backend.stored()).length).toBe(2);
  });

  it('are looked at once a scanner is there, also those that came before', async () => {
    const { url, file_id } = await mustUpload(world, customer, room, pdf());
    await sql(world, `UPDATE attachments SET scan_state = 'skipped' WHERE id = $1`, [file_id.slice(5)]);
    const next = await World.start({
      ...backend.env,
      CLAMAV_SOCKET: clamd.socket,
      DATABASE_URL: world.server.database.url,
    });
    try {
      await careForFiles(next);
      const state = await sql(next, 'SELECT scan_state FROM attachments WHERE id = $1', [file_id.slice(5)]);
      expect(state).toEqual([{ scan_state: 'clean' }]);
      expect((await download(next, url)).status).toBe(200);
    } finally {
      await next.stop();
    }
  });
});

const isOther = (told: Record<string, unknown>): boolean => told.reason === 'Other.Virus';

describe('a scanner that does not answer as it should', () => {
  let answer: string | undefined;
  let verdict: (stream: Buffer) => string | undefined = () => answer;
  let clamd: Awaited<ReturnType<typeof fakeClamd>>;
  let world: World;
  let customer: Person;
  let room: string;

  beforeAll(async () => {
    clamd = await fakeClamd((stream) => verdict(stream));
    world = await World.start({ CLAMAV_HOST: '127.0.0.1', CLAMAV_PORT: String(clamd.port) });
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(async () => {
    await world?.stop();
    await clamd?.close();
  });

  it.each([
    ['closes without a word, as a dying clamd does', undefined, 'pending'],
    ['is cut off in the middle', 'stream: OK', 'pending'],
    ['reports an error', 'INSTREAM size limit exceeded. ERROR\0', 'pending'],
    ['says something else', 'stream: OK but\0', 'pending'],
    ['says that all is well', 'stream: OK\0', 'ready'],
  ])('when it %s', async (_what, said, status) => {
    answer = said;
    expect((await mustUpload(world, customer, room, pdf(200_000))).status).toBe(status);
  });

  it('about one file does not keep the others waiting, nor that file for ever', async () => {
    answer = 'INSTREAM size limit exceeded. ERROR\0';
    const [odd, fine] = [
      await mustUpload(world, customer, room, pdf(3_001)),
      await mustUpload(world, customer, room, pdf(3_100)),
    ];
    const socket = await world.socket(customer);
    const isOdd = (stream: Buffer): boolean => stream.length < 3_060;
    verdict = (stream) => (isOdd(stream) ? answer : 'stream: OK\0');
    try {
      await careForFiles(world);
      await socket.waitFor('attachment_ready', ({ file_id }) => file_id === fine.file_id);
      expect(socket.of('attachment_ready').some(({ file_id }) => file_id === odd.file_id)).toBe(false);
      answer = 'stream: OK\0';
      await sql(world, `UPDATE attachments SET lease_until = now() - interval '1 second'`);
      await careForFiles(world);
      await socket.waitFor('attachment_ready', ({ file_id }) => file_id === odd.file_id);
    } finally {
      verdict = () => answer;
    }
  });

  it('is not a reason to send a file that waits, in whatever form it is named', async () => {
    answer = undefined;
    const group = await groupOf(world.person('business'), customer);
    const { file_id } = await mustUpload(world, customer, group, pdf());
    const { status, body } = await customer.rest.post(`/api/chat/rooms/${group}/messages`, {
      content: 'x',
      attachments: { files: [{ file_id }] },
    });
    expect([status, body.code]).toEqual([409, 'FILE_NOT_READY']);
  });

  it('is told once to each socket of the uploader, and of moderators, also of those on `/`', async () => {
    answer = undefined;
    const sockets = await Promise.all([
      world.socket(customer),
      world.socket(customer, { namespace: '/' }),
      world.socket(customer, { namespace: '/' }),
    ]);
    // This one has also joined the room in the service dialect.
    await sockets[2]!.must('join_room', { room_id: room });
    const agent = await world.socket(world.person('agent'), { namespace: '/' });
    const stranger = await world.socket(world.person('client'), { namespace: '/' });
    for (const socket of [...sockets.slice(1), agent, stranger]) await socket.waitFor('authenticated');
    const [clean, bad] = [
      await mustUpload(world, customer, room, pdf(4_001)),
      await mustUpload(world, customer, room, pdf(4_090)),
    ];
    verdict = (stream) => (stream.length < 4_060 ? 'stream: OK\0' : 'stream: Some.Virus FOUND\0');
    try {
      await careForFiles(world);
    } finally {
      verdict = () => answer;
    }
    answer = 'stream: Other.Virus FOUND\0';
    const [ready, rejected] = ['attachment_ready', 'attachment_rejected'] as const;
    for (const socket of sockets) {
      await socket.waitFor(ready, ({ file_id }) => file_id === clean.file_id);
      await socket.waitFor(rejected, ({ file_id }) => file_id === bad.file_id);
    }
    await agent.waitFor(rejected, ({ file_id }) => file_id === bad.file_id);
    // Whatever came twice would have come before this one.
    await upload(world, customer, room, pdf());
    for (const socket of [...sockets, agent]) await socket.waitFor(rejected, isOther);
    for (const socket of sockets) {
      expect(socket.of(ready).filter(({ file_id }) => file_id === clean.file_id)).toHaveLength(1);
      expect(socket.of(rejected).filter((told) => !isOther(told))).toHaveLength(1);
    }
    expect(agent.of(rejected).filter((told) => !isOther(told))).toHaveLength(1);
    expect(agent.of(ready)).toEqual([]);
    await stranger.ask('join_room', { room_id: room });
    expect([...stranger.of(ready), ...stranger.of(rejected)]).toEqual([]);
    world.disconnectAll();
  });

  it('is not a reason to keep an infected file among others', async () => {
    answer = 'stream: Some.Virus FOUND\0';
    const { status, body } = await send(world, customer, form({ attachments: [pdf(), pdf()] }));
    expect([status, body.code]).toEqual([400, 'FILE_INFECTED']);
  });
});
