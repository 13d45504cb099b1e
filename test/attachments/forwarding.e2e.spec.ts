import { FileStorage } from '#libs/platform/storage';
import { World, type Person } from '../support/world.js';
import { diskBackend, s3Backend, type Backend } from './support/backends.js';
import { pdf, png, wav } from './support/files.js';
import { careForFiles, rowCount, sql } from './support/server.js';
import { download, mustUpload, upload, type Uploaded } from './support/uploads.js';

interface Wire {
  id: string;
  message: string;
  message_type: string;
  client_id: string | null;
  metadata: Record<string, unknown>;
  sender: { id: number };
  attachments: Uploaded[];
}

const DRIVERS: [string, () => Promise<Backend>][] = [
  ['disk', diskBackend],
  ['S3', s3Backend],
];
const ROOM_FOR = 1_048_576;

describe.each(DRIVERS)('forwarding files on %s', (driver, makeBackend) => {
  let backend: Backend;
  let world: World;
  let [sender, forwarder, member] = [] as unknown as [Person, Person, Person];
  let [source, target] = ['', ''];

  beforeAll(async () => {
    backend = await makeBackend();
    world = await World.start({ ...backend.env, UPLOAD_QUOTA_MB: '1', CHAT_MESSAGE_LIMIT: '6' });
  });
  afterAll(async () => {
    await world?.stop();
    await backend?.stop();
  });
  beforeEach(async () => {
    await sql(world, 'UPDATE attachments SET deleted_at = now(), lease_until = NULL');
    await careForFiles(world);
    expect([await rowCount(world), await backend.stored()]).toEqual([0, []]);
    [sender, forwarder, member] = [world.person(), world.person('staff'), world.person()];
    source = await world.serviceRoom([sender, forwarder]);
    target = await world.serviceRoom([forwarder, member]);
  });
  afterEach(() => world.disconnectAll());

  const say = async (fileIds: string[], extra: object = {}): Promise<Wire> => {
    const attachments = fileIds.map((file_id) => ({ file_id }));
    const body = { message: 'Look', message_type: 'image', attachments, ...extra };
    const answer = await sender.rest.post<Wire>(`/api/v1/chat/rooms/${source}/messages`, body);
    expect(answer.status).toBe(201);
    return answer.body.data;
  };
  const sendPicture = async (): Promise<Wire> => {
    const { file_id } = await mustUpload(world, sender, source, await png(640, 480), {
      description: 'Scratch',
    });
    return say([file_id]);
  };
  const forward = (id: string, rooms: string[] = [target], extra: object = {}, person = forwarder) =>
    person.rest.post<{ messages: Wire[] }>(`/api/v1/chat/messages/${id}/forward`, {
      room_ids: rooms,
      ...extra,
    });
  const mustForward = async (id: string, rooms?: string[], extra?: object): Promise<Wire[]> => {
    const { status, body } = await forward(id, rooms, extra);
    expect([status, body.error]).toEqual([201, undefined]);
    return body.data.messages;
  };
  const history = async (person: Person, room: string): Promise<Wire[]> =>
    (await person.rest.get<{ messages: Wire[] }>(`/api/v1/chat/rooms/${room}/messages`)).body.data.messages;
  const kept = async () => ({ rows: await rowCount(world), stored: (await backend.stored()).length });
  const ofFile = (person: Person, { file_id }: Pick<Uploaded, 'file_id'>) =>
    person.rest.get<Uploaded>(`/api/v1/chat/files/${file_id}`);
  const loseBytes = async (folder: string, { file_id }: Uploaded): Promise<void> => {
    const id = file_id.slice(5);
    await world.server.app.get(FileStorage).remove([`${folder}/${id.slice(-2)}/${id}`]);
  };
  const spaceOf = async (person: Person): Promise<number> => {
    const [row] = await sql<{ bytes: string }>(
      world,
      'SELECT coalesce(sum(size + coalesce(thumbnail_size, 0)), 0) AS bytes FROM attachments WHERE uploader_id = $1',
      [person.id],
    );
    return Number(row?.bytes);
  };

  it('gives the target room a picture of its own, with its thumbnail and all that is known of it', async () => {
    const original = await sendPicture();
    const [socket] = await world.joined(target, member);
    const [sent] = await mustForward(original.id);
    expect(sent).toMatchObject({
      message: 'Look',
      message_type: 'image',
      sender: { id: Number(forwarder.id) },
      metadata: { forwarded_from: { message_id: original.id, sender_name: sender.name } },
    });
    const told = await socket!.waitFor<Wire>('new_message');
    expect(told.attachments).toHaveLength(1);
    const [was, copy] = [original.attachments[0]!, told.attachments[0]!];
    expect(copy).toMatchObject({
      filename: was.filename,
      file_size: was.file_size,
      file_type: 'image/png',
      kind: 'image',
      width: 640,
      height: 480,
      placeholder: was.placeholder,
      description: 'Scratch',
    });
    expect(copy.file_id).not.toBe(was.file_id);
    for (const part of ['url', 'thumbnail_url'] as const) {
      const [there, here] = [await download(world, was[part]!), await download(world, copy[part]!)];
      expect([part, here.status, here.bytes.equals(there.bytes)]).toEqual([part, 200, true]);
      expect(here.headers.get('content-type')).toBe(there.headers.get('content-type'));
    }
    expect((await history(member, target))[0]?.attachments[0]?.file_id).toBe(copy.file_id);
    expect(await kept()).toEqual({ rows: 2, stored: 4 });
    expect(await backend.incoming()).toEqual([]);
  });

  it('shows each room its own file only', async () => {
    const original = await sendPicture();
    const [sent] = await mustForward(original.id);
    const [was, copy] = [original.attachments[0]!, sent!.attachments[0]!];
    const statuses = await Promise.all([
      ofFile(member, copy),
      ofFile(member, was),
      ofFile(sender, was),
      ofFile(sender, copy),
      ofFile(forwarder, copy),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([200, 404, 200, 404, 200]);
    expect((await download(world, (await ofFile(member, copy)).body.data.url)).status).toBe(200);
  });

  it('passes on a voice note with its length and its peaks', async () => {
    const { file_id, duration, waveform } = await mustUpload(world, sender, source, wav(1));
    const { id } = await say([file_id], { message_type: 'voice', message: '' });
    const [sent] = await mustForward(id);
    expect(waveform?.length).toBeGreaterThan(0);
    expect(sent).toMatchObject({ message: '', message_type: 'voice', attachments: [{ duration, waveform }] });
  });

  it('keeps the order of several files, for several rooms', async () => {
    const files = [await png(), pdf(2_000), pdf(1_000)];
    const ids: string[] = [];
    for (const file of files) ids.push((await mustUpload(world, sender, source, file)).file_id);
    const original = await say([ids[2]!, ids[0]!, ids[1]!], { message_type: 'file' });
    const other = await world.serviceRoom([forwarder, member]);
    const sent = await mustForward(original.id, [target, other]);
    const sizes = original.attachments.map(({ file_size }) => file_size);
    for (const { attachments } of sent) expect(attachments.map(({ file_size }) => file_size)).toEqual(sizes);
    expect(new Set(sent.flatMap(({ attachments }) => attachments.map(({ file_id }) => file_id))).size).toBe(
      6,
    );
    expect(await kept()).toEqual({ rows: 9, stored: 12 });
  });

  it('leaves the copy where the original is deleted, and the reverse', async () => {
    const [first, second] = [await sendPicture(), await sendPicture()];
    const [copyOfFirst] = await mustForward(first.id);
    const [copyOfSecond] = await mustForward(second.id);
    await sender.rest.delete(`/api/v1/chat/messages/${first.id}`);
    await forwarder.rest.delete(`/api/v1/chat/messages/${copyOfSecond!.id}`);
    await careForFiles(world);
    const statuses = [];
    for (const { attachments } of [first, copyOfFirst!, second, copyOfSecond!]) {
      const { url, thumbnail_url } = attachments[0]!;
      statuses.push([
        (await download(world, url)).status,
        (await download(world, thumbnail_url as string)).status,
      ]);
    }
    expect(statuses).toEqual([
      [404, 404],
      [200, 200],
      [200, 200],
      [404, 404],
    ]);
    expect(await kept()).toEqual({ rows: 2, stored: 4 });
  });

  it('counts copies to whoever forwards, and sends to no room where they would not fit', async () => {
    const { file_id } = await mustUpload(world, sender, source, pdf(600_000));
    const { id } = await say([file_id], { message_type: 'file' });
    const other = await world.serviceRoom([forwarder, member]);
    const refused = await forward(id, [target, other]);
    expect([refused.status, refused.body.code]).toEqual([413, 'QUOTA_EXCEEDED']);
    expect(refused.body.details).toEqual([{ quota_bytes: ROOM_FOR, used_bytes: 600_000 }]);
    expect(await history(member, target)).toEqual([]);
    expect(await history(member, other)).toEqual([]);
    expect(await kept()).toEqual({ rows: 1, stored: 1 });
    expect(await spaceOf(forwarder)).toBe(0);
    await mustForward(id);
    expect([await spaceOf(sender), await spaceOf(forwarder)]).toEqual([600_000, 600_000]);
    expect((await upload(world, forwarder, target, pdf(600_000))).body.code).toBe('QUOTA_EXCEEDED');
  });

  it('answers a repeat with the stored message, without a second copy and without a place in the rate', async () => {
    const { file_id } = await mustUpload(world, sender, source, pdf(600_000));
    const { id } = await say([file_id], { message_type: 'file' });
    const first = await mustForward(id, [target], { client_id: 'again' });
    expect(first[0]?.client_id).toBe('again');
    for (let n = 0; n < 8; n += 1) {
      const [repeat] = await mustForward(id, [target], { client_id: 'again' });
      expect([repeat?.id, repeat?.attachments[0]?.file_id]).toEqual([
        first[0]?.id,
        first[0]?.attachments[0]?.file_id,
      ]);
    }
    expect(await history(member, target)).toHaveLength(1);
    expect(await kept()).toEqual({ rows: 2, stored: 2 });
    const next = await forwarder.rest.post(`/api/v1/chat/rooms/${target}/messages`, { message: 'Seen?' });
    expect(next.status).toBe(201);
  });

  it('sends once what is forwarded twice at the same time', async () => {
    const { id } = await sendPicture();
    const both = await Promise.all([1, 2].map(() => mustForward(id, [target], { client_id: 'at once' })));
    expect(new Set(both.map(([message]) => message?.id)).size).toBe(1);
    const [stored] = await history(member, target);
    expect(stored?.attachments).toHaveLength(1);
    expect((await download(world, stored!.attachments[0]!.url)).status).toBe(200);
    expect(await kept()).toEqual({ rows: 2, stored: 4 });
  });

  it('judges whoever forwards and every room before it touches a file', async () => {
    const { id, attachments } = await sendPicture();
    await loseBytes('originals', attachments[0]!);
    const closed = await world.serviceRoom([forwarder, member]);
    await forwarder.rest.post(`/api/v1/chat/rooms/${closed}/close`, { status: 'closed' });
    expect((await forward(id, [target], {}, member)).body.code).toBe('MESSAGE_NOT_FOUND');
    expect((await forward(id, [target], {}, sender)).body.code).toBe('ACCESS_DENIED');
    expect((await forward(id, [target, closed])).body.code).toBe('ROOM_INACTIVE');
    expect((await forward(id, [target, 'service_unknown'])).body.code).toBe('ROOM_NOT_FOUND');
    expect(await history(member, target)).toEqual([]);
    expect((await forward(id)).body.code).toBe('NOT_FOUND');
    expect(await kept()).toEqual({ rows: 1, stored: 1 });
  });

  it('sends to no room when the rate does not reach for all of them', async () => {
    const { id } = await sendPicture();
    const rooms: string[] = [];
    while (rooms.length < 7) rooms.push(await world.serviceRoom([forwarder, member]));
    const refused = await forward(id, rooms);
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    for (const room of rooms) expect(await history(member, room)).toEqual([]);
    expect(await kept()).toEqual({ rows: 1, stored: 2 });
  });

  it('keeps no copy for a room that is closed meanwhile; a repeat sends what is missing', async () => {
    const { id } = await sendPicture();
    const closing = await world.serviceRoom([forwarder, member]);
    // Both rooms were looked up by then; that this one was closed has not been heard of.
    for (const room of [target, closing]) await history(forwarder, room);
    const setStatus = (status: string) =>
      sql(world, 'UPDATE rooms SET status = $2 WHERE key = $1', [closing, status]);
    await setStatus('closed');
    const refused = await forward(id, [target, closing], { client_id: 'late' });
    expect([refused.status, refused.body.code]).toEqual([409, 'ROOM_INACTIVE']);
    expect(await history(member, closing)).toEqual([]);
    const [before] = await history(member, target);
    expect((await download(world, before!.attachments[0]!.thumbnail_url as string)).status).toBe(200);
    expect(await kept()).toEqual({ rows: 2, stored: 4 });
    await setStatus('active');
    const [again, missing] = await mustForward(id, [target, closing], { client_id: 'late' });
    expect(again?.id).toBe(before!.id);
    expect((await history(member, closing)).map((message) => message.id)).toEqual([missing?.id]);
    expect(await kept()).toEqual({ rows: 3, stored: 6 });
  });

  it('refuses a file that waits for the scanner, and forwards it when it is clean', async () => {
    const original = await sendPicture();
    const mark = (state: string) => sql(world, 'UPDATE attachments SET scan_state = $1', [state]);
    await mark('pending');
    const waiting = await forward(original.id);
    expect([waiting.status, waiting.body.code]).toEqual([409, 'FILE_NOT_READY']);
    expect(waiting.body.error).toMatch(/forward the message when it is ready/);
    expect(waiting.headers.get('retry-after')).toBeTruthy();
    expect(await history(member, target)).toEqual([]);
    await mark('clean');
    await mustForward(original.id);
    expect(await sql(world, 'SELECT DISTINCT scan_state FROM attachments')).toEqual([
      { scan_state: 'clean' },
    ]);
  });

  it('refuses what is deleted: the message, its file, and what is left of a message without text', async () => {
    const deleted = await sendPicture();
    await sender.rest.delete(`/api/v1/chat/messages/${deleted.id}`);
    expect((await forward(deleted.id)).body.code).toBe('MESSAGE_NOT_FOUND');
    const { file_id } = await mustUpload(world, sender, source, pdf());
    const { id } = await say([file_id], { message: '', message_type: 'file' });
    await sql(world, 'UPDATE attachments SET deleted_at = now()');
    const marked = await forward(id);
    await careForFiles(world);
    for (const { status, body } of [marked, await forward(id)]) {
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
      expect(body.error).toMatch(/ask the sender to send it again/);
    }
    expect(await history(member, target)).toEqual([]);
    expect(await kept()).toEqual({ rows: 0, stored: 0 });
  });

  it('keeps nothing where the bytes of a part are lost', async () => {
    const original = await sendPicture();
    await loseBytes('thumbnails', original.attachments[0]!);
    const refused = await forward(original.id);
    expect([refused.status, refused.body.code]).toEqual([404, 'NOT_FOUND']);
    expect(await history(member, target)).toEqual([]);
    expect(await kept()).toEqual({ rows: 1, stored: 1 });
  });

  if (driver === 'disk') return;
  it('sends nothing and keeps nothing while the store is away', async () => {
    const original = await sendPicture();
    await backend.goAway();
    const refused = await forward(original.id, [target], { client_id: 'retry' });
    expect([refused.status, refused.body.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(await history(member, target)).toEqual([]);
    await backend.comeBack();
    await sql(world, 'UPDATE attachments SET lease_until = NULL');
    await careForFiles(world);
    expect(await kept()).toEqual({ rows: 1, stored: 2 });
    const [sent] = await mustForward(original.id, [target], { client_id: 'retry' });
    expect((await download(world, sent!.attachments[0]!.url)).status).toBe(200);
  });
});
