/** Fails where a package that the server runs with, on whichever platform, has a licence that does not fit. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/build.mjs';
import { faultsOf } from './lib/licences.mjs';

const read = (...path) => readFileSync(join(root, ...path), 'utf8');

/** Very old packages that say it in their readme alone; of this version only, since another may say something else. */
const SAID_IN_README = new Map([['pause@0.0.1', 'MIT']]);

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The lockfile tells most; packages of an older form tell themselves. */
function licenceOf(path, entry) {
  if (entry.license !== undefined) return entry.license;
  if (!existsSync(join(root, path, 'package.json'))) return undefined;
  const { license, licenses } = JSON.parse(read(path, 'package.json'));
  return (
    license?.type ??
    license ??
    licenses?.map(({ type }) => type).join(' OR ') ??
    SAID_IN_README.get(`${nameOf(path)}@${entry.version}`)
  );
}

const { packages } = JSON.parse(read('package-lock.json'));
const used = Object.entries(packages)
  .filter(([path, { dev, link }]) => path !== '' && !dev && !link)
  .map(([path, entry]) => ({ name: nameOf(path), licence: licenceOf(path, entry) }));
const faults = faultsOf(used, read('NOTICE'));
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length === 0) process.stdout.write(`${used.length} packages: all licences fit.\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
