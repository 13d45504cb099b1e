import { documentTypeOf, saysActive } from './content-types.js';

const MACROS = 'application/vnd.ms-office.vbaProject';
const MAIN = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';

const names = ['word/document.xml', 'word/code.bin'];

describe('what the parts of a document say they are', () => {
  it.each([
    `<Override PartName="/word/code.bin" ContentType="${MACROS}"/>`,
    `<Override ContentType='${MACROS}' PartName='/word/code.bin'/>`,
    `<ct:Override\n  PartName = "/word/code.bin"\n  ContentType = "${MACROS}" />`,
    `<Default Extension="BIN" ContentType="${MACROS}"/>`,
    `<Override note=">" PartName="/word/code.bin" ContentType="${MACROS}"/>`,
    `<Override x:ContentType="text/xml" ContentType="${MACROS}" y:ContentType="text/xml" PartName="/word/code.bin"/>`,
    `<Override note='ContentType="text/xml"' PartName="/word/code.bin" ContentType="${MACROS}"/>`,
  ])('finds what runs in %s', (types) => expect(saysActive(types, names)).toBe(true));

  it.each([
    `<Override PartName="/word/other.bin" ContentType="${MACROS}"/>`,
    `<Default Extension="vml" ContentType="${MACROS}"/>`,
    `<Override PartName="/word/code.bin" ContentType="text/xml"/>`,
  ])('finds nothing that runs in %s', (types) => expect(saysActive(types, names)).toBe(false));

  it('finds the main part, whatever it is called', () => {
    const types = `<Types><Override PartName="/word/document2.xml" ContentType="${MAIN}"/></Types>`;
    expect(documentTypeOf(types, new Set(['word/document2.xml']))).toBe('docx');
    expect(documentTypeOf(types, new Set(['word/document3.xml']))).toBeUndefined();
  });
});
