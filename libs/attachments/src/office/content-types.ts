/** Macros, and what else runs, by what parts say they are, whatever they are called. */
const ACTIVE = /macroEnabled|vbaProject|vbaData|activeX|macrosheet/i;
const MAIN_PARTS = [
  { name: 'docx', part: 'word/document.xml', type: 'wordprocessingml.document.main+xml' },
  { name: 'xlsx', part: 'xl/workbook.xml', type: 'spreadsheetml.sheet.main+xml' },
] as const;

/** XML may hold `<` neither in a name nor in a value: no text is read twice. */
const ELEMENT = /<(?:\w+:)?(?:Override|Default)\b(?:[^"'<>]|"[^"<]*"|'[^'<]*')*>/g;
const ATTRIBUTE = /(?<=[\s"'])([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

interface Said {
  type: string;
  /** The part that it is said of, or all with this extension. */
  part: string | undefined;
  extension: string | undefined;
}

/** Whether a part of these names is something that runs. Types that no part has do not matter: some writers name all. */
export function saysActive(types: string, names: Iterable<string>): boolean {
  const parts = [...names].map((name) => name.toLowerCase());
  return saidIn(types).some(
    ({ type, part, extension }) =>
      ACTIVE.test(type) &&
      parts.some((name) =>
        part === undefined ? name.endsWith(`.${extension}`) : name === part.toLowerCase(),
      ),
  );
}

/** Which document it is, by its main part, which Word Online calls otherwise than Word. */
export function documentTypeOf(types: string, names: ReadonlySet<string>): 'docx' | 'xlsx' | undefined {
  const said = saidIn(types);
  return MAIN_PARTS.find(({ part, type }) => {
    if (!types.includes(type)) return false;
    const named = said.filter((entry) => entry.type.endsWith(type)).map((entry) => entry.part);
    return names.has(part) || named.some((name) => name !== undefined && names.has(name));
  })?.name;
}

function saidIn(types: string): Said[] {
  return [...types.matchAll(ELEMENT)].map(([element]) => {
    const attributes = new Map(
      [...element.matchAll(ATTRIBUTE)].map(([, name, one, other]) => [name, one ?? other ?? '']),
    );
    return {
      type: attributes.get('ContentType') ?? '',
      part: attributes.get('PartName')?.replace(/^\//, ''),
      extension: attributes.get('Extension')?.toLowerCase(),
    };
  });
}
