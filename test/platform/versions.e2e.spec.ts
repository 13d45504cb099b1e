import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lockfile {
  packages: Record<string, { version?: string; dev?: boolean }>;
}

/** The first release without a known hole. `npm audit` needs a registry that answers; this does not. */
const FLOORS: Record<string, string> = {
  'socket.io-parser': '4.2.7',
  'engine.io': '6.6.10',
  multer: '2.1.1',
  sharp: '0.35.4',
  jws: '4.0.1',
  validator: '13.15.20',
};

const numbers = (version: string): number[] => version.split(/[.-]/).slice(0, 3).map(Number);

function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [numbers(version), numbers(floor)];
  for (const [index, number] of want.entries())
    if (have[index] !== number) return (have[index] ?? 0) > number;
  return true;
}

describe('the lockfile', () => {
  const { packages } = JSON.parse(readFileSync(join(process.cwd(), 'package-lock.json'), 'utf8')) as Lockfile;
  const copiesOf = (name: string) =>
    Object.entries(packages)
      .filter(([path]) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`))
      .map(([path, { version }]) => ({ path, version: version as string }));

  it('compares versions as numbers', () => {
    expect(isAtLeast('6.6.10', '6.6.9')).toBe(true);
    expect(isAtLeast('6.6.9', '6.6.10')).toBe(false);
    expect(isAtLeast('7.0.0', '6.6.10')).toBe(true);
    expect(isAtLeast('4.2.7', '4.2.7')).toBe(true);
    expect(isAtLeast('4.0.99', '4.2.7')).toBe(false);
  });

  it.each(Object.entries(FLOORS))('has %s %s or newer, wherever it is', (name, floor) => {
    for (const { path, version } of copiesOf(name))
      expect({ path, version, fine: isAtLeast(version, floor) }).toEqual({ path, version, fine: true });
  });

  it('holds the parser and the transport of the sockets at all', () => {
    for (const name of ['socket.io-parser', 'engine.io', 'jws']) expect(copiesOf(name)).not.toEqual([]);
  });

  it('has one copy of what must be one: a second would not be the one that is watched', () => {
    for (const name of ['socket.io', 'engine.io', 'typeorm', 'pg', 'reflect-metadata', '@nestjs/core'])
      expect({ name, copies: copiesOf(name).length }).toEqual({ name, copies: 1 });
  });
});
