import { readFile } from 'node:fs/promises';
import { fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import { COMPOUND, readCompound } from './compound.js';
import { refuse } from './refused.js';
import { documentTypeOf, saysActive } from './content-types.js';
import { contentTypesOf, entriesOf, unpack, UnpackBudget, ZIP } from './zip.js';

export type OfficeType = 'doc' | 'docx' | 'xls' | 'xlsx';

/** A document in a document in a document is enough. */
const MAX_DEPTH = 3;
const OPTIONS = {
  autoClose: false,
  lazyEntries: true,
  validateEntrySizes: true,
  strictFileNames: true,
} as const;

/**
 * Which Office document a zip or compound file is. Undefined for any other, for bombs, and for whatever would run
 * something: macros of all ages, also in what is embedded, and embedded programs. What zips claim about sizes is
 * checked by unpacking them, within bounds, into nothing.
 */
export async function officeTypeOf(
  path: string,
  container: 'zip' | 'compound',
): Promise<OfficeType | undefined> {
  try {
    const inspection = new Inspection();
    if (container === 'compound') return await inspection.compound(await readFile(path), 1);
    const zip = await openPromise(path, OPTIONS);
    return await inspection.zip(zip, 1);
  } catch {
    // Refused, damaged, encrypted, sizes that lie, names that lead outside: no document that anyone should open.
    return undefined;
  }
}

class Inspection {
  private readonly budget = new UnpackBudget();

  async zip(zip: ZipFile, depth: number): Promise<OfficeType | undefined> {
    try {
      const entries = await entriesOf(zip, this.budget);
      const types = await contentTypesOf(zip, entries);
      if (saysActive(types, entries.keys())) refuse('active parts');
      const type = documentTypeOf(types, new Set(entries.keys()));
      if (!type && depth === 1) refuse('no document');
      for (const entry of entries.values()) {
        const inner = await unpack(zip, entry, (head) => containerOf(head) !== undefined);
        if (inner) await this.inner(inner, depth + 1);
      }
      return type;
    } finally {
      zip.close();
    }
  }

  async compound(bytes: Buffer, depth: number): Promise<OfficeType | undefined> {
    const { type, packages } = readCompound(bytes);
    for (const inner of packages) await this.inner(inner, depth + 1);
    return type;
  }

  /** What is inside may be anything that does not run. */
  private async inner(bytes: Buffer, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) refuse('nested too deep');
    const container = containerOf(bytes);
    if (container === 'compound') await this.compound(bytes, depth);
    if (container === 'zip') await this.zip(await fromBufferPromise(bytes, OPTIONS), depth);
  }
}

function containerOf(bytes: Buffer): 'zip' | 'compound' | undefined {
  if (bytes.subarray(0, ZIP.length).equals(ZIP)) return 'zip';
  return bytes.subarray(0, COMPOUND.length).equals(COMPOUND) ? 'compound' : undefined;
}
