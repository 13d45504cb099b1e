import { World, type Person } from '../support/world.js';
import { compound, docx, pdf, png, renamed, text, xlsx } from './support/files.js';
import { sql } from './support/server.js';
import {
  download,
  form,
  here,
  mustUpload,
  send,
  upload,
  UPLOAD_PATH,
  type Uploaded,
} from './support/uploads.js';

interface SupportUpload {
  file_id: string;
  file_name: string;
  file_url: string;
  file_size: number;
  file_type: string;
  status: string;
}
interface Message {
  id: string;
  message_type: string;
  attachments: Uploaded[];
}

describe('uploads and the messages that name them', () => {
  let world: World;
  let customer: Person;
  let staff: Person;
  let room: string;

  beforeAll(async () => {
    world = await World.start({ CHAT_UPLOAD_LIMIT: '1000', PUBLIC_URL: 'https://chat.example.com/' });
    customer = world.person('customer', { name: 'First Customer' });
    staff = world.person('staff');
    room = await world.serviceRoom([customer, staff]);
  });
  afterAll(() => world.stop());
  afterEach(() => world.disconnectAll());

  const say = (person: Person, to: string, fileIds: string[], more: Record<string, unknown> = {}) =>
    person.rest.post<Message>(`/api/v1/chat/rooms/${to}/messages`, {
      message: "Here's the damage photo",
      message_type: 'image',
      attachments: fileIds.map((file_id) => ({ file_id })),
      ...more,
    });

  describe('POST /upload', () => {
    it('answers one object for `file`, as the service document shows it', async () => {
      const { status, body } = await upload(
        world,
        customer,
        room,
        renamed(await png(800, 600), 'damage_photo.png'),
        {
          description: 'Vehicle damage photo',
        },
      );
      expect(status).toBe(201);
      expect(body).toEqual({
        success: true,
        data: {
          file_id: expect.stringMatching(/^file_[0-9a-f-]{36}$/),
          filename: 'damage_photo.png',
          file_size: expect.any(Number),
          file_type: 'image/png',
          kind: 'image',
          url: expect.stringMatching(
            /^https:\/\/chat\.example\.com\/uploads\/chat-attachments\/[0-9a-f-]+\.png\?/,
          ),
          thumbnail_url: expect.stringMatching(/^https:\/\/chat\.example\.com\/uploads\/.+_thumb\.webp\?/),
          expires_at: expect.any(String),
          width: 800,
          height: 600,
          duration: null,
          waveform: null,
          placeholder: expect.stringMatching(/^data:image\/webp;base64,/),
          description: 'Vehicle damage photo',
          status: 'ready',
        },
      });
      const days = (Date.parse(body.data.expires_at) - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(6.9);
      expect(days).toBeLessThanOrEqual(7);
    });

    it('answers an array for `attachments`, as the support document shows it', async () => {
      const body = form({ attachments: [pdf(), text('Hello')] });
      const answer = await send<SupportUpload[]>(world, customer, body);
      expect(answer.status).toBe(201);
      expect(answer.body.data).toEqual([
        expect.objectContaining({ file_name: 'document.pdf', file_size: 1000, file_type: 'application/pdf' }),
        expect.objectContaining({ file_name: 'note.txt', file_size: 5, file_type: 'text/plain' }),
      ]);
      for (const file of answer.body.data) {
        expect(file.file_id).toMatch(/^file_/);
        expect(file.file_url).toMatch(/^\/uploads\/chat-attachments\//);
        expect((await fetch(world.url + file.file_url)).status).toBe(200);
      }
    });

    it.each([
      ['a Word document', () => docx(), 'docx'],
      ['an Excel sheet', () => xlsx(), 'xlsx'],
      [
        'an old Word document',
        () => ({ bytes: compound(['WordDocument']), name: 'a.doc', type: 'application/msword' }),
        'doc',
      ],
      ['an old Excel sheet', () => ({ bytes: compound(['Workbook']), name: 'a.xls', type: '' }), 'xls'],
      ['a text with umlauts', () => text('Grüße <3 & more', 'Notiz.TXT'), 'txt'],
      ['a PDF without a label', () => renamed(pdf(), 'scan', ''), 'pdf'],
    ])('takes %s', async (_what, file, extension) => {
      const { url, kind } = await mustUpload(world, customer, room, file());
      expect([kind, new URL(url).pathname.split('.').at(-1)]).toEqual(['document', extension]);
    });

    it('shows names as they were given, in any script', async () => {
      const { filename } = await mustUpload(world, customer, room, renamed(pdf(), 'Größe – 写真 (1).pdf'));
      expect(filename).toBe('Größe – 写真 (1).pdf');
    });

    it('is for members of the room only', async () => {
      const stranger = world.person('customer');
      expect((await upload(world, stranger, room, pdf())).body.code).toBe('ACCESS_DENIED');
      expect((await upload(world, customer, 'service_none', pdf())).body.code).toBe('ROOM_NOT_FOUND');
      const noToken = await fetch(world.url + UPLOAD_PATH, { method: 'POST', body: form({ file: pdf() }) });
      expect(noToken.status).toBe(401);
      expect(await sql(world, 'SELECT 1 FROM attachments WHERE uploader_id = $1', [stranger.id])).toEqual([]);
    });

    it('refuses closed rooms', async () => {
      const closed = await world.serviceRoom([customer, staff]);
      await staff.rest.post(`/api/v1/chat/rooms/${closed}/close`);
      const answer = await upload(world, customer, closed, pdf());
      expect([answer.status, answer.body.code]).toEqual([409, 'ROOM_INACTIVE']);
    });
  });

  describe('a message', () => {
    it('carries the files of its sender to everyone in the room, with URLs that work', async () => {
      const first = await mustUpload(world, customer, room, await png());
      const second = await mustUpload(world, customer, room, docx());
      const [, reader] = await world.joined(room, customer, staff);
      const { body, status } = await say(customer, room, [second.file_id, first.file_id]);
      expect(status).toBe(201);
      expect(body.data.attachments.map((file) => file.file_id)).toEqual([second.file_id, first.file_id]);
      const heard = await reader!.waitFor<Message & Record<string, unknown>>('new_message');
      expect(heard.attachments.map((file) => file.file_id)).toEqual([second.file_id, first.file_id]);
      for (const { url, file_size } of heard.attachments)
        expect((await download(world, url)).bytes.length).toBe(file_size);
    });

    it('takes support uploads into whichever room it is sent to', async () => {
      const { body } = await send<SupportUpload[]>(world, customer, form({ attachments: pdf() }));
      const sent = await say(customer, room, [body.data[0]!.file_id], { message_type: 'file' });
      expect(sent.body.data.attachments).toHaveLength(1);
    });

    it.each([
      ['of someone else', async () => (await mustUpload(world, staff, room, pdf())).file_id],
      [
        'for another room',
        async () => (await mustUpload(world, customer, await world.serviceRoom([customer]), pdf())).file_id,
      ],
      ['that does not exist', async () => 'file_00000000-0000-7000-8000-000000000000'],
      ['with a malformed id', async () => 'file_abc123'],
    ])('cannot name a file %s', async (_what, fileId) => {
      const mine = await mustUpload(world, customer, room, pdf());
      const answer = await say(customer, room, [mine.file_id, await fileId()]);
      expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_ERROR']);
      // All or none: what could have been bound is still free.
      expect((await say(customer, room, [mine.file_id])).status).toBe(201);
    });

    it('cannot name a file twice, nor one that another message has', async () => {
      const { file_id } = await mustUpload(world, customer, room, pdf());
      expect((await say(customer, room, [file_id, file_id])).status).toBe(400);
      expect((await say(customer, room, [file_id])).status).toBe(201);
      expect((await say(customer, room, [file_id])).status).toBe(400);
    });

    it('is stored once with its files when it is repeated', async () => {
      const { file_id } = await mustUpload(world, customer, room, pdf());
      const one = await say(customer, room, [file_id], { client_id: 'again' });
      const two = await say(customer, room, [file_id], { client_id: 'again' });
      expect([one.status, two.status]).toEqual([201, 201]);
      expect(two.body.data.id).toBe(one.body.data.id);
      expect(two.body.data.attachments.map((file) => file.file_id)).toEqual([file_id]);
    });

    it('frees its files when it is not stored', async () => {
      const { file_id } = await mustUpload(world, customer, room, pdf());
      const refused = await say(customer, room, [file_id], { reply_to: 'msg_none' });
      expect(refused.status).toBe(400);
      expect((await say(customer, room, [file_id])).status).toBe(201);
    });
  });

  describe('who sees a file', () => {
    it('is its uploader until it is sent, and then the room', async () => {
      const { file_id } = await mustUpload(world, customer, room, pdf());
      const path = `/api/v1/chat/files/${file_id}`;
      const stranger = world.person('customer');
      const statuses = async () =>
        Promise.all([customer, staff, stranger].map(async (person) => (await person.rest.get(path)).status));
      expect(await statuses()).toEqual([200, 404, 404]);
      await say(customer, room, [file_id]);
      expect(await statuses()).toEqual([200, 200, 404]);
    });

    it('ends for someone who is removed from the room', async () => {
      const other = world.person('customer');
      const shared = await world.serviceRoom([customer, other], 777_001);
      const { file_id } = await mustUpload(world, customer, shared, pdf());
      await say(customer, shared, [file_id]);
      const path = `/api/v1/chat/files/${file_id}`;
      expect((await other.rest.get(path)).status).toBe(200);
      await world.serviceRoom([customer], 777_001);
      expect((await other.rest.get(path)).status).toBe(404);
    });

    it('gets fresh URLs on sockets too', async () => {
      const { file_id } = await mustUpload(world, customer, room, pdf());
      const socket = await world.socket(customer);
      const file = await socket.must<Uploaded>('get_attachment', { file_id });
      expect((await fetch(here(world, file.url))).status).toBe(200);
      const stranger = await world.socket(world.person('customer'));
      expect((await stranger.ask('get_attachment', { file_id })).code).toBe('NOT_FOUND');
    });
  });

  it('tells the uploader that a file is ready, and nobody else', async () => {
    const [mine, others] = await world.joined(room, customer, staff);
    const { file_id } = await mustUpload(world, customer, room, pdf());
    expect(await mine!.waitFor('attachment_ready')).toMatchObject({
      file_id,
      room_id: room,
      status: 'ready',
    });
    await customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, { message: 'sentinel' });
    await others!.waitFor('new_message');
    expect(others!.of('attachment_ready')).toEqual([]);
  });
});

describe('limits of a user', () => {
  it('are uploads a minute', async () => {
    const world = await World.start({ CHAT_UPLOAD_LIMIT: '2' });
    try {
      const [customer, other] = [world.person('customer'), world.person('customer')];
      const room = await world.serviceRoom([customer, other]);
      const statuses = [];
      for (let count = 0; count < 3; count += 1)
        statuses.push((await upload(world, customer, room, pdf())).status);
      expect(statuses).toEqual([201, 201, 429]);
      const refused = await upload(world, customer, room, pdf());
      expect(refused.body.code).toBe('RATE_LIMITED');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await upload(world, other, room, pdf())).status).toBe(201);
    } finally {
      await world.stop();
    }
  });

  it('are bytes in all, also when uploads race', async () => {
    const world = await World.start({ UPLOAD_QUOTA_MB: '1' });
    try {
      const [customer, other] = [world.person('customer'), world.person('customer')];
      const room = await world.serviceRoom([customer, other]);
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => upload(world, customer, room, pdf(400_000))),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 413, 413, 413]);
      const refused = answers.find((answer) => answer.status === 413);
      expect(refused?.body).toMatchObject({ code: 'QUOTA_EXCEEDED', details: [{ quota_bytes: 1_048_576 }] });
      expect((await upload(world, other, room, pdf(400_000))).status).toBe(201);
    } finally {
      await world.stop();
    }
  });
});
