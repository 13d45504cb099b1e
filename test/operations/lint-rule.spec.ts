import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';

const ROOT = join(fileURLToPath(import.meta.url), '..', '..', '..');
const RULES = ['house/layers', 'import-x/no-cycle'];

/** The build fails on an import that goes up, round, or past an index. */
describe('the layer rule', () => {
  // Without the types of the whole program, which other rules need and these do not.
  const eslint = new ESLint({
    cwd: ROOT,
    ruleFilter: ({ ruleId }) => RULES.includes(ruleId),
    overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  });

  // Loads the plugins and the parser, which takes most of the time.
  beforeAll(() => faultsOf('libs/rooms/src/x.ts', ''), 60_000);

  async function faultsOf(file: string, text: string): Promise<string[]> {
    const [result] = await eslint.lintText(text, { filePath: join(ROOT, file) });
    return (result?.messages ?? []).map((message) => message.message);
  }

  const wrong: [string, string, string, RegExp][] = [
    [
      'a feature below',
      'libs/rooms/src/x.ts',
      `import { a } from '#libs/messages';`,
      /^rooms may not import messages/,
    ],
    [
      'a feature beside',
      'libs/presence/src/x.ts',
      `import { a } from '#libs/attachments';`,
      /^presence may not import/,
    ],
    [
      'the ground floor',
      'libs/platform/http/src/x.ts',
      `import type { A } from '#libs/directory';`,
      /^platform\/http may/,
    ],
    [
      'the directory',
      'libs/directory/src/x.ts',
      `export * from '#libs/rooms';`,
      /^directory may not import rooms/,
    ],
    [
      'a library',
      'libs/messages/src/x.ts',
      `import { a } from '#libs/dialects/support';`,
      /^messages may not import/,
    ],
    [
      'a dialect',
      'libs/dialects/support/src/x.ts',
      `import { a } from '#libs/dialects/booking';`,
      /^dialects\/support may/,
    ],
    [
      'a library',
      'libs/rooms/src/x.ts',
      `import { a } from '../../../apps/api/src/schema.js';`,
      /may not import apps\/api/,
    ],
    [
      'an import at run time',
      'libs/rooms/src/x.ts',
      `await import('#libs/presence');`,
      /^rooms may not import presence/,
    ],
    [
      'a type in its place',
      'libs/rooms/src/x.ts',
      `type A = import('#libs/messages').A;`,
      /^rooms may not import messages/,
    ],
    [
      'an entity by path',
      'libs/rooms/src/x.ts',
      `import { a } from '../../messages/src/index.js';`,
      /^rooms may not/,
    ],
  ];
  it.each(wrong)('refuses what goes up: %s (%s)', async (_what, file, text, message) => {
    expect(await faultsOf(file, text)).toEqual([expect.stringMatching(message)]);
  });

  const past: [string, string][] = [
    ['libs/messages/src/x.ts', `import { a } from '#libs/rooms/src/room-policy.js';`],
    ['libs/messages/src/x.ts', `import { a } from '../../rooms/src/room-policy.js';`],
    ['libs/messages/src/dto/x.ts', `export { a } from '../../../rooms/src/index.js';`],
    ['libs/platform/http/src/x.ts', `import { a } from '../../auth/src/actor.js';`],
    ['apps/api/src/x.ts', `import { a } from '../../../libs/rooms/src/index.js';`],
  ];
  it.each(past)('refuses what goes past an index: %s: %s', async (file, text) => {
    expect(await faultsOf(file, text)).toEqual([
      expect.stringMatching(/^Import another library by its index: #libs\//),
    ]);
  });

  it('refuses a library that imports itself by its index, and one without a floor', async () => {
    expect(await faultsOf('libs/rooms/src/x.ts', `import { a } from '#libs/rooms';`)).toEqual([
      expect.stringMatching(/^Within a library/),
    ]);
    expect(await faultsOf('libs/novelty/src/x.ts', `import { a } from 'rxjs';`)).toEqual([
      expect.stringMatching(/^novelty has no floor/),
    ]);
  });

  it('refuses circles: within a library by file, and of the ground floor by index', async () => {
    // Both files import the one that is linted here, with its real contents.
    const within = await faultsOf(
      'libs/platform/database/src/availability.ts',
      `import { Database } from './database.js';\nexport class Availability { d = Database; }`,
    );
    const across = await faultsOf(
      'libs/platform/errors/src/common-errors.ts',
      `import { Database } from '#libs/platform/database';\nexport const commonErrors = { Database };`,
    );
    expect(within).toEqual([expect.stringMatching(/^Dependency cycle/)]);
    expect(across).toEqual([expect.stringMatching(/^Dependency cycle/)]);
  });

  const right: [string, string][] = [
    ['libs/messages/src/x.ts', `import { a } from '#libs/rooms';\nimport { b } from '#libs/platform/auth';`],
    ['libs/messages/src/dto/x.ts', `import { a } from '../messages.errors.js';`],
    ['libs/attachments/src/x.ts', `import { a } from '#libs/messages';`],
    [
      'libs/dialects/booking/src/x.ts',
      `import { a } from '#libs/attachments';\nimport { b } from '#libs/presence';`,
    ],
    ['libs/platform/http/src/x.ts', `import { a } from '#libs/platform/auth';`],
    ['apps/api/src/x.ts', `import { a } from '#libs/dialects/support';\nimport { b } from './schema.js';`],
    ['test/support/x.ts', `import { a } from '../../apps/api/src/schema.js';`],
  ];
  it.each(right)('accepts what goes down: %s', async (file, text) => {
    expect(await faultsOf(file, text)).toEqual([]);
  });
});
