/** Lints the OpenAPI document that the built server gives out (redocly.yaml). Exits with the linter's status. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/build.mjs';
import { lintDocument } from './lib/fetch-document.mjs';

await lintDocument('/openapi.json', (document, folder) => {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document, null, 2));
  const redocly = join(root, 'node_modules', '@redocly', 'cli', 'bin', 'cli.js');
  const args = [redocly, 'lint', file, '--config', join(root, 'redocly.yaml')];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1;
});
