import { open } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import type { FileTypeName } from './file-type.js';
import { isPlainText } from './text.js';

const HEAD_BYTES = 4_100;
const ZIP = Buffer.from('PK\u0003\u0004', 'latin1');
const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const ID3_HEADER_BYTES = 10;

/** Formats by what file-type calls them; containers that may hold video are looked into later. */
const BY_MIME = new Map<string, FileTypeName>([
  ['image/jpeg', 'jpeg'],
  ['image/png', 'png'],
  ['image/apng', 'png'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
  ['application/pdf', 'pdf'],
  ['audio/mpeg', 'mp3'],
  ['audio/wav', 'wav'],
  ['audio/ogg', 'ogg'],
  ['video/ogg', 'ogg'],
  ['application/ogg', 'ogg'],
  ['video/webm', 'webm'],
  ['audio/webm', 'webm'],
  ['audio/x-m4a', 'm4a'],
  ['audio/mp4', 'm4a'],
  ['video/mp4', 'm4a'],
]);

const TEXT_EXTENSIONS: readonly (string | undefined)[] = [undefined, 'txt', 'text'];

/** Containers that may be an Office document; what they hold tells. */
export type Container = 'zip' | 'compound';

/**
 * What a file is by its beginning; undefined for everything that is not in the list of types. The name decides only
 * whether text that begins like another format ("BMW 320d" like a bitmap) is text.
 */
export async function detectType(
  path: string,
  extension: string | undefined,
): Promise<FileTypeName | Container | undefined> {
  const head = await read(path, 0);
  // Containers are opened by us, within bounds, and never by a general sniffer.
  if (head.subarray(0, 4).equals(ZIP)) return 'zip';
  if (head.subarray(0, 8).equals(COMPOUND)) return 'compound';
  const found = await fileTypeFromBuffer(await withoutTag(path, head)).catch(() => undefined);
  if ((!found || TEXT_EXTENSIONS.includes(extension)) && (await isPlainText(path))) return 'txt';
  return found && BY_MIME.get(found.mime.split(';')[0] as string);
}

/** An ID3 tag before the sound may be larger than what is looked at. */
async function withoutTag(path: string, head: Buffer): Promise<Buffer> {
  if (head.toString('latin1', 0, 3) !== 'ID3' || head.length < ID3_HEADER_BYTES) return head;
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((head[at] as number) & 0x7f), 0);
  return read(path, ID3_HEADER_BYTES + size);
}

async function read(path: string, position: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
