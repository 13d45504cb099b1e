/** Records of a workbook ([MS-XLS] 2.3). */
const BOF = 0x0809;
const BOUND_SHEET = 0x0085;
const FILE_PASS = 0x002f;
/** Kinds of a sheet in BOF: a module of Excel 5's Basic, and a sheet of Excel 4.0 macros. */
const MODULE = 0x0006;
const MACRO_SHEET = 0x0040;
/** The same in BOUND_SHEET. */
const ACTIVE_SHEETS = [1, 6];

/**
 * Whether a workbook stream has macros of its own: sheets of Excel 4.0 macros, modules of Excel 5. Those of later ones
 * are in storages. Encrypted workbooks do not tell, and count as if they had.
 */
export function hasMacroSheets(workbook: Buffer): boolean {
  for (let at = 0; at + 4 <= workbook.length;) {
    const id = workbook.readUInt16LE(at);
    const length = workbook.readUInt16LE(at + 2);
    // What follows the last record is padding.
    if (id === 0 && length === 0) return false;
    if (id === FILE_PASS) return true;
    if (id === BOF && isActive(workbook, at)) return true;
    if (id === BOUND_SHEET && at + 10 <= workbook.length) {
      if (ACTIVE_SHEETS.includes(workbook.readUInt8(at + 9))) return true;
      // Wherever it says that the sheet begins, also inside of another record.
      if (isActive(workbook, workbook.readUInt32LE(at + 4))) return true;
    }
    at += 4 + length;
  }
  return false;
}

function isActive(workbook: Buffer, at: number): boolean {
  if (at + 8 > workbook.length || workbook.readUInt16LE(at) !== BOF) return false;
  const kind = workbook.readUInt16LE(at + 6);
  return kind === MACRO_SHEET || kind === MODULE;
}
