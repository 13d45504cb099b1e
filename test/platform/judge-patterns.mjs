/**
 * Reads regular expressions as JSON (`[{source, flags}]`) and writes for each why it must not be used, or null where
 * its time grows as the text does. A process of its own: in Jest's sandbox it takes ten times as long.
 */
import { json } from 'node:stream/consumers';
import { check } from 'recheck';

// The others are programs of single platforms, which may be missing.
process.env.RECHECK_BACKEND = 'pure';

/** The judge counts steps and not time, so that a busy machine changes no verdict. */
const JUDGE = {
  timeout: 120_000,
  randomSeed: 1,
  attackTimeout: null,
  incubationTimeout: null,
  maxAttackStringSize: 30_000,
  attackLimit: 30_000_000,
};

const faults = [];
for (const { source, flags } of await json(process.stdin)) {
  const verdict = await check(source, flags, JUDGE);
  if (verdict.status === 'safe') faults.push(null);
  else if (verdict.status === 'vulnerable')
    faults.push(`${verdict.complexity.summary}, such as ${verdict.attack.pattern}`);
  else faults.push(`not judged: ${verdict.error.kind}`);
}
process.stdout.write(JSON.stringify(faults));
