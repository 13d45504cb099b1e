import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { environmentSchema } from '#libs/platform/config';

interface Row {
  name: string;
  standard: string;
  meaning: string;
}

/** How a default is written in the table. */
function written(value: unknown): string {
  if (value === undefined) return 'unset';
  return value === '' ? 'empty' : `\`${String(value)}\``;
}

describe('README.md and docs/settings.md', () => {
  let text: string;
  let rows: Row[];

  beforeAll(async () => {
    text = await readFile('README.md', 'utf8');
    const settings = await readFile('docs/settings.md', 'utf8');
    rows = [...settings.matchAll(/^\| `([A-Z0-9_]+)` *\| (.*?) *\| (.*?) *\|$/gm)].map(
      ([, name = '', standard = '', meaning = '']) => ({ name, standard, meaning }),
    );
  });

  it('have a row for every environment variable, and for no other', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });

  it('tell the default of each', () => {
    const defaults = environmentSchema.parse({}) as Record<string, unknown>;
    const told = Object.fromEntries(rows.map(({ name, standard }) => [name, standard]));
    const real = Object.fromEntries(rows.map(({ name }) => [name, written(defaults[name])]));
    expect(told).toEqual(real);
  });

  it('name only scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm run (?:-s )?([a-z0-9:]+)/g)].map(([, name]) => name as string);
    expect(named).toEqual(expect.arrayContaining(['token', 'demo', 'migration:run', 'openapi:lint']));
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('link only to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path as string);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) expect({ link, exists: existsSync(link) }).toEqual({ link, exists: true });
  });
});
