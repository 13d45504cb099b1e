import { open, type FileHandle } from 'node:fs/promises';

/** Compound File Binary ([MS-CFB]): the container of doc, xls, msi, msg and others. */
const HEADER_BYTES = 512;
const FREE_FROM = 0xfffffffa;
const ENTRY_BYTES = 128;
const DIFAT_IN_HEADER = 109;
const MAX_DIRECTORY_SECTORS = 512;

const STREAMS = new Map<string, 'doc' | 'xls'>([
  ['WordDocument', 'doc'],
  ['Workbook', 'xls'],
  ['Book', 'xls'],
]);

class DamagedError extends Error {}

const isOutside = (error: unknown): boolean =>
  /^ERR_(OUT_OF_RANGE|BUFFER_OUT_OF_BOUNDS)$/.test(String((error as NodeJS.ErrnoException).code));

/** Which Office document a compound file is, by the streams in its root; undefined for any other or a damaged one. */
export async function compoundTypeOf(path: string): Promise<'doc' | 'xls' | undefined> {
  const file = await open(path, 'r');
  try {
    const found = new Set<'doc' | 'xls'>();
    for (const name of await streamNames(file)) {
      const type = STREAMS.get(name);
      if (type) found.add(type);
    }
    return found.size === 1 ? [...found][0] : undefined;
  } catch (error) {
    if (error instanceof DamagedError || isOutside(error)) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

/** @throws DamagedError, or Node's error for an offset outside a sector */
async function streamNames(file: FileHandle): Promise<string[]> {
  const header = await read(file, 0, HEADER_BYTES);
  const shift = header.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw new DamagedError('sector size');
  const sectorBytes = 1 << shift;
  const sector = (number: number): Promise<Buffer> => read(file, (number + 1) * sectorBytes, sectorBytes);
  const names: string[] = [];
  let next = header.readUInt32LE(48);
  for (let count = 0; next < FREE_FROM; count += 1) {
    if (count >= MAX_DIRECTORY_SECTORS) throw new DamagedError('directory');
    const entries = await sector(next);
    for (let at = 0; at < sectorBytes; at += ENTRY_BYTES)
      names.push(nameOf(entries.subarray(at, at + ENTRY_BYTES)));
    next = await following(header, sector, next, sectorBytes);
  }
  return names;
}

/** Name of a stream entry (type 2); empty for storages and unused entries. */
function nameOf(entry: Buffer): string {
  const length = entry.readUInt16LE(64);
  if (entry[66] !== 2 || length < 2 || length > 64) return '';
  return entry.toString('utf16le', 0, length - 2);
}

/** Next sector of a chain. Allocation sectors beyond the header's 109 describe files above 7 MB (or 470 MB). */
async function following(
  header: Buffer,
  sector: (number: number) => Promise<Buffer>,
  current: number,
  sectorBytes: number,
): Promise<number> {
  const perSector = sectorBytes / 4;
  let index = Math.floor(current / perSector);
  if (index < DIFAT_IN_HEADER) {
    const table = await sector(header.readUInt32LE(76 + index * 4));
    return table.readUInt32LE((current % perSector) * 4);
  }
  index -= DIFAT_IN_HEADER;
  let list = header.readUInt32LE(68);
  for (; index >= perSector - 1; index -= perSector - 1)
    list = (await sector(list)).readUInt32LE(sectorBytes - 4);
  const table = await sector((await sector(list)).readUInt32LE(index * 4));
  return table.readUInt32LE((current % perSector) * 4);
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  // The last sector of a version 3 file may be short.
  if (bytesRead === 0) throw new DamagedError('outside the file');
  return buffer;
}
