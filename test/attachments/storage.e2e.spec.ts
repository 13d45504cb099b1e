import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { FileStorage } from '#libs/platform/storage';
import { World, type Person } from '../support/world.js';
import { diskBackend, s3Backend, type Backend } from './support/backends.js';
import { noisyJpeg, pdf, png } from './support/files.js';
import { careForFiles, rowCount, sql } from './support/server.js';
import { download, form, mustUpload, send, upload } from './support/uploads.js';

const DRIVERS: [string, () => Promise<Backend>][] = [
  ['disk', diskBackend],
  ['S3', s3Backend],
];

describe.each(DRIVERS)('files on %s', (driver, makeBackend) => {
  let backend: Backend;
  let world: World;
  let customer: Person;
  let staff: Person;
  let room: string;

  beforeAll(async () => {
    backend = await makeBackend();
    world = await World.start({ ...backend.env, UPLOAD_ORPHAN_SECONDS: '3600' });
    customer = world.person('customer');
    staff = world.person('staff');
    room = await world.serviceRoom([customer, staff]);
  });
  afterAll(async () => {
    await world?.stop();
    await backend?.stop();
  });
  beforeEach(async () => {
    await sql(world, 'UPDATE attachments SET deleted_at = now()');
    await careForFiles(world);
    expect(await backend.stored()).toEqual([]);
  });

  it('gives back byte for byte what was stored, whole and in ranges', async () => {
    const document = pdf(300_000);
    const { url, file_size } = await mustUpload(world, customer, room, document);
    expect(file_size).toBe(300_000);
    const whole = await download(world, url);
    expect(whole.status).toBe(200);
    expect(whole.bytes.equals(document.bytes)).toBe(true);
    const middle = await download(world, url, { range: 'bytes=100000-100099' });
    expect(middle.status).toBe(206);
    expect(middle.headers.get('content-range')).toBe('bytes 100000-100099/300000');
    expect(middle.headers.get('content-length')).toBe('100');
    expect(middle.bytes.equals(document.bytes.subarray(100_000, 100_100))).toBe(true);
    const tail = await download(world, url, { range: 'bytes=-6' });
    expect(tail.bytes.toString()).toBe('\n%%EOF');
    const outside = await download(world, url, { range: 'bytes=300000-' });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */300000']);
    expect(await backend.incoming()).toEqual([]);
  });

  it('copies to a key of its own: removing either leaves the other', async () => {
    const document = pdf(300_000);
    const { file_id, url } = await mustUpload(world, customer, room, document);
    const storage = world.server.app.get(FileStorage);
    const keyOf = (id: string) => `originals/${id.slice(-2)}/${id}`;
    const [original, first, second, never] = [file_id.slice(5), randomUUID(), randomUUID(), randomUUID()].map(
      keyOf,
    ) as [string, string, string, string];
    const read = async (key: string) => buffer((await storage.open(key))!);
    expect(await storage.copy(original, first)).toBe(true);
    expect((await read(first)).equals(document.bytes)).toBe(true);
    await storage.remove([first]);
    expect((await download(world, url)).bytes.equals(document.bytes)).toBe(true);
    expect(await storage.copy(original, second)).toBe(true);
    await storage.remove([original]);
    expect((await read(second)).equals(document.bytes)).toBe(true);
    expect(await storage.copy(original, never)).toBe(false);
    expect((await backend.stored()).length).toBe(1);
    await storage.remove([second]);
    expect(await backend.stored()).toEqual([]);
  });

  it('keeps a picture and its thumbnail', async () => {
    const { url, thumbnail_url, width, height } = await mustUpload(
      world,
      customer,
      room,
      await png(640, 480),
    );
    expect([width, height]).toEqual([640, 480]);
    expect((await download(world, url)).headers.get('content-type')).toBe('image/png');
    const thumbnail = await download(world, thumbnail_url as string);
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    expect((await backend.stored()).length).toBe(2);
    expect(await backend.incoming()).toEqual([]);
  });

  it('removes the files of a deleted message', async () => {
    const { file_id, url } = await mustUpload(world, customer, room, await png());
    const [socket] = await world.joined(room, customer);
    const { id } = await socket!.must<{ id: string }>('send_message', {
      room_id: room,
      message: 'Look',
      message_type: 'image',
      attachments: [{ file_id }],
    });
    expect((await download(world, url)).status).toBe(200);
    await socket!.must('delete_message', { message_id: id });
    expect((await download(world, url)).status).toBe(404);
    await careForFiles(world);
    expect(await backend.stored()).toEqual([]);
    expect(await rowCount(world)).toBe(0);
  });

  it('removes what was uploaded and never sent, and nothing else', async () => {
    const forgotten = await mustUpload(world, customer, room, pdf());
    const fresh = await mustUpload(world, customer, room, pdf());
    const sent = await mustUpload(world, customer, room, pdf());
    await customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, {
      message: 'x',
      message_type: 'file',
      attachments: [{ file_id: sent.file_id }],
    });
    const old = [forgotten, sent].map((file) => file.file_id.slice(5));
    await sql(world, `UPDATE attachments SET created_at = now() - interval '2 hours' WHERE id = ANY($1)`, [
      old,
    ]);
    await careForFiles(world);
    const statuses = await Promise.all(
      [forgotten, fresh, sent].map(async ({ url }) => (await download(world, url)).status),
    );
    expect(statuses).toEqual([404, 200, 200]);
    expect((await backend.stored()).length).toBe(2);
  });

  it('keeps all files of a form or none', async () => {
    const refused = await send(
      world,
      customer,
      form({ attachments: [pdf(), await png(), { ...pdf(), name: 'a.png' }] }),
    );
    expect([refused.status, refused.body.code]).toEqual([415, 'UNSUPPORTED_FILE_TYPE']);
    await careForFiles(world);
    expect(await backend.stored()).toEqual([]);
    expect(await backend.incoming()).toEqual([]);
    expect(await rowCount(world)).toBe(0);
  });

  it('takes many uploads at once', async () => {
    const picture = await noisyJpeg(600, 600);
    const uploads = Array.from({ length: 8 }, async (_, index) => {
      const file = index % 2 ? picture : pdf(500_000 + index);
      const { url, file_size } = await mustUpload(world, customer, room, file);
      return (await download(world, url)).bytes.length === file_size;
    });
    expect(await Promise.all(uploads)).toEqual(Array(8).fill(true));
  });

  it('erases the uploads of an erased person', async () => {
    const leaver = world.person('customer');
    const theirs = await world.serviceRoom([leaver, staff]);
    const { url, file_id } = await mustUpload(world, leaver, theirs, pdf());
    await leaver.rest.post(`/api/v1/chat/rooms/${theirs}/messages`, {
      message: 'x',
      attachments: [{ file_id }],
    });
    expect((await world.host().rest.delete(`/api/v1/chat/directory/users/${leaver.id}`)).status).toBe(200);
    expect((await download(world, url)).status).toBe(404);
    expect(await backend.stored()).toEqual([]);
    expect(await sql(world, 'SELECT 1 FROM attachments WHERE uploader_id = $1', [leaver.id])).toEqual([]);
  });

  if (driver === 'disk') return;
  it('says so while the store is away, keeps nothing of what failed, and goes on when it is back', async () => {
    const before = await mustUpload(world, customer, room, pdf());
    await backend.goAway();
    const refused = await upload(world, customer, room, await png());
    expect([refused.status, refused.body.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(refused.headers.get('retry-after')).toBeTruthy();
    expect(JSON.stringify(refused.body)).not.toMatch(/127\.0\.0\.1|ECONN|\/tmp|chat-files/);
    const unreadable = await download(world, before.url);
    expect([unreadable.status, JSON.parse(unreadable.bytes.toString()).code]).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
    ]);
    expect(await backend.incoming()).toEqual([]);
    const [key, other] = [randomUUID(), randomUUID()].map((id) => `originals/${id.slice(-2)}/${id}`);
    await expect(world.server.app.get(FileStorage).copy(key!, other!)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    await backend.comeBack();
    expect((await download(world, before.url)).status).toBe(200);
    await sql(world, 'UPDATE attachments SET lease_until = NULL');
    await careForFiles(world);
    expect((await backend.stored()).length).toBe(1);
    expect(await rowCount(world)).toBe(1);
  });
});
