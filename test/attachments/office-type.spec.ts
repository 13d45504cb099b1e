import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compound, docx, wordEntries, xlsx, zip, type TestFile } from './support/files.js';
import {
  compoundOf,
  doc,
  docxOf,
  docxWith,
  embeddedFile,
  ENCRYPTED,
  nestedDocx,
  overlappingDocx,
  program,
  wordStream,
  workbookOf,
  xls,
} from './support/office.js';
import { officeTypeOf, type OfficeType } from '../../libs/attachments/src/office/office-type.js';

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
const MACRO_WORD = 'application/vnd.ms-word.document.macroEnabled.main+xml';
const VBA = { 'Macros/VBA/dir': Buffer.alloc(100), 'Macros/PROJECT': Buffer.alloc(10) };
const text = Buffer.from('Hello');

describe('officeTypeOf', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(process.env.SWITCHBOARD_TEST_DIR ?? tmpdir(), 'office-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function typeOf({ bytes }: Pick<TestFile, 'bytes'>): Promise<OfficeType | undefined> {
    const path = join(folder, 'file');
    await writeFile(path, bytes);
    return officeTypeOf(path, bytes[0] === 0x50 ? 'zip' : 'compound');
  }

  it.each<[string, () => Pick<TestFile, 'bytes'>, OfficeType]>([
    ['a Word document', () => docx(), 'docx'],
    ['an Excel sheet', () => xlsx(), 'xlsx'],
    ['an old Word document', () => doc(), 'doc'],
    ['an old Excel sheet', () => xls(), 'xls'],
    ['an old document with a bare header', () => ({ bytes: compound(['WordDocument', '1Table']) }), 'doc'],
    ['a document whose main part is called otherwise', () => docxOf(WORD, 'word/document2.xml'), 'docx'],
    ['a document with a sheet in it', () => docxWith('word/embeddings/a.xlsx', xlsx().bytes), 'docx'],
    ['a document with an old sheet in it', () => docxWith('word/embeddings/a.bin', xls().bytes), 'docx'],
    ['an old document with an old sheet in it', () => doc({ 'ObjectPool/_1/Workbook': workbookOf() }), 'doc'],
    ['an old document with a new sheet in it', () => doc({ 'ObjectPool/_1/Package': xlsx().bytes }), 'doc'],
    [
      'an old document with a text file in it',
      () => doc({ 'ObjectPool/_1/\u0001Ole10Native': embeddedFile('notes.txt', text) }),
      'doc',
    ],
    [
      'an old template that is no older than Word 97',
      () => doc({ WordDocument: wordStream(0xc1, true) }),
      'doc',
    ],
    [
      'a sheet whose writer names types that no part has',
      () => ({ bytes: zip(zipOfSheet(`<Default Extension="bin" ContentType="${BINARY_SHEET}"/>`)) }),
      'xlsx',
    ],
    [
      '5 MB that repeat themselves',
      () => docxWith('word/footnotes.xml', Buffer.alloc(5_000_000, '<w:p>Same</w:p>')),
      'docx',
    ],
    ['20 MB of nothing', () => docxWith('word/media/a.bmp', Buffer.alloc(20_000_000)), 'docx'],
  ])('knows %s', async (_what, file, type) => {
    expect(await typeOf(file())).toBe(type);
  });

  it.each<[string, () => Pick<TestFile, 'bytes'>]>([
    ['macros in a .doc', () => doc(VBA)],
    ['macros in a .xls', () => xls(workbookOf(), { '_VBA_PROJECT_CUR/VBA/dir': text })],
    ['macros in an old sheet inside of an old document', () => doc({ 'ObjectPool/_1/VBA/dir': text })],
    ['macros of Word 95', () => doc({ WordDocument: wordStream(0x65, true) })],
    ['a sheet of Excel 4.0 macros', () => xls(workbookOf({ begins: 0x0040 }))],
    ['a hidden sheet of Excel 4.0 macros', () => xls(workbookOf({ listed: 1 }))],
    ['a module of Excel 5', () => xls(workbookOf({ begins: 0x0006 }))],
    ['an encrypted workbook, which may hide them', () => xls(workbookOf({ extra: ENCRYPTED }))],
    ['macros by their usual name', () => docxWith('word/vbaProject.bin', text)],
    ['macros by another name', () => docxWith('word/media/image1.png', compoundOf({ 'VBA/dir': text }))],
    ['a document that says it has macros', () => docxOf(MACRO_WORD)],
    [
      'one that says so beside saying that it has none',
      () => docxOf(`${MACRO_WORD}" X="${WORD}`, 'word/document.xml'),
    ],
    ['ActiveX', () => docxWith('word/activeX/activeX1.bin', text)],
    ['a macro sheet in a .xlsx', () => ({ bytes: zip([...zipOfSheet(), macroSheet]) })],
    [
      'a macro-enabled sheet inside of a document',
      () =>
        docxWith(
          'word/embeddings/a.xlsx',
          zip([...zipOfSheet(), { name: 'xl/vbaProject.bin', content: text }]),
        ),
    ],
    [
      'a macro-enabled sheet inside of an old document',
      () => doc({ 'ObjectPool/_1/Package': zip([{ name: 'xl/vbaProject.bin', content: text }]) }),
    ],
    ['a program as a part', () => docxWith('word/embeddings/a.bin', program())],
    [
      'a program in an old document',
      () => doc({ 'ObjectPool/_1/\u0001Ole10Native': embeddedFile('a.exe', text) }),
    ],
    [
      'a program that is called a text',
      () => doc({ 'ObjectPool/_1/\u0001Ole10Native': embeddedFile('a.txt', program()) }),
    ],
    [
      'a script in an object of a new document',
      () =>
        docxWith(
          'word/embeddings/oleObject1.bin',
          compoundOf({ '\u0001Ole10Native': embeddedFile('a.js', text) }),
        ),
    ],
  ])('refuses %s', async (_what, file) => {
    expect(await typeOf(file())).toBeUndefined();
  });

  it.each<[string, () => Pick<TestFile, 'bytes'>]>([
    ['60 MB of nothing', () => docxWith('word/media/a.bmp', Buffer.alloc(60_000_000))],
    ['six times 20 MB', () => docx([...wordEntries(), ...Array.from({ length: 6 }, (_, at) => padding(at))])],
    ['10 GB, by what it says', () => docx([...wordEntries(), { ...padding(0), claimedSize: 4_294_967_294 }])],
    ['entries that overlap', overlappingDocx],
    ['two entries of one name', () => docx([...wordEntries(), ...wordEntries()])],
    ['zips in zips in zips', () => nestedDocx(3, text)],
    [
      'zips whose inside is a bomb',
      () => nestedDocx(1, zip([padding(0), padding(1), padding(2), padding(3), padding(4), padding(5)])),
    ],
    [
      'more entries than any document has',
      () =>
        docx([
          ...wordEntries(),
          ...Array.from({ length: 5_000 }, (_, at) => ({ name: `a${at}`, content: text })),
        ]),
    ],
  ])('refuses a bomb: %s', async (_what, file) => {
    const bomb = file();
    const started = process.cpuUsage();
    expect(await typeOf(bomb)).toBeUndefined();
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(2_000);
  });

  it('knows nothing in what is damaged', async () => {
    const whole = doc(VBA).bytes;
    for (let at = 0; at < 512; at += 16) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      expect(await typeOf({ bytes })).toBeUndefined();
    }
    expect(await typeOf({ bytes: whole.subarray(0, 600) })).toBeUndefined();
    expect(await typeOf({ bytes: Buffer.from('PK\u0003\u0004 and no zip') })).toBeUndefined();
  });
});

const padding = (at: number) => ({ name: `word/media/${at}.bin`, content: Buffer.alloc(20_000_000, 'ab') });
const macroSheet = { name: 'xl/macrosheets/sheet1.xml', content: text };
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
const BINARY_SHEET = 'application/vnd.ms-excel.sheet.binary.macroEnabled.main';
const zipOfSheet = (more = '') => [
  {
    name: '[Content_Types].xml',
    content: Buffer.from(
      `<Types><Override PartName="/xl/workbook.xml" ContentType="${SHEET}"/>${more}</Types>`,
    ),
  },
  { name: 'xl/workbook.xml', content: Buffer.from('<workbook/>') },
];
