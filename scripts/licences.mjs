/** Fails where a package that the server runs with, on whichever platform, has a licence that does not fit. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/build.mjs';
import { faultsOf } from './lib/licences.mjs';

const read = (...path) => readFileSync(join(root, ...path), 'utf8');

/** The lockfile tells most; packages of an older form tell themselves. */
function licenceOf(path, entry) {
  if (entry.license !== undefined) return entry.license;
  if (!existsSync(join(root, path, 'package.json'))) return undefined;
  const { license, licenses } = JSON.parse(read(path, 'package.json'));
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(' OR ');
}

const { packages } = JSON.parse(read('package-lock.json'));
const used = Object.entries(packages)
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(([path, entry]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    licence: licenceOf(path, entry),
  }));
const faults = faultsOf(used, read('NOTICE'));
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length === 0) process.stdout.write(`${used.length} packages: all licences fit.\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
