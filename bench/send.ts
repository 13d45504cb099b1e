import { inTurns, medianOf, mediansOf, spending, together, type Contest } from './contest.js';
import { FLOOR_GROUPED, FLOOR_SINGLE, SWITCHBOARD, type Contestant } from './contestants.js';
import { SECRET } from './processes.js';
import { roomNames, type BenchDatabase } from './setup.js';

const USERS = 200;
const ROOMS = 100;
const CONTESTANTS = [FLOOR_SINGLE, FLOOR_GROUPED, SWITCHBOARD];
const SLICE = { seconds: 3, turns: 4 };
/**
 * Node.js compiles what runs often, on the side: for some 20,000 messages a server, the larger the more, may cost more
 * than ever after. Both are told: what a server costs that has just started, and what it costs then.
 */
const STEPS: Step[] = [
  { perSecond: 1_000, seconds: 3, turns: 1, measured: false },
  { perSecond: 1_000, ...SLICE, measured: true },
  { perSecond: 1_000, seconds: 20, turns: 1, measured: false },
  { perSecond: 1_000, ...SLICE, measured: true },
  { perSecond: 5_000, ...SLICE, measured: true },
];

export interface Step {
  perSecond: number;
  seconds: number;
  /** How often the contestants take turns. */
  turns: number;
  measured: boolean;
}

export interface SendFigures {
  rate: number;
  /** Messages that the server had handled before. */
  after: number;
  perSecond: number;
  /** Milliseconds from sending to delivery. */
  p50: number;
  p95: number;
  p99: number;
  /** CPU milliseconds for each message, persisted and delivered to two sockets. */
  serverCpu: number;
  databaseCpu: number;
  sent: number;
}

/** One turn of a step; proves that everything was acknowledged, and delivered once. */
async function take(
  database: BenchDatabase,
  entrant: Entrant,
  { perSecond, seconds }: Step,
): Promise<SendFigures> {
  const { contestant, server, generator } = entrant.contest;
  const { result, serverCpu, databaseCpu } = await spending(database, server, () =>
    generator.send({ perSecond, seconds }),
  );
  if (result.acknowledged !== result.sent || result.missing > 0 || result.twice > 0) {
    throw new Error(`${contestant.name} lost or doubled messages: ${JSON.stringify(result)}`);
  }
  const after = entrant.acknowledged;
  entrant.acknowledged += result.sent;
  return {
    rate: perSecond,
    after,
    perSecond: result.sent / result.elapsed,
    p50: result.p50,
    p95: result.p95,
    p99: result.p99,
    serverCpu: (serverCpu / result.sent) * 1_000,
    databaseCpu: (databaseCpu / result.sent) * 1_000,
    sent: result.sent,
  };
}

interface Entrant {
  contest: Contest;
  acknowledged: number;
}

async function enter(contest: Contest): Promise<Entrant> {
  const { contestant, server, generator } = contest;
  const rooms = roomNames(ROOMS);
  await contestant.open(server, rooms, USERS);
  await generator.connect({ url: server.url, secret: SECRET, users: USERS, rooms });
  await generator.join();
  return { contest, acknowledged: 0 };
}

async function proveStored(database: BenchDatabase, { contest, acknowledged }: Entrant): Promise<void> {
  const { name, table } = contest.contestant;
  const [stored] = await database.run<{ count: string }>(contest.url, `SELECT count(*) FROM ${table}`);
  if (Number(stored?.count) !== acknowledged) {
    throw new Error(`${name}: stored ${stored?.count}, acknowledged ${acknowledged}`);
  }
}

/**
 * One run at all rates, the contestants in turns of a few seconds. What each turn gave: of each measured step, by
 * contestant. The last turns of a step are left out after `until`.
 */
export const sendInTurns = (
  database: BenchDatabase,
  contestants: Contestant[],
  steps: readonly Step[],
  until?: number,
): Promise<SendFigures[][][]> =>
  together(database, contestants, async (contests) => {
    const entrants: Entrant[] = [];
    for (const contest of contests) entrants.push(await enter(contest));
    const measured: SendFigures[][][] = [];
    for (const step of steps) {
      const given = await inTurns(entrants, { turns: step.turns, until }, (entrant) =>
        take(database, entrant, step),
      );
      if (step.measured) measured.push(given);
    }
    for (const entrant of entrants) await proveStored(database, entrant);
    return measured;
  });

/** Persisted and delivered messages at fixed rates. */
export async function benchSend(
  database: BenchDatabase,
  runs: number,
): Promise<Record<string, SendFigures[]>> {
  const all = CONTESTANTS.map((): SendFigures[][] => []);
  for (let run = 0; run < runs; run += 1) {
    const steps = await sendInTurns(database, CONTESTANTS, STEPS);
    for (const [index, { name }] of CONTESTANTS.entries()) {
      const figures = steps.map((given) => medianOf(given[index] ?? []));
      process.stderr.write(`${name} ${JSON.stringify(figures)}\n`);
      all[index]?.push(figures);
    }
  }
  return Object.fromEntries(CONTESTANTS.map(({ name }, index) => [name, mediansOf(all[index] ?? [])]));
}
