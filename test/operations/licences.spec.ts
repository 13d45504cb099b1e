import { spawnSync } from 'node:child_process';

interface Rules {
  faultsOf(packages: { name: string; licence?: string }[], notice: string): string[];
}

/** A script: it has no types of its own. */
const rules = (): Promise<Rules> => import('../../scripts/lib/licences.mjs' as string) as Promise<Rules>;
const NOTICE = 'lesser: LGPL\n@family/part-*: LGPL';

describe('licences', () => {
  it.each([
    ['a permissive one', 'a', 'MIT'],
    ['a choice', 'a', '(GPL-3.0-only OR MIT)'],
    ['a lesser one that NOTICE names', 'lesser', 'LGPL-3.0-or-later'],
    ['one of a family that NOTICE names', '@family/part-linux', 'Apache-2.0 AND LGPL-3.0-or-later'],
  ])('take %s', async (_what, name, licence) => {
    expect((await rules()).faultsOf([{ name, licence }], NOTICE)).toEqual([]);
  });

  it.each([
    ['GPL', 'a', 'GPL-3.0-only'],
    ['AGPL', 'a', 'AGPL-3.0-or-later'],
    ['GPL beside another', 'a', 'MIT AND GPL-2.0-only'],
    ['what nobody knows', 'a', 'SEE LICENSE IN file'],
    ['none', 'a', undefined],
    ['a lesser one that NOTICE does not name', 'less', 'LGPL-3.0-or-later'],
    ['a package that holds more than it says', 'mpg123-decoder', 'MIT'],
  ])('refuse %s', async (_what, name, licence) => {
    expect((await rules()).faultsOf([{ name, licence }], NOTICE)).toHaveLength(1);
  });

  it('of all that the server runs with fit', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/licences.mjs'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
