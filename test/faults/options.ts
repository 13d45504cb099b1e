import { parseArgs } from 'node:util';
import { FAULTS } from './faults/index.js';

/** Those that tell most in the least time: what CI runs. */
const SHORT = [
  'kill-server',
  'pause-server-2',
  'stop-server',
  'kill-database',
  'lost-insert',
  'lost-commit',
  'silent-database',
  'one-without-database',
  'kill-redis',
  'pause-redis',
  'one-with-silent-redis',
  'flushall',
];
/** Several faults at a time, from the seed. */
export const MIXED = 'random';

export interface Options {
  names: string[];
  nodes: number;
  seed: number;
  rounds: number;
  /** Of the random scenario's faults. */
  seconds: number;
  perSecond: number;
  /** A file for results in Jest's form, which .ci/run counts. */
  json: string | undefined;
  markdown: boolean;
  /** What is broken is not run again. */
  once: boolean;
}

export const HELP = `npm run test:faults -- [options] [scenario …]

  --nodes 1|2|3    servers of the chat (2); faults of Redis need two
  --all            every scenario, not just the short form
  --seed NUMBER    repeats a run (a new one each time)
  --rounds NUMBER  everything so many times, each with another seed (1)
  --seconds NUMBER how long faults go on in the scenario "${MIXED}" (20)
  --rate NUMBER    messages a second of all people together, at most 500 (100)
  --once           a scenario that is broken does not get a second chance with everything started anew
  --json FILE      results in the form of Jest's --json
  --markdown       the table as docs/reliability.md has it, nothing else on stdout
  --list           the scenarios

Without names: ${SHORT.join(', ')}
`;

/** @throws Error naming what is wrong */
export function readOptions(args: string[]): Options | 'help' | 'list' {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      nodes: { type: 'string', default: '2' },
      all: { type: 'boolean', default: false },
      seed: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '20' },
      rate: { type: 'string', default: '100' },
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.list) return 'list';
  const every = [...Object.keys(FAULTS), MIXED];
  const unknown = positionals.filter((name) => !every.includes(name));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${every.join(', ')}`);
  const usual = values.all ? every : SHORT;
  return {
    names: positionals.length > 0 ? positionals : usual,
    nodes: wholeNumber('--nodes', values.nodes, 3),
    seed:
      values.seed === undefined
        ? Math.floor(Math.random() * 2 ** 31)
        : wholeNumber('--seed', values.seed, 2 ** 31),
    rounds: wholeNumber('--rounds', values.rounds, 10_000),
    seconds: wholeNumber('--seconds', values.seconds, 3_600),
    perSecond: wholeNumber('--rate', values.rate, 500),
    json: values.json,
    markdown: values.markdown,
    once: values.once,
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`${name} must be a whole number from 1 to ${most}`);
  return value;
}
