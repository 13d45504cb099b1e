import { World, type Person } from '../support/world.js';
import { renamed, type TestFile } from './support/files.js';
import { doc, docxOf, docxWith, workbookOf, xls } from './support/office.js';
import { mustUpload, upload } from './support/uploads.js';

/** What is judged how is in office-type.spec.ts. */
describe('office documents', () => {
  let world: World;
  let customer: Person;
  let room: string;
  beforeAll(async () => {
    world = await World.start({ CHAT_UPLOAD_LIMIT: '1000' });
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(() => world.stop());

  it.each<[string, () => TestFile]>([
    ['a .doc', () => doc({ 'Macros/VBA/dir': Buffer.from('x') })],
    ['a .xls', () => xls(workbookOf({ begins: 0x0040, listed: 1 }))],
    ['a .docm that is called .docx', () => docxOf('application/vnd.ms-word.document.macroEnabled.main+xml')],
    ['a .docm', () => renamed(docxWith('word/vbaProject.bin', Buffer.from('x')), 'letter.docm')],
  ])('are refused with macros: %s', async (_what, file) => {
    const { status, body } = await upload(world, customer, room, file());
    expect([status, body.code]).toEqual([415, 'UNSUPPORTED_FILE_TYPE']);
  });

  it('are taken with 5 MB of text that repeats itself', async () => {
    const long = docxWith('word/footnotes.xml', Buffer.alloc(5_000_000, '<w:p><w:r>Same again</w:r></w:p>'));
    expect(long.bytes.length).toBeLessThan(50_000);
    expect((await mustUpload(world, customer, room, long)).file_type).toMatch(/wordprocessingml/);
  });
});
