import CFB, { type CFB$Entry } from 'cfb';
import { embedsProgram } from './executables.js';
import { hasMacroSheets } from './excel-macros.js';
import { refuse } from './refused.js';

/** Compound File Binary ([MS-CFB]): the container of doc, xls, msi, msg and others, and of objects in documents. */
export const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** Storages and streams of Basic, wherever they are ([MS-OVBA] 2.2.1). */
const MACROS = /^(_VBA_PROJECT(_CUR)?|VBA|Macros)$/i;
const EMBEDDED_FILE = '\u0001ole10native';
const STREAMS = new Map<string, 'doc' | 'xls'>([
  ['worddocument', 'doc'],
  ['workbook', 'xls'],
  ['book', 'xls'],
]);
const MINI_SECTOR_SHIFT = { at: 32, value: 6 };
const MINI_STREAM_CUTOFF = { at: 56, value: 4_096 };
/** Up to Word 95, whose macros only templates have. */
const OLD_FIB = 0x00c0;

export interface CompoundFile {
  /** What its outermost stream says; undefined where that is nothing, or two things at once. */
  readonly type: 'doc' | 'xls' | undefined;
  /** Office files of today that it embeds: zips. */
  readonly packages: readonly Buffer[];
}

/**
 * Opens a compound file and looks at all that it holds. Not made to be safe from damaged files, on which it may work
 * for ever: called in a process that is ended then.
 * @throws RefusedContainer, or whatever the reader stumbles over
 */
export function readCompound(bytes: Buffer): CompoundFile {
  // Some writers leave them 0. There is one value that they may have, and the reader insists.
  if (bytes.readUInt16LE(MINI_SECTOR_SHIFT.at) === 0)
    bytes.writeUInt16LE(MINI_SECTOR_SHIFT.value, MINI_SECTOR_SHIFT.at);
  if (bytes.readUInt32LE(MINI_STREAM_CUTOFF.at) === 0)
    bytes.writeUInt32LE(MINI_STREAM_CUTOFF.value, MINI_STREAM_CUTOFF.at);
  const { FileIndex: entries, FullPaths: paths } = CFB.parse(bytes);
  const packages: Buffer[] = [];
  const types = new Map<number, Set<'doc' | 'xls'>>();
  for (const [index, entry] of entries.entries()) {
    if (MACROS.test(entry.name)) refuse('macros');
    const content = contentOf(entry);
    if (entry.name.toLowerCase() === EMBEDDED_FILE && embedsProgram(content)) refuse('an embedded program');
    if (/^Package$/i.test(entry.name)) packages.push(content);
    const type = STREAMS.get(entry.name.toLowerCase());
    if (!type) continue;
    if (type === 'xls' ? hasMacroSheets(content) : isOldTemplate(content)) refuse('macros');
    const depth = (paths[index] ?? '').split('/').length;
    types.set(depth, (types.get(depth) ?? new Set()).add(type));
  }
  const outermost = types.get(Math.min(...types.keys()));
  return { type: outermost?.size === 1 ? [...outermost][0] : undefined, packages };
}

const contentOf = ({ content }: CFB$Entry): Buffer => Buffer.from((content as Uint8Array | undefined) ?? []);

function isOldTemplate(wordDocument: Buffer): boolean {
  return (
    wordDocument.length >= 12 && wordDocument.readUInt16LE(2) < OLD_FIB && (wordDocument[10] ?? 0) % 2 === 1
  );
}
