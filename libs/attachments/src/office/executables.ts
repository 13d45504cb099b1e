const DOS_HEADER_BYTES = 64;
const PE_OFFSET_AT = 60;
/** Beyond it no linker puts the header. */
const MAX_PE_OFFSET = 4_096;
const MAX_CANDIDATES = 10_000;
const ELF = Buffer.from('\u007fELF', 'latin1');

/** So much of a file's beginning tells whether it is a program. */
export const PROGRAM_HEAD_BYTES = DOS_HEADER_BYTES + MAX_PE_OFFSET;

/** A program of Windows or Linux. */
export function isProgram(bytes: Buffer, at = 0): boolean {
  if (bytes.subarray(at, at + ELF.length).equals(ELF)) return true;
  if (bytes.length < at + DOS_HEADER_BYTES || bytes.toString('latin1', at, at + 2) !== 'MZ') return false;
  const header = bytes.readUInt32LE(at + PE_OFFSET_AT);
  return header <= MAX_PE_OFFSET && bytes.toString('latin1', at + header, at + header + 4) === 'PE\0\0';
}

function holdsProgram(bytes: Buffer): boolean {
  let at = bytes.indexOf('MZ');
  for (let count = 0; at >= 0 && count < MAX_CANDIDATES; count += 1) {
    if (isProgram(bytes, at)) return true;
    at = bytes.indexOf('MZ', at + 1);
  }
  return false;
}

/** What opens in a program of its own and runs nothing. Everything else in a document is refused. */
const PASSIVE =
  /\.(txt|csv|log|md|pdf|rtf|docx?|xlsx?|pptx?|od[tsp]|jpe?g|png|gif|bmp|tiff?|webp|[ew]mf|mp3|wav|m4a|mp4|xml|json|eml|msg)$/i;
/** OLE 1 "Package": a file of any kind, which a double click hands to the system. */
const PACKAGE_FILE = 2;

/**
 * Whether a `\x01Ole10Native` stream ([MS-OLEDS] 2.3.6) embeds something to run: a package of a name that is not known
 * as harmless, or a program under whatever name.
 */
export function embedsProgram(native: Buffer): boolean {
  if (holdsProgram(native)) return true;
  if (native.length < 6 || native.readUInt16LE(4) !== PACKAGE_FILE) return false;
  const label = textAt(native, 6);
  const path = label && textAt(native, label.end);
  return ![label, path].every((text) => text !== undefined && PASSIVE.test(text.value.trim()));
}

function textAt(bytes: Buffer, from: number): { value: string; end: number } | undefined {
  const end = bytes.indexOf(0, from);
  return end < 0 ? undefined : { value: bytes.toString('latin1', from, end), end: end + 1 };
}
