import sharp from 'sharp';
import { World, type Person } from '../support/world.js';
import {
  animation,
  cameraJpeg,
  fragmentedM4a,
  noisyJpeg,
  png,
  recording,
  renamed,
  streamedWav,
  variableMp3,
  wav,
} from './support/files.js';
import { download, form, mustUpload, send, upload } from './support/uploads.js';

describe('pictures', () => {
  let world: World;
  let customer: Person;
  let room: string;

  beforeAll(async () => {
    world = await World.start({
      CHAT_UPLOAD_LIMIT: '1000',
      IMAGE_MAX_DIMENSION: '500',
      IMAGE_THUMBNAIL_SIZE: '100',
    });
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(() => world.stop());

  it('lose location and camera data and keep their orientation', async () => {
    const original = await cameraJpeg();
    expect(original.bytes.includes('SecretCamera')).toBe(true);
    expect((await sharp(original.bytes).metadata()).orientation).toBe(6);
    const { url, thumbnail_url, width, height } = await mustUpload(world, customer, room, original);
    // Lying on its side: 80 × 40 with orientation 6 is 40 wide and 80 high.
    expect([width, height]).toEqual([40, 80]);
    for (const address of [url, thumbnail_url as string]) {
      const { bytes } = await download(world, address);
      const { exif, xmp, iptc, orientation, width: storedWidth } = await sharp(bytes).metadata();
      expect([exif, xmp, iptc, orientation ?? 1, storedWidth]).toEqual([
        undefined,
        undefined,
        undefined,
        1,
        40,
      ]);
      expect(bytes.includes('SecretCamera')).toBe(false);
    }
  });

  it('lose what was appended to them', async () => {
    const picture = await png();
    const { url } = await mustUpload(world, customer, room, {
      ...picture,
      bytes: Buffer.concat([picture.bytes, Buffer.from('<script>alert(1)</script>')]),
    });
    expect((await download(world, url)).bytes.includes('<script>')).toBe(false);
  });

  it('are scaled down to the configured bound', async () => {
    const original = await noisyJpeg(1_200, 900);
    const { url, width, height, file_size } = await mustUpload(world, customer, room, original);
    expect([width, height]).toEqual([500, 375]);
    expect(file_size).toBeLessThan(original.bytes.length / 2);
    const { bytes } = await download(world, url);
    expect(bytes.length).toBe(file_size);
    expect((await sharp(bytes).metadata()).width).toBe(500);
  });

  it('have a WebP thumbnail and a tiny placeholder', async () => {
    const { thumbnail_url, placeholder } = await mustUpload(world, customer, room, await png(400, 300));
    const thumbnail = await sharp((await download(world, thumbnail_url as string)).bytes).metadata();
    expect([thumbnail.format, thumbnail.width, thumbnail.height]).toEqual(['webp', 100, 75]);
    const tiny = Buffer.from(placeholder!.replace('data:image/webp;base64,', ''), 'base64');
    expect((await sharp(tiny).metadata()).width).toBeLessThanOrEqual(16);
    expect(placeholder!.length).toBeLessThan(1_000);
  });

  it('stay animated', async () => {
    const { url, kind } = await mustUpload(world, customer, room, await animation(5));
    const { pages, format } = await sharp((await download(world, url)).bytes).metadata();
    expect([kind, format, pages]).toEqual(['image', 'gif', 5]);
  });

  it('may be named as another kind of picture; the content decides', async () => {
    const { file_type, url } = await mustUpload(
      world,
      customer,
      room,
      renamed(await png(), 'photo.jpg', 'image/jpeg'),
    );
    expect(file_type).toBe('image/png');
    expect((await download(world, url)).headers.get('content-type')).toBe('image/png');
  });
});

describe('recordings', () => {
  let world: World;
  let customer: Person;
  let room: string;

  beforeAll(async () => {
    world = await World.start({ CHAT_UPLOAD_LIMIT: '1000', CHAT_VOICE_NOTE_LIMIT: '100' });
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(() => world.stop());

  it.each([
    ['wav', () => wav(), 'audio/wav', true],
    ['mp3', () => recording('voice.mp3', 'audio/mpeg'), 'audio/mpeg', true],
    ['ogg with Opus', () => recording('voice.opus.ogg', 'audio/ogg'), 'audio/ogg', true],
    ['ogg with Vorbis', () => recording('voice.vorbis.ogg', 'audio/ogg'), 'audio/ogg', true],
    ["a browser's webm", () => recording('voice.webm', 'audio/webm'), 'audio/webm', true],
    ["Safari's m4a", () => recording('voice.m4a', 'audio/mp4'), 'audio/mp4', false],
  ])('of type %s tell their length and how to draw them', async (_what, file, type, drawn) => {
    const { file_type, kind, duration, waveform } = await mustUpload(world, customer, room, await file(), {
      duration: '55',
    });
    expect([file_type, kind]).toEqual([type, 'audio']);
    expect(duration).toBeGreaterThan(0.9);
    expect(duration).toBeLessThan(1.2);
    if (!drawn) return expect(waveform).toBeNull();
    // Quiet, then loud: the peaks tell which half is which.
    expect(waveform).toHaveLength(64);
    expect(Math.max(...waveform!.slice(0, 28))).toBeLessThan(30);
    expect(Math.min(...waveform!.slice(36, 60))).toBeGreaterThan(70);
    expect(Math.max(...waveform!)).toBe(100);
  });

  it.each([
    ['a WAV that says it is empty', () => streamedWav(0), true],
    ['a WAV that says it is endless', () => streamedWav(0xffffffff), true],
    ['an MP3 of varying rate, without a table', () => variableMp3(), true],
    ['an M4A in fragments', () => fragmentedM4a(), false],
  ])('that were streamed tell their length: %s', async (_what, file, drawn) => {
    const { duration, waveform } = await mustUpload(world, customer, room, file(), { duration: '55' });
    expect(duration).toBeGreaterThan(1.9);
    expect(duration).toBeLessThan(2.4);
    expect(waveform !== null).toBe(drawn);
  });

  it('may be named as another format, as recorders do', async () => {
    const file = renamed(await recording('voice.webm', 'audio/wav'), 'voice_note.wav');
    expect((await mustUpload(world, customer, room, file)).file_type).toBe('audio/webm');
  });

  it("are not among support's types", async () => {
    const { status, body } = await send(world, customer, form({ attachments: wav() }));
    expect([status, body.code]).toEqual([415, 'UNSUPPORTED_FILE_TYPE']);
    expect(body.details[0]?.allowed_types).toEqual([
      'jpg',
      'png',
      'gif',
      'webp',
      'pdf',
      'doc',
      'docx',
      'xls',
      'xlsx',
      'txt',
    ]);
  });
});

describe('voice notes', () => {
  it('are ten a minute', async () => {
    const world = await World.start();
    try {
      const customer = world.person('customer');
      const room = await world.serviceRoom([customer]);
      const statuses = [];
      for (let count = 0; count < 11; count += 1)
        statuses.push((await upload(world, customer, room, wav())).status);
      expect(statuses).toEqual([...Array<number>(10).fill(201), 429]);
      expect((await upload(world, customer, room, await png())).status).toBe(201);
    } finally {
      await world.stop();
    }
  });
});
