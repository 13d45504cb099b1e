import type { Readable } from 'node:stream';
import { openPromise, type Entry, type ZipFile } from 'yauzl';

const MAX_ENTRIES = 5_000;
/** Unpacked, all entries together. */
const MAX_UNPACKED_BYTES = 100 * 1_048_576;
/** Real documents stay below 30; a bomb needs hundreds. Small files may be packed better. */
const MAX_RATIO = 100;
const RATIO_COUNTS_FROM_BYTES = 1_048_576;
const MAX_CONTENT_TYPES_BYTES = 1_048_576;
const CONTENT_TYPES = '[Content_Types].xml';
/** Macros, and what else runs: such files are called docm and xlsm. */
const ACTIVE_PARTS = /(^|\/)(vbaProject\.bin|vbaData\.xml|activeX\/)/i;

const MAIN_PARTS = [
  { name: 'docx', part: 'word/document.xml', type: 'wordprocessingml.document.main+xml' },
  { name: 'xlsx', part: 'xl/workbook.xml', type: 'spreadsheetml.sheet.main+xml' },
] as const;

/**
 * Which Office document a zip is; undefined for any other zip, for one with macros, and for bombs. What entries claim
 * about their size is checked by unpacking them, within bounds, into nothing.
 */
export async function officeTypeOf(path: string): Promise<'docx' | 'xlsx' | undefined> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, {
      autoClose: false,
      lazyEntries: true,
      validateEntrySizes: true,
      strictFileNames: true,
    });
    if (zip.entryCount > MAX_ENTRIES) return undefined;
    return await inspect(zip);
  } catch {
    // Damaged, encrypted, sizes that lie, names that lead outside: no document that anyone can open.
    return undefined;
  } finally {
    zip?.close();
  }
}

async function inspect(zip: ZipFile): Promise<'docx' | 'xlsx' | undefined> {
  const entries: Entry[] = [];
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    entries.push(entry);
    unpacked += entry.uncompressedSize;
    if (unpacked > MAX_UNPACKED_BYTES || ACTIVE_PARTS.test(entry.fileName) || entry.isEncrypted())
      return undefined;
    if (
      entry.uncompressedSize > RATIO_COUNTS_FROM_BYTES &&
      entry.uncompressedSize / entry.compressedSize > MAX_RATIO
    )
      return undefined;
  }
  const byName = new Map(entries.map((entry) => [entry.fileName, entry]));
  const index = byName.get(CONTENT_TYPES);
  const main = MAIN_PARTS.find(({ part }) => byName.has(part));
  if (!index || !main || index.uncompressedSize > MAX_CONTENT_TYPES_BYTES) return undefined;
  for (const entry of entries) if (entry !== index) await unpack(zip, entry);
  const types = (await unpack(zip, index)).toString('utf8');
  return types.includes(main.type) && !/macroEnabled/i.test(types) ? main.name : undefined;
}

/** Fails where an entry unpacks to another size than it claims. @returns the first megabyte. */
async function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const stream: Readable = await zip.openReadStreamPromise(entry);
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < MAX_CONTENT_TYPES_BYTES) kept.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(kept);
}
