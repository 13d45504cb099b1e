import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { patternsIn, patternsOf, type SourcePattern } from './source-patterns.js';

const HERE = join(fileURLToPath(import.meta.url), '..');
const ROOT = join(HERE, '..', '..');

/**
 * Patterns whose time grows faster than the text, which is therefore short: what bounds it, and why the pattern stays.
 * A new one belongs here only where it cannot be written so that it takes linear time.
 */
const BOUNDED = [
  {
    file: 'libs/attachments/src/types/text.ts',
    startsWith: '<(html|script|svg|',
    bound: 'the first 1,445 characters of a file, cut before the pattern sees them',
    why: 'a browser takes `<a < onload=…>` for an element: `<` cannot end the search for its attributes',
  },
];

const isBounded = ({ file, source }: SourcePattern): boolean =>
  BOUNDED.some((entry) => entry.file === file && source.startsWith(entry.startsWith));

/** For each pattern why it must not be used; null where its time grows as the text does. */
async function faultsOf(patterns: SourcePattern[]): Promise<(string | null)[]> {
  const judge = spawn(process.execPath, [join(HERE, 'judge-patterns.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  judge.stdin.end(JSON.stringify(patterns));
  return (await json(judge.stdout)) as (string | null)[];
}

describe('regular expressions', () => {
  it('take time that grows with the text and no faster, or see short texts only', async () => {
    const patterns = patternsIn(ROOT).filter((one) => !isBounded(one));
    expect(patterns.length).toBeGreaterThan(60);
    const faults = (await faultsOf(patterns)).flatMap((fault, at) =>
      fault === null ? [] : [`${patterns[at]?.file}: ${patterns[at]?.source}: ${fault}`],
    );
    expect(faults).toEqual([]);
  }, 300_000);

  it('stand in the list of bounded ones only where they need to', async () => {
    const listed = patternsIn(ROOT).filter(isBounded);
    expect(listed).toHaveLength(BOUNDED.length);
    for (const fault of await faultsOf(listed)) expect(fault).toMatch(/polynomial/);
  }, 120_000);

  it('are found wherever they stand, and judged', async () => {
    const text = `
      const LETTERS = 'a-z';
      export const read = (text: string) => [
        /^[^\\s\\p{C}]+(?:[^\\s]*)$/u.test(text),
        new RegExp(\`^[\${LETTERS}]+$\`, 'i').test(text),
        RegExp('(a|a)*$').exec(text),
        text.replace(/[.]/g, ''),
        text.replace(/(?<!a)[.:-]+$/, ''),
      ];`;
    const found = patternsOf('some.ts', text);
    expect(found.map(({ source, flags }) => [source, flags])).toEqual([
      ['^[^\\s\\p{C}]+(?:[^\\s]*)$', 'u'],
      ['^[a-z]+$', 'i'],
      ['(a|a)*$', ''],
      ['[.]', 'g'],
      ['(?<!a)[.:-]+$', ''],
    ]);
    expect(await faultsOf(found)).toEqual([
      expect.stringContaining('polynomial'),
      null,
      expect.stringContaining('exponential'),
      null,
      expect.stringContaining('polynomial'),
    ]);
    expect(() => patternsOf('some.ts', 'const read = (name: string) => new RegExp(`${name}=`);')).toThrow(
      'nobody can judge',
    );
  }, 120_000);
});
