import { deflateRawSync, crc32 as zlibCrc32 } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/** A file as a browser's form would send it. */
export interface TestFile {
  bytes: Buffer;
  name: string;
  type: string;
}

const file = (bytes: Buffer, name: string, type: string): TestFile => ({ bytes, name, type });

export const renamed = (source: TestFile, name: string, type = source.type): TestFile => ({
  ...source,
  name,
  type,
});

/** A picture with some structure, so that it is neither tiny nor huge. */
export async function png(width = 64, height = 48): Promise<TestFile> {
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#3366aa' } })
    .png()
    .toBuffer();
  return file(bytes, 'picture.png', 'image/png');
}

/** Noise hardly compresses: some `kilobytes` in all. */
export async function noisyJpeg(width: number, height: number): Promise<TestFile> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const bytes = await sharp({ create: { width, height, channels: 3, background: 'black', noise } })
    .jpeg({ quality: 90 })
    .toBuffer();
  return file(bytes, 'noise.jpg', 'image/jpeg');
}

/** Taken with a camera held upright, at a place. */
export async function cameraJpeg(): Promise<TestFile> {
  const bytes = await sharp({ create: { width: 80, height: 40, channels: 3, background: '#aa3322' } })
    .withExif({
      IFD0: { Make: 'SecretCamera', Model: 'X1', Orientation: '6' },
      IFD3: { GPSLatitude: '52/1 31/1 12/1', GPSLongitude: '13/1 24/1 18/1' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  return file(bytes, 'damage_photo.jpg', 'image/jpeg');
}

/** Valid GIF of the same tiny frame, as often as wanted. */
export function gif(frames: number): TestFile {
  const header = Buffer.from('47494638396102000200800000ff0000000000', 'hex');
  const loop = Buffer.from('21ff0b4e45545343415045322e300301000000', 'hex');
  const frame = Buffer.from('21f9040005000000' + '2c00000000020002000002028451' + '00', 'hex');
  const bytes = Buffer.concat([header, loop, ...Array<Buffer>(frames).fill(frame), Buffer.from('3b', 'hex')]);
  return file(bytes, 'animation.gif', 'image/gif');
}

/** Frames that differ: equal ones would be stored as one. */
export async function animation(frames: number, width = 16, height = 16): Promise<TestFile> {
  const raw = Buffer.alloc(width * height * 3 * frames);
  for (let frame = 0; frame < frames; frame += 1) {
    const size = width * height * 3;
    raw.fill(frame * 40, frame * size, (frame + 1) * size);
  }
  const source = { width, height: height * frames, channels: 3, pageHeight: height } as const;
  return file(await sharp(raw, { raw: source }).gif({ loop: 0 }).toBuffer(), 'animation.gif', 'image/gif');
}

/** A PNG that claims to be as large as told, in a few bytes. */
export function hugePng(width: number, height: number): TestFile {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crcOf(body));
    return Buffer.concat([length, body, crc]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const bytes = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.from('789c0300000000010001', 'hex')),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return file(bytes, 'huge.png', 'image/png');
}

export const pdf = (bytes = 1_000): TestFile =>
  file(
    Buffer.concat([
      Buffer.from('%PDF-1.7\n'),
      Buffer.alloc(Math.max(0, bytes - 15), 'x'),
      Buffer.from('\n%%EOF'),
    ]),
    'document.pdf',
    'application/pdf',
  );

export const text = (content: string | Buffer, name = 'note.txt'): TestFile =>
  file(Buffer.from(content as string), name, 'text/plain');

/** One second of a tone, quiet in its first half. */
export function wav(seconds = 1): TestFile {
  const rate = 8_000;
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let index = 0; index < rate * seconds; index += 1) {
    const volume = index < (rate * seconds) / 2 ? 0.1 : 0.9;
    samples.writeInt16LE(Math.round(Math.sin(index / 3) * volume * 32_000), index * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return file(Buffer.concat([header, samples]), 'voice_note.wav', 'audio/wav');
}

/** As recorders write it that never come back to fill in the lengths. */
export function streamedWav(length: number, seconds = 2): TestFile {
  const whole = wav(seconds);
  whole.bytes.writeUInt32LE(length, 4);
  whole.bytes.writeUInt32LE(length, 40);
  return whole;
}

/** Silent MPEG frames without a table of contents: the first ones at 32 kbit/s, the others, some two seconds, at 320. */
export function variableMp3(): TestFile {
  const frame = (index: number, kilobits: number): Buffer => {
    const bytes = Buffer.alloc(Math.floor((144_000 * kilobits) / 44_100));
    bytes.set([0xff, 0xfb, index << 4, 0xc0]);
    return bytes;
  };
  const frames = [...Array<Buffer>(10).fill(frame(1, 32)), ...Array<Buffer>(77).fill(frame(14, 320))];
  return file(Buffer.concat(frames), 'variable.mp3', 'audio/mpeg');
}

const box = (name: string, ...content: (Buffer | number[])[]): Buffer => {
  const body = Buffer.concat(content.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, body]);
};
const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
};

/** Two seconds of sound in fragments, whose samples have the duration that the track says. */
export function fragmentedM4a(): TestFile {
  const [rate, samples, perSample] = [44_100, 86, 1_024];
  const entry = box('mp4a', words(0, 1, 0, 0), [0, 1, 0, 16, 0, 0, 0, 0], words(rate * 65_536));
  const table = box(
    'stbl',
    box('stsd', words(0, 1), entry),
    box('stts', words(0, 0)),
    box('stsz', words(0, 0, 0)),
  );
  const handler = box('hdlr', words(0, 0), Buffer.from('soun'), words(0, 0, 0), [0]);
  const media = box('mdia', box('mdhd', words(0, 0, 0, rate, 0, 0)), handler, box('minf', table));
  const header = box('tkhd', words(7, 0, 0, 1, 0, 0, ...Array<number>(15).fill(0)));
  const defaults = box('mvex', box('trex', words(0, 1, 1, perSample, 20, 0)));
  const movie = box('mvhd', words(0, 0, 0, 1_000, 0, ...Array<number>(20).fill(0)));
  const fragment = (count: number): Buffer[] => [
    box(
      'moof',
      box('mfhd', words(0, 1)),
      box('traf', box('tfhd', words(0x020000, 1)), box('trun', words(0, count))),
    ),
    box('mdat', Buffer.alloc(count * 20)),
  ];
  const parts = [
    box('ftyp', Buffer.from('M4A '), words(0), Buffer.from('M4A isom')),
    box('moov', movie, box('trak', header, media), defaults),
    ...fragment(samples / 2),
    ...fragment(samples / 2),
  ];
  return file(Buffer.concat(parts), 'voice.m4a', 'audio/mp4');
}

/** From the folder of recordings beside this: one second, quiet in its first half. */
export async function recording(name: string, type: string): Promise<TestFile> {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures');
  return file(await readFile(join(folder, name)), name, type);
}

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
const CONTENT_TYPES = `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="${WORD}.document.main+xml"/></Types>`;

export interface ZipEntry {
  name: string;
  content: Buffer;
  /** What the entry says about its unpacked size, where that is a lie. */
  claimedSize?: number;
}

export const wordEntries = (): ZipEntry[] => [
  { name: '[Content_Types].xml', content: Buffer.from(CONTENT_TYPES) },
  { name: 'word/document.xml', content: Buffer.from('<w:document>Hello</w:document>') },
];

export const docx = (entries: ZipEntry[] = wordEntries()): TestFile =>
  file(zip(entries), 'letter.docx', `${WORD}.document`);

const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function xlsx(): TestFile {
  const types = `<Types><Override PartName="/xl/workbook.xml" ContentType="${SHEET}.main+xml"/></Types>`;
  const entries = [
    { name: '[Content_Types].xml', content: Buffer.from(types) },
    { name: 'xl/workbook.xml', content: Buffer.from('<workbook/>') },
  ];
  return file(zip(entries), 'table.xlsx', SHEET);
}

/** A zip file, written by hand so that it can also lie. */
export function zip(entries: ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claimedSize = content.length } of entries) {
    const packed = deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crcOf(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claimedSize, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), fields, Buffer.from(name)]);
    const at = Buffer.alloc(14);
    at.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), fields, at, Buffer.from(name)]),
    );
    parts.push(local, packed);
    offset += local.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/** A compound file with these streams in its root, in one directory sector. */
export function compound(streams: string[]): Buffer {
  const header = Buffer.alloc(512, 0xff);
  header.fill(0, 0, 76);
  header.write('d0cf11e0a1b11ae1', 0, 'hex');
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(1, 48);
  header.writeUInt32LE(0xfffffffe, 68);
  header.writeUInt32LE(0, 76);
  const table = Buffer.alloc(512, 0xff);
  table.writeUInt32LE(0xfffffffd, 0);
  table.writeUInt32LE(0xfffffffe, 4);
  const entries = Buffer.alloc(512);
  ['Root Entry', ...streams].forEach((name, index) => {
    entries.write(name, index * 128, 'utf16le');
    entries.writeUInt16LE((name.length + 1) * 2, index * 128 + 64);
    entries[index * 128 + 66] = index === 0 ? 5 : 2;
  });
  return Buffer.concat([header, table, entries]);
}

const crcOf = (bytes: Buffer): number => zlibCrc32(bytes);
