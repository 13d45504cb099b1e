import { jest } from '@jest/globals';
import { commonErrors } from '#libs/platform/errors';
import { FileStorage } from '#libs/platform/storage';
import { groupOf } from '../dialects/workspace/helpers.js';
import { World, type Person } from '../support/world.js';
import { docx, pdf, png, text, wav } from './support/files.js';
import { careForFiles, sql } from './support/server.js';
import { download, here, mustUpload } from './support/uploads.js';

interface Message {
  attachments: { url: string; thumbnail_url: string | null; expires_at: string }[];
}

const LIFETIME_S = 2;

describe('signed file URLs', () => {
  let world: World;
  let customer: Person;
  let room: string;

  beforeAll(async () => {
    world = await World.start({ CHAT_UPLOAD_LIMIT: '1000' });
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(() => world.stop());

  const codeOf = async (url: string) => {
    const { status, bytes } = await download(world, url);
    return [status, status === 200 ? 'OK' : (JSON.parse(bytes.toString()) as { code: string }).code];
  };

  it('need no token, and are for one file and one time', async () => {
    const one = await mustUpload(world, customer, room, await png());
    const two = await mustUpload(world, customer, room, await png());
    expect(await codeOf(one.url)).toEqual([200, 'OK']);
    const url = new URL(here(world, one.url));
    const changed = (change: (target: URL) => void): string => {
      const target = new URL(url);
      change(target);
      return target.href;
    };
    const later = String(Number(url.searchParams.get('expires')) + 1);
    const forged = [
      changed((target) => target.searchParams.set('expires', later)),
      changed((target) => target.searchParams.delete('expires')),
      changed((target) => target.searchParams.delete('signature')),
      changed((target) => target.searchParams.append('signature', 'x')),
      changed((target) => target.searchParams.set('expires', '-1')),
      changed((target) => (target.pathname = new URL(here(world, two.url)).pathname)),
      changed((target) => (target.pathname = new URL(here(world, one.thumbnail_url!)).pathname)),
      changed((target) => (target.pathname = target.pathname.replace('.png', '.html'))),
      `${world.url}/uploads/chat-attachments/..%2f..%2fjwt-secret`,
      `${world.url}/uploads/chat-attachments/x.png?expires=1&signature=%00`,
    ];
    for (const href of forged) expect([href, ...(await codeOf(href))]).toEqual([href, 403, 'FORBIDDEN']);
  });

  it.each([
    ['a picture', () => png(), 'image/png', 'inline'],
    ['a PDF', () => pdf(), 'application/pdf', 'attachment'],
    ['a document', () => docx(), docx().type, 'attachment'],
    ['a text', () => text('Hällo'), 'text/plain; charset=utf-8', 'attachment'],
    ['a recording', () => wav(), 'audio/wav', 'inline'],
  ])('serve %s as what it is, and as nothing else', async (_what, file, type, disposition) => {
    const { url, file_size } = await mustUpload(world, customer, room, await file());
    const { headers } = await download(world, url);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition}; filename="`));
    expect(headers.get('content-length')).toBe(String(file_size));
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    );
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(headers.get('cache-control')).toMatch(/^private, max-age=\d+, immutable$/);
    expect(headers.get('accept-ranges')).toBe('bytes');
  });

  it('answer conditional and partial requests', async () => {
    const { url } = await mustUpload(world, customer, room, pdf(1_000));
    const { headers } = await download(world, url);
    const etag = headers.get('etag') as string;
    const again = await download(world, url, { 'if-none-match': etag });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    const resumed = await download(world, url, { range: 'bytes=990-', 'if-range': etag });
    expect([resumed.status, resumed.bytes.length]).toEqual([206, 10]);
    const changed = await download(world, url, { range: 'bytes=990-', 'if-range': '"other"' });
    expect([changed.status, changed.bytes.length]).toEqual([200, 1_000]);
    const nonsense = await download(world, url, { range: 'lines=1-2' });
    expect([nonsense.status, nonsense.bytes.length]).toEqual([200, 1_000]);
    const head = await fetch(here(world, url), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '1000']);
  });

  it('know their tag in every form of If-None-Match', async () => {
    const { url } = await mustUpload(world, customer, room, pdf());
    const etag = (await download(world, url)).headers.get('etag') as string;
    for (const condition of ['*', `W/${etag}`, `"other", ${etag}`, `"other" ,W/${etag}`]) {
      const { status, headers } = await download(world, url, { 'if-none-match': condition });
      expect([condition, status, headers.get('etag')]).toEqual([condition, 304, etag]);
    }
    expect((await download(world, url, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('answer more of the end than there is with all of it', async () => {
    const { url } = await mustUpload(world, customer, room, pdf(1_000));
    const { status, headers, bytes } = await download(world, url, { range: 'bytes=-5000' });
    expect([status, bytes.length, headers.get('content-range')]).toEqual([206, 1_000, 'bytes 0-999/1000']);
  });

  const failureOf = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await download(world, url, headers);
    return [
      answer.status,
      (JSON.parse(answer.bytes.toString()) as { code: string }).code,
      answer.headers.get('content-type'),
      answer.headers.get('cache-control'),
      answer.headers.get('etag')?.startsWith('W/') ?? true,
      answer.headers.get('content-disposition'),
    ];
  };
  const failed = (status: number, code: string) => [
    status,
    code,
    'application/json; charset=utf-8',
    'no-store',
    // Of the answer, if any.
    true,
    null,
  ];

  it('fail as any other route, and nothing keeps that', async () => {
    const { url } = await mustUpload(world, customer, room, pdf(1_000));
    expect(await failureOf(url, { range: 'bytes=2000-' })).toEqual(failed(416, 'RANGE_NOT_SATISFIABLE'));
    const { headers } = await download(world, url, { range: 'bytes=2000-' });
    expect(headers.get('content-range')).toBe('bytes */1000');
    expect(await failureOf(`${url}x`)).toEqual(failed(403, 'FORBIDDEN'));
    const key = url.split('?')[0]!.split('/').at(-1)!.split('.')[0]!;
    await Promise.all(
      world.server.nodes.map(({ app }) => app.get(FileStorage).remove([`originals/${key.slice(-2)}/${key}`])),
    );
    expect(await failureOf(url)).toEqual(failed(404, 'NOT_FOUND'));
    expect((await fetch(here(world, url), { method: 'HEAD' })).status).toBe(404);
  });

  it('fail while the storage is away, and nothing keeps that either', async () => {
    const { url } = await mustUpload(world, customer, room, pdf(1_000));
    const away = world.server.nodes.map(({ app }) =>
      jest
        .spyOn(app.get(FileStorage), 'open')
        .mockRejectedValue(commonErrors.unavailable('Files cannot be read right now.')),
    );
    try {
      expect(await failureOf(url)).toEqual(failed(503, 'SERVICE_UNAVAILABLE'));
    } finally {
      for (const spy of away) spy.mockRestore();
    }
    expect((await download(world, url)).status).toBe(200);
  });

  it('end with the room, also those of files that were never sent, which go nowhere else', async () => {
    const admin = world.person('admin');
    const doomed = await groupOf(admin, customer);
    const elsewhere = await groupOf(admin, customer);
    const [sent, unsent] = [
      await mustUpload(world, customer, doomed, pdf()),
      await mustUpload(world, customer, doomed, pdf()),
    ];
    await customer.rest.post(`/api/v1/chat/rooms/${doomed}/messages`, {
      message: 'x',
      attachments: [{ file_id: sent.file_id }],
    });
    // Without what an event does meanwhile: a server may die before it.
    await sql(world, 'DELETE FROM rooms WHERE id = $1', [doomed]);
    for (const { url, file_id } of [sent, unsent]) {
      expect(await codeOf(url)).toEqual([404, 'NOT_FOUND']);
      const claim = await customer.rest.post(`/api/v1/chat/rooms/${elsewhere}/messages`, {
        message: 'x',
        attachments: [{ file_id }],
      });
      expect([claim.status, claim.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    }
    await careForFiles(world);
    const rows = await sql(world, 'SELECT 1 FROM attachments WHERE room_id = $1', [doomed]);
    expect(rows).toEqual([]);
  });

  it('end at once, bytes and all, when the room is deleted', async () => {
    const admin = world.person('admin');
    const doomed = await groupOf(admin, customer);
    const { url } = await mustUpload(world, customer, doomed, pdf());
    expect((await admin.rest.delete(`/api/chat/rooms/${doomed}/permanently`)).status).toBe(200);
    expect(await codeOf(url)).toEqual([404, 'NOT_FOUND']);
  });

  it('are the same for a while, so that a cache finds what it has', async () => {
    const { file_id, url } = await mustUpload(world, customer, room, pdf());
    const again = await customer.rest.get<{ url: string }>(`/api/v1/chat/files/${file_id}`);
    // Without PUBLIC_URL each server names itself.
    const pathOf = (address: string): string => address.replace(new URL(address, world.url).origin, '');
    expect(pathOf(again.body.data.url)).toBe(pathOf(url));
  });

  it('never tell where files are', async () => {
    const { file_id, url } = await mustUpload(world, customer, room, pdf());
    await sql(world, 'UPDATE attachments SET deleted_at = now() WHERE id = $1', [file_id.slice(5)]);
    const { status, bytes } = await download(world, url);
    expect(status).toBe(404);
    expect(bytes.toString()).not.toMatch(/originals|ENOENT|\/tmp/);
  });
});

describe('file URLs that live for two seconds', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ FILE_URL_TTL_SECONDS: String(LIFETIME_S) })));
  afterAll(() => world.stop());

  it('end, and are fresh when the message is read again', async () => {
    const customer = world.person('customer');
    const room = await world.serviceRoom([customer]);
    const { file_id, url, expires_at } = await mustUpload(world, customer, room, await png());
    await customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, {
      message: 'x',
      attachments: [{ file_id }],
    });
    expect((await download(world, url)).status).toBe(200);
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(LIFETIME_S * 1000);
    await new Promise((resolve) => setTimeout(resolve, Date.parse(expires_at) - Date.now() + 5));
    const ended = await download(world, url);
    expect([ended.status, JSON.parse(ended.bytes.toString()).code]).toEqual([403, 'URL_EXPIRED']);
    const { body } = await customer.rest.get<{ messages: Message[] }>(`/api/v1/chat/rooms/${room}/messages`);
    const file = body.data.messages[0]!.attachments[0]!;
    expect(Date.parse(file.expires_at)).toBeGreaterThan(Date.now());
    expect((await download(world, file.url)).status).toBe(200);
    expect((await download(world, file.thumbnail_url!)).status).toBe(200);
  });
});
