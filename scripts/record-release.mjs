/**
 * Before a release: notes the statements that its tests send, for the next one to be tried against
 * (`test/operations/upgrade.e2e.spec.ts`, docs/upgrades.md). Arguments: spec files; the service contract unless told.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/build.mjs';

const FIXTURE = join(root, 'test', 'operations', 'fixtures', 'release-before.json');
const folder = mkdtempSync(join(tmpdir(), 'statements-'));
const file = join(folder, 'statements');
writeFileSync(file, '');
const specs = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'scripts', 'test.mjs'), ...(specs.length > 0 ? specs : ['test/service', 'test/attachments'])],
  { cwd: root, stdio: 'inherit', env: { ...process.env, RECORD_STATEMENTS: file } },
);
const lines = new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean));
rmSync(folder, { recursive: true });
const statements = [...lines]
  .map((line) => JSON.parse(line))
  // Of pg-boss, which brings its own tables up to date; of tests themselves.
  .filter((text) => !/pgboss|\bnotes\b|pg_stat_activity/.test(text))
  .sort();
if (status === 0) writeFileSync(FIXTURE, `${JSON.stringify(statements, null, 2)}\n`);
process.exit(status ?? 1);
