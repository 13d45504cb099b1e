/**
 * Reads what Jest wrote with --json, for .ci/run.
 * `failed FILE`: the spec files that failed, a line each. `sum FILE...`: "passed failed" of all of them; of a spec file
 * that ran again (in jest-N-again.json) the second result counts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [what, ...files] = process.argv.slice(2);
const results = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : []);
const again = (file) => file.replace(/\.json$/, '-again.json');

/** A spec file that could not even run has no tests: one failure. */
function figuresOf({ status, assertionResults }) {
  const count = (wanted) => assertionResults.filter((test) => test.status === wanted).length;
  const failed = count('failed');
  return [count('passed'), status === 'failed' && failed === 0 ? 1 : failed];
}

if (what === 'failed') {
  for (const { name, status } of results(files[0]))
    if (status === 'failed') console.log(relative(process.cwd(), name));
} else {
  let [passed, failed] = [0, 0];
  for (const file of files.filter((name) => !name.endsWith('-again.json'))) {
    const last = new Map([...results(file), ...results(again(file))].map((result) => [result.name, result]));
    for (const result of last.values()) {
      const [good, bad] = figuresOf(result);
      passed += good;
      failed += bad;
    }
  }
  console.log(passed, failed);
}
