import type { Entry, ZipFile } from 'yauzl';
import { isProgram, PROGRAM_HEAD_BYTES } from './executables.js';
import { refuse } from './refused.js';

export const ZIP = Buffer.from('PK\u0003\u0004', 'latin1');
const CONTENT_TYPES = '[Content_Types].xml';

const MAX_ENTRIES = 5_000;
/** Unpacked, all entries together and what containers inside of them unpack to. */
const MAX_UNPACKED_BYTES = 100 * 1_048_576;
/** Real documents stay far below, but for small ones that repeat themselves: below so many bytes nothing explodes. */
const MAX_RATIO = 100;
const RATIO_COUNTS_FROM_BYTES = 32 * 1_048_576;
const MAX_CONTENT_TYPES_BYTES = 1_048_576;
/** Of a container inside of a container, which is held in memory. */
const MAX_INNER_BYTES = 32 * 1_048_576;
const LOCAL_HEADER_BYTES = 30;
/** Macros, and what else runs: such files are called docm and xlsm. */
const ACTIVE_PARTS = /(^|\/)(vbaProject\.bin|vbaData\.xml|activeX\/|(intl)?macrosheets\/)/i;

/** What may be unpacked in all, for a file and all that is inside of it. */
export class UnpackBudget {
  private left = MAX_UNPACKED_BYTES;

  spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) refuse('too much to unpack');
  }
}

/** The entries of a zip, by what its directory says. @throws RefusedContainer, and yauzl's errors */
export async function entriesOf(zip: ZipFile, budget: UnpackBudget): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES) refuse('too many entries');
  const entries = new Map<string, Entry>();
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    entries.set(entry.fileName, entry);
    unpacked += entry.uncompressedSize;
    budget.spend(entry.uncompressedSize);
    if (entry.isEncrypted()) refuse('encrypted');
    if (ACTIVE_PARTS.test(entry.fileName)) refuse('active parts');
  }
  if (unpacked > RATIO_COUNTS_FROM_BYTES && unpacked / zip.fileSize > MAX_RATIO) refuse('a bomb');
  if (entries.size !== zip.entryCount) refuse('two entries of one name');
  requireApart([...entries.values()]);
  return entries;
}

/** Bytes that belong to several entries are unpacked several times: a bomb that its size does not show. */
function requireApart(entries: readonly Entry[]): void {
  let end = 0;
  for (const entry of [...entries].sort(
    (a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader,
  )) {
    if (entry.relativeOffsetOfLocalHeader < end) refuse('overlapping entries');
    end =
      entry.relativeOffsetOfLocalHeader +
      LOCAL_HEADER_BYTES +
      entry.fileNameRaw.length +
      entry.compressedSize;
  }
}

/** The part that says what the others are; empty where there is none. @throws RefusedContainer */
export async function contentTypesOf(zip: ZipFile, entries: ReadonlyMap<string, Entry>): Promise<string> {
  const entry = entries.get(CONTENT_TYPES);
  if (!entry) return '';
  if (entry.uncompressedSize > MAX_CONTENT_TYPES_BYTES) refuse('too many content types');
  return (await unpack(zip, entry, () => true))?.toString('utf8') ?? '';
}

/**
 * Unpacks an entry into nothing; fails where it unpacks to another size than it claims.
 * @param wanted whether to keep it all, by its beginning
 * @returns what was wanted
 */
export async function unpack(
  zip: ZipFile,
  entry: Entry,
  wanted: (head: Buffer) => boolean,
): Promise<Buffer | undefined> {
  const stream = await zip.openReadStreamPromise(entry);
  const kept: Buffer[] = [];
  let size = 0;
  let keep: boolean | undefined;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (keep !== false) kept.push(chunk);
    size += chunk.length;
    if (keep === undefined && size >= PROGRAM_HEAD_BYTES) keep = keepAll(kept, entry, wanted);
    if (keep === false) kept.length = 0;
  }
  return (keep ?? keepAll(kept, entry, wanted)) ? Buffer.concat(kept) : undefined;
}

function keepAll(kept: Buffer[], entry: Entry, wanted: (head: Buffer) => boolean): boolean {
  const head = Buffer.concat(kept);
  if (isProgram(head)) refuse('an embedded program');
  if (!wanted(head)) return false;
  if (entry.uncompressedSize > MAX_INNER_BYTES) refuse('too large to look into');
  return true;
}
