import { builtCheckout, commitOf } from './checkout.js';
import { rowsOf, tableOf, type Measure, type Row } from './compare.js';
import { connectInTurns, type ConnectFigures } from './connects.js';
import { holdIdle, type ConnectionFigures } from './connections.js';
import { FLOOR_GROUPED, switchboardOf, type Contestant } from './contestants.js';
import { inTurns } from './contest.js';
import { emitInTurns, type EventFigures } from './events.js';
import { openFilesLimit } from './load/figures.js';
import { ROOT } from './processes.js';
import { requestInTurns, type RestFigures } from './rest.js';
import { sendInTurns, type SendFigures, type Step } from './send.js';
import type { BenchDatabase } from './setup.js';

/** Of descriptors, those that a process needs beside its connections. */
const OWN_FILES = 500;
const CPU = { key: 'serverCpu', name: 'server CPU', unit: 'µs', times: 1_000 } as const;
const DATABASE = { key: 'databaseCpu', name: 'database CPU', unit: 'µs', times: 1_000 } as const;
const P50 = { key: 'p50', name: 'p50', unit: 'ms' } as const;

const SEND: Measure<SendFigures>[] = [CPU, DATABASE, P50];
const CONNECT: Measure<ConnectFigures>[] = [CPU, DATABASE, P50];
const REST: Measure<RestFigures>[] = [CPU, DATABASE, P50];
const EVENT: Measure<EventFigures>[] = [CPU, P50];
const IDLE: Measure<ConnectionFigures>[] = [
  { key: 'kilobytes', name: 'RSS of each', unit: 'kB' },
  { key: 'wholeMb', name: 'RSS of the server', unit: 'MB' },
  { key: 'connectCpu', name: 'server CPU of each connect', unit: 'µs', times: 1_000 },
];

interface Trial {
  database: BenchDatabase;
  builds: [before: Contestant, now: Contestant];
  /** When it should have ended, by `performance.now()`; see `Turns`. */
  until: number;
  /** A count or a time of the plan, made smaller for a trial by BENCH_SHARE. */
  scaled(value: number): number;
}

interface Part {
  /** Time for it, in seconds: what does not fit is left out. Together they stay below twelve minutes. */
  seconds: number;
  run(trial: Trial): Promise<Row[]>;
}

const parts: Record<string, Part> = {
  send: {
    seconds: 205,
    async run({ database, builds, until, scaled }) {
      const step = (perSecond: number, turns: number): Step => ({
        perSecond,
        seconds: scaled(3),
        turns: scaled(turns),
        measured: true,
      });
      const warmUp = { perSecond: 1_000, seconds: scaled(15), turns: 1, measured: false };
      const steps = [warmUp, step(1_000, 8), step(5_000, 6)];
      const [slow, full] = await sendInTurns(database, [...builds, FLOOR_GROUPED], steps, until);
      return [
        ...rowsOf('message at 1,000/s', slow ?? [], SEND),
        ...rowsOf('message at 5,000/s', full ?? [], SEND),
      ];
    },
  },
  connect: {
    seconds: 110,
    async run({ database, builds, until, scaled }) {
      const steps = [1, 50];
      const plan = { connects: scaled(1_000), turns: scaled(4), steps, until };
      const figures = await connectInTurns(database, [...builds, FLOOR_GROUPED], plan);
      return figures.flatMap((given, index) => rowsOf(`connect, ${steps[index]} at a time`, given, CONNECT));
    },
  },
  rest: {
    seconds: 140,
    async run({ database, builds, until, scaled }) {
      const load = { seconds: scaled(2.2), atMost: 20_000 };
      const plan = { inFlight: [1, 16], load, turns: scaled(6), until };
      const steps = await requestInTurns(database, builds, plan);
      return steps.flatMap(({ what, figures }) => rowsOf(what, figures, REST));
    },
  },
  events: {
    seconds: 65,
    async run({ database, builds, until, scaled }) {
      const load = { event: 'typing_start', perSecond: 4_000, seconds: scaled(3.5) };
      const figures = await emitInTurns(database, builds, { load, turns: scaled(6), until });
      return rowsOf('typing_start at 4,000/s', figures, EVENT);
    },
  },
  connections: {
    seconds: 180,
    async run({ database, builds, until, scaled }) {
      const wanted = scaled(10_000);
      const connections = Math.min(wanted, openFilesLimit() - OWN_FILES);
      if (connections < wanted)
        process.stderr.write(`${connections} connections instead of ${wanted}: no more descriptors\n`);
      const given = await inTurns([...builds, FLOOR_GROUPED], { turns: scaled(3), until }, (contestant) =>
        holdIdle(database, contestant, connections),
      );
      return rowsOf(`${connections} idle connections`, given, IDLE);
    },
  },
};

/**
 * This build (now) beside that of another checkout (before) in one run, in turns.
 * BENCH_AGAINST: the other checkout. BENCH_PARTS: some of `parts` only, by commas. BENCH_SHARE: as a trial, that share
 * of the load.
 */
export async function benchAgainst(database: BenchDatabase): Promise<unknown> {
  const { BENCH_AGAINST: path, BENCH_PARTS, BENCH_SHARE = '1' } = process.env;
  if (!path) throw new Error('BENCH_AGAINST has to be the path of another checkout');
  const names = BENCH_PARTS?.split(',') ?? Object.keys(parts);
  const unknown = names.filter((name) => !(name in parts));
  if (unknown.length > 0)
    throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}`);
  if (!(Number(BENCH_SHARE) > 0)) throw new Error('BENCH_SHARE has to be a number above 0');
  const other = builtCheckout(path);
  const scaled = (value: number): number => {
    const share = value * Number(BENCH_SHARE);
    return Number.isInteger(value) ? Math.max(1, Math.round(share)) : share;
  };
  const results: Record<string, Row[]> = {};
  for (const name of names) {
    const { seconds, run } = parts[name] as Part;
    const until = performance.now() + seconds * 1_000;
    const builds: Trial['builds'] = [switchboardOf('before', other), switchboardOf('now', ROOT)];
    results[name] = await run({ database, builds, until, scaled });
    process.stderr.write(`\n${tableOf(results[name])}`);
  }
  return {
    before: { path: other, commit: commitOf(other) },
    now: { path: ROOT, commit: commitOf(ROOT) },
    parts: results,
  };
}
