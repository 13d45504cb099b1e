import CFB from 'cfb';
import { docx, wordEntries, zip, type TestFile, type ZipEntry } from './files.js';

/** A compound file with these streams, by their paths. */
export function compoundOf(streams: Record<string, Buffer>): Buffer {
  const container = CFB.utils.cfb_new();
  for (const [path, content] of Object.entries(streams))
    CFB.utils.cfb_add(container, `/${path}`, content, { unsafe: true });
  return CFB.write(container, { type: 'buffer' }) as Buffer;
}

export const doc = (streams: Record<string, Buffer> = {}): TestFile => ({
  bytes: compoundOf({ WordDocument: wordStream(), '1Table': Buffer.alloc(4_096), ...streams }),
  name: 'letter.doc',
  type: 'application/msword',
});

export const xls = (workbook = workbookOf(), streams: Record<string, Buffer> = {}): TestFile => ({
  bytes: compoundOf({ Workbook: workbook, ...streams }),
  name: 'table.xls',
  type: 'application/vnd.ms-excel',
});

/** The beginning of Word's main stream: its version, and whether it is a template. */
export function wordStream(version = 0x00c1, template = false): Buffer {
  const fib = Buffer.alloc(4_096);
  fib.writeUInt16LE(0xa5ec, 0);
  fib.writeUInt16LE(version, 2);
  fib[10] = template ? 1 : 0;
  return fib;
}

const record = (id: number, ...bytes: number[]): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(bytes.length, 2);
  return Buffer.concat([head, Buffer.from(bytes)]);
};
const END = record(0x000a);
const bof = (kind: number): Buffer => record(0x0809, 0, 6, kind & 0xff, kind >> 8);

interface SheetOptions {
  begins?: number;
  listed?: number;
  extra?: Buffer;
}

/** Excel's main stream with sheets of these kinds, as BOF and as the list of sheets tell them. */
export function workbookOf({
  begins = 0x0010,
  listed = 0,
  extra = Buffer.alloc(0),
}: SheetOptions = {}): Buffer {
  const start = 8 + extra.length + 16;
  const sheet = record(0x0085, start, 0, 0, 0, 0, listed, 2, 0, 'S1'.charCodeAt(0), 0x31, 0, 0);
  return Buffer.concat([bof(0x0005), extra, sheet, END, bof(begins), END, Buffer.alloc(4_096)]);
}

export const ENCRYPTED = record(0x002f, 1, 0);

/** A program of Windows, as far as anyone looks. */
export function program(): Buffer {
  const bytes = Buffer.alloc(1_024);
  bytes.write('MZ', 0, 'latin1');
  bytes.writeUInt32LE(128, 60);
  bytes.write('PE\0\0', 128, 'latin1');
  return bytes;
}

/** A file of any kind in a document, which a double click opens. */
export function embeddedFile(name: string, content: Buffer): Buffer {
  const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'latin1');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  const inner = Buffer.concat([
    Buffer.from([2, 0]),
    text(name),
    text(`C:\\Temp\\${name}`),
    Buffer.from([0, 0, 3, 0]),
    size,
    content,
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(inner.length);
  return Buffer.concat([length, inner]);
}

export const docxWith = (name: string, content: Buffer): TestFile =>
  docx([...wordEntries(), { name, content }]);

/** A document with its main part elsewhere, and with whatever content type is wanted. */
export function docxOf(type: string, part = 'word/document.xml', ...more: ZipEntry[]): TestFile {
  const types = `<?xml version="1.0"?><Types><Override PartName="/${part}" ContentType="${type}"/></Types>`;
  return docx([
    { name: '[Content_Types].xml', content: Buffer.from(types) },
    { name: part, content: Buffer.from('<w:document/>') },
    ...more,
  ]);
}

/** Two entries that share their bytes. */
export function overlappingDocx(): TestFile {
  const file = docxWith('word/media/a.bin', Buffer.alloc(1_000_000));
  const entry = file.bytes.lastIndexOf('PK\u0001\u0002', undefined, 'latin1');
  const end = file.bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  const copy = Buffer.from(file.bytes.subarray(entry, end));
  // Another name of the same length.
  copy.write('b', copy.indexOf('a.bin'), 'latin1');
  const tail = Buffer.from(file.bytes.subarray(end));
  for (const at of [8, 10]) tail.writeUInt16LE(tail.readUInt16LE(at) + 1, at);
  tail.writeUInt32LE(tail.readUInt32LE(12) + copy.length, 12);
  return { ...file, bytes: Buffer.concat([file.bytes.subarray(0, end), copy, tail]) };
}

/** A document that holds a zip that holds a zip … */
export function nestedDocx(depth: number, innermost: Buffer): TestFile {
  let content: Buffer = innermost;
  for (let level = 0; level < depth; level += 1) content = zip([{ name: `${level}.zip`, content }]);
  return docxWith('word/embeddings/a.zip', content);
}
