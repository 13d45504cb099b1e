import { eventually } from '../support/process.js';
import { World, type Person } from '../support/world.js';
import { diskBackend, type Backend } from './support/backends.js';
import {
  compound,
  docx,
  gif,
  hugePng,
  pdf,
  png,
  recording,
  renamed,
  text,
  wav,
  wordEntries,
  zip,
  type TestFile,
} from './support/files.js';
import { RawUpload } from './support/raw-upload.js';
import { careForFiles, rowCount, sql } from './support/server.js';
import { form, send, upload, UPLOAD_PATH } from './support/uploads.js';

const LIMIT = 10 * 1024 * 1024;
const EXE = Buffer.concat([Buffer.from('MZ\u0090\u0000\u0003', 'latin1'), Buffer.alloc(600)]);
const WORD_TYPE = docx().type;

describe('bad uploads', () => {
  let backend: Backend;
  let world: World;
  let customer: Person;
  let room: string;

  beforeAll(async () => {
    backend = await diskBackend();
    world = await World.start({ ...backend.env, CHAT_UPLOAD_LIMIT: '1000' });
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(async () => {
    await world?.stop();
    await backend?.stop();
  });
  beforeEach(async () => {
    await sql(world, 'UPDATE attachments SET deleted_at = now()');
    await careForFiles(world);
  });
  // Whatever was refused: no bytes, no row, nothing on its way.
  afterEach(async () => {
    expect(await backend.stored()).toEqual([]);
    expect(await backend.incoming()).toEqual([]);
    expect(await rowCount(world)).toBe(0);
  });

  const refusedWith = async (file: TestFile, status: number, code: string) => {
    const answer = await upload(world, customer, room, file);
    expect([answer.status, answer.body.code, answer.body.success]).toEqual([status, code, false]);
    expect(answer.body.error).not.toMatch(/[\\/](tmp|files|incoming)/);
    return answer.body;
  };

  describe('too large', () => {
    it('is 10 MB and one byte; the answer names the limit', async () => {
      const body = await refusedWith(pdf(LIMIT + 1), 413, 'FILE_TOO_LARGE');
      expect(body.details).toEqual([{ max_size: LIMIT, limit_bytes: LIMIT }]);
    });

    it('is answered as soon as it is known, before the rest came, and the connection goes on', async () => {
      const rest = 5 * 1024 * 1024;
      const length = 200 + LIMIT + rest;
      const raw = await RawUpload.begin(world, customer, length);
      await raw.write(Buffer.alloc(LIMIT + 1, 'x'));
      const { status, body } = await raw.answered();
      expect([status, body.code]).toEqual([413, 'FILE_TOO_LARGE']);
      expect(raw.isOpen).toBe(true);
      await raw.cut();
    });

    it('is answered at once where the announced length already tells', async () => {
      const raw = await RawUpload.begin(world, customer, 1024 ** 3);
      expect((await raw.answered()).status).toBe(413);
      await raw.cut();
    });

    it('lets a client that sends all before it listens read the answer', async () => {
      // 40 MB fill every buffer on the way: a server that closed instead of reading on would reset the connection.
      const raw = await RawUpload.begin(world, customer, 40 * 1024 * 1024);
      for (let megabyte = 0; megabyte < 39; megabyte += 1) await raw.write(Buffer.alloc(1024 * 1024, 'x'));
      expect((await raw.answered()).status).toBe(413);
      await raw.cut();
    });

    it('reaches a client of fetch whose body goes on and on', async () => {
      let left = 3_000;
      const endless = new ReadableStream<Uint8Array>({
        start(controller) {
          const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7`;
          controller.enqueue(new TextEncoder().encode(head));
        },
        pull: (controller) => {
          left -= 1;
          if (left > 0) controller.enqueue(new Uint8Array(65_536));
          else controller.close();
        },
      });
      const response = await fetch(world.url + UPLOAD_PATH, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${customer.token}`,
          'content-type': 'multipart/form-data; boundary=b',
        },
        body: endless,
        duplex: 'half',
      } as RequestInit);
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ code: 'FILE_TOO_LARGE' });
    });
  });

  describe('forms', () => {
    it.each([
      ['six large files', () => form({ attachments: Array(6).fill(pdf(LIMIT - 1_000)) }), 'TOO_MANY_FILES'],
      ['six files', () => form({ attachments: Array(6).fill(pdf()) }), 'TOO_MANY_FILES'],
      ['two times `file`', () => form({ file: [pdf(), pdf()] }, { room_id: 'x' }), 'TOO_MANY_FILES'],
      ['no file', () => form({}, { room_id: 'service_1' }), 'VALIDATION_ERROR'],
      ['no room for `file`', () => form({ file: pdf() }), 'VALIDATION_ERROR'],
      [
        'both fields at once',
        () => form({ file: pdf(), attachments: pdf() }, { room_id: 'x' }),
        'VALIDATION_ERROR',
      ],
      ['a file in another field', () => form({ avatar: pdf() }, { room_id: 'x' }), 'VALIDATION_ERROR'],
      ['a file in `__proto__`', () => form({ ['__proto__']: pdf() }, { room_id: 'x' }), 'VALIDATION_ERROR'],
      ['NUL in a field', () => form({ attachments: pdf() }, { description: 'a\u0000b' }), 'VALIDATION_ERROR'],
      [
        'an endless description',
        () => form({ attachments: pdf() }, { description: 'x'.repeat(5_000) }),
        'VALIDATION_ERROR',
      ],
    ])('with %s', async (_what, body, code) => {
      const answer = await send(world, customer, body());
      expect([answer.status, answer.body.code]).toEqual([400, code]);
    });

    it.each([
      ['JSON', 'application/json', '{}'],
      ['no boundary', 'multipart/form-data', 'x'],
      [
        'no end',
        'multipart/form-data; boundary=b',
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx',
      ],
      ['nothing inside', 'multipart/form-data; boundary=b', ''],
    ])('that are none: %s', async (_what, type, body) => {
      const response = await fetch(world.url + UPLOAD_PATH, {
        method: 'POST',
        headers: { authorization: `Bearer ${customer.token}`, 'content-type': type },
        body,
      });
      expect(response.status).toBe(400);
      expect(((await response.json()) as { code: string }).code).toBe('VALIDATION_ERROR');
    });
  });

  it('that are empty', async () => {
    await refusedWith({ ...pdf(), bytes: Buffer.alloc(0) }, 400, 'VALIDATION_ERROR');
  });

  it('that are empty, in a support message: the field of the form is named', async () => {
    const session = await customer.rest.post<{ id: string }>('/api/v1/chat/sessions', { subject: 'Damage' });
    const path = `/api/v1/chat/sessions/${session.body.data.id}/messages`;
    const response = await fetch(world.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${customer.token}` },
      body: form({ attachments: { ...pdf(), bytes: Buffer.alloc(0) } }, { content: 'x' }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ field: 'attachments', filename: 'document.pdf' }],
    });
  });

  describe('types', () => {
    it.each<[string, () => TestFile | Promise<TestFile>]>([
      ['an .exe named .png', () => ({ bytes: EXE, name: 'photo.png', type: 'image/png' })],
      ['an .exe', () => ({ bytes: EXE, name: 'setup.exe', type: 'application/x-msdownload' })],
      ['a picture named .exe', async () => renamed(await png(), 'photo.exe')],
      ['a picture labelled as HTML', async () => renamed(await png(), 'photo.png', 'text/html')],
      ['a PDF named as a picture', () => renamed(pdf(), 'scan.jpg', 'image/jpeg')],
      [
        'SVG',
        () => ({
          bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
          name: 'a.svg',
          type: 'image/svg+xml',
        }),
      ],
      [
        'SVG named .png',
        () => ({ bytes: Buffer.from('<?xml version="1.0"?><svg/>'), name: 'a.png', type: 'image/png' }),
      ],
      ['HTML', () => text('<!DOCTYPE html><p>Hello', 'page.html')],
      ['HTML named .txt', () => text('  \n<script>alert(1)</script>')],
      ['HTML after some words', () => text('Hello <iframe src="//evil.example"></iframe>')],
      ['SVG named .txt', () => text('<svg onload="alert(1)">')],
      ['a shell script named .txt', () => text('#!/bin/sh\nrm -rf /')],
      ['text that is not UTF-8', () => text(Buffer.from([0x48, 0xe4, 0x6c, 0x6c, 0x6f]))],
      ['text with NUL', () => text('a\u0000b')],
      ['text with a foreign name', () => text('WScript.Echo 1', 'run.vbs')],
      ...[
        'run.bat',
        'run.bat.',
        'run.bat . .',
        'docs.library-ms',
        'setup.application',
        'x.appref-ms',
        '.bat',
      ].map((name): [string, () => TestFile] => [`text named ${name}`, () => text('echo 1', name)]),
      ['a picture named a.exe.', async () => renamed(await png(), 'a.exe.')],
      ['HTML after much white space', () => text(`${' \n'.repeat(2_000)}<script>alert(1)</script>`)],
      ['HTML that begins with a picture', () => text('<img src=x onerror=alert(1)>')],
      ['a handler after some words', () => text('Hello <img src=x onerror=alert(1)>')],
      ['HTML that begins like a bitmap', () => text('BM <script>alert(1)</script>')],
      ['RTF', () => text('{\\rtf1 Hello}')],
      ['a PDF named .txt', () => renamed(pdf(), 'scan.txt', 'text/plain')],
      [
        'a zip',
        () => ({
          bytes: zip([{ name: 'a.txt', content: Buffer.from('a') }]),
          name: 'a.zip',
          type: 'application/zip',
        }),
      ],
      ['a zip named .docx', () => docx([{ name: 'a.txt', content: Buffer.from('a') }])],
      ['a .docx named .xlsx', () => renamed(docx(), 'table.xlsx')],
      ['a .docx with macros', () => docx([...wordEntries(), { name: 'word/vbaProject.bin', content: EXE }])],
      [
        'a compound file that is no document',
        () => ({ bytes: compound(['Installer']), name: 'a.doc', type: 'application/msword' }),
      ],
      ['a film', () => recording('film.webm', 'video/webm')],
      [
        'a recording without sound',
        () => ({ ...wav(), bytes: Buffer.from('RIFF\u0004\u0000\u0000\u0000WAVE', 'latin1') }),
      ],
    ])('%s', async (_what, file) => {
      const body = await refusedWith(await file(), 415, 'UNSUPPORTED_FILE_TYPE');
      expect(body.error).toMatch(/\.$/);
    });
  });

  describe('pictures', () => {
    it('that end too early', async () => {
      const whole = await png(300, 300);
      await refusedWith(
        { ...whole, bytes: whole.bytes.subarray(0, whole.bytes.length - 40) },
        415,
        'UNSUPPORTED_FILE_TYPE',
      );
    });

    it('of 20,000 × 20,000 pixels in a few bytes', async () => {
      const body = await refusedWith(hugePng(20_000, 20_000), 413, 'FILE_TOO_LARGE');
      expect(body.details[0]).toMatchObject({ max_pixels: 40_000_000 });
    });

    it('of 5,000 frames', async () => {
      const body = await refusedWith(gif(5_000), 413, 'FILE_TOO_LARGE');
      expect(body.details[0]).toMatchObject({ max_frames: 500 });
    });
  });

  describe('zip bombs called .docx', () => {
    const bomb = (content: Buffer, claimedSize?: number) =>
      docx([...wordEntries(), { name: 'word/media/image1.png', content, claimedSize }]);

    it('that say what they are', async () => {
      await refusedWith(bomb(Buffer.alloc(120_000_000)), 415, 'UNSUPPORTED_FILE_TYPE');
    });

    it('that lie about it', async () => {
      await refusedWith(bomb(Buffer.alloc(30_000_000), 900_000), 415, 'UNSUPPORTED_FILE_TYPE');
    });

    it('in the part that tells the types', async () => {
      const [, document] = wordEntries();
      const file = docx([{ name: '[Content_Types].xml', content: Buffer.alloc(50_000_000) }, document!]);
      expect(file.type).toBe(WORD_TYPE);
      await refusedWith(file, 415, 'UNSUPPORTED_FILE_TYPE');
    });
  });

  it('that are cut off half-way leave nothing', async () => {
    const raw = await RawUpload.begin(world, customer, 5_000_000);
    await raw.write(Buffer.alloc(2_000_000, 'x'));
    await eventually('a file comes in', async () => (await backend.incoming()).length === 1);
    await raw.cut();
    await eventually('nothing is kept', async () => (await backend.incoming()).length === 0);
  });
});

describe('names and contents', () => {
  let world: World;
  let customer: Person;
  let room: string;

  beforeAll(async () => {
    world = await World.start();
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(() => world.stop());

  it.each([
    ['BMW 320d, 2019', 'car.txt'],
    ['MZ 250, red', 'bike'],
    ['solid work, thank you', 'note.txt'],
    ['BZh?', 'note.text'],
    ['GIF89a is a format', 'note.txt'],
    ['Hello', 'Version 1.2 draft'],
    ['Hello', 'no dot'],
    ['Hello', 'report.2024'],
    ['Hello', 'Dear Ms. Smith'],
  ])('text that begins like something else is text: %j in %j', async (content, name) => {
    const { status, body } = await upload(world, customer, room, text(content, name));
    expect([status, body.data?.file_type, body.data?.filename]).toEqual([201, 'text/plain', name]);
  });

  it.each([
    ['../../etc/passwd.pdf', 'passwd.pdf'],
    ['C:\\\\Users\\\\me\\\\scan.pdf', 'scan.pdf'],
    ['a\u0000b.pdf', 'ab.pdf'],
    ['invoice\u202efdp.pdf', 'invoicefdp.pdf'],
    [`${'long'.repeat(74)}.pdf`, `${'long'.repeat(74).slice(0, 251)}.pdf`],
    ['..', 'file'],
    ['a%0D%0Ab.pdf', 'ab.pdf'],
  ])('the name %j is shown as %j', async (given, shown) => {
    const ending = RawUpload.ending({ room_id: room });
    const raw = await RawUpload.begin(world, customer, bodyLength(given, ending), given);
    await raw.write(ending);
    const { status, body } = (await raw.answered()) as unknown as {
      status: number;
      body: { data: { filename: string; url: string } };
    };
    expect([status, body.data?.filename]).toEqual([201, shown]);
    const { pathname, search } = new URL(body.data.url, world.url);
    const { headers } = await fetch(world.url + pathname + search);
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="${shown}"; filename*=UTF-8''${shown}`,
    );
    await raw.cut();
  });
});

/** Length of a raw form: what `RawUpload.begin` writes after the head, and the ending. */
function bodyLength(name: string, ending: string): number {
  const start = `--test-boundary-7c1d\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\n`;
  return Buffer.byteLength(start) + Buffer.byteLength(ending);
}
