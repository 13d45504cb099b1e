import { medianOf, mediansOf, together, type Contest, type Contestant } from './contest.js';
import { cpuOf, cpuOfTree } from './load/figures.js';
import { SECRET } from './processes.js';
import { openRooms, roomNames, type BenchDatabase } from './setup.js';

const USERS = 200;
const ROOMS = 100;
const CONTESTANTS: Contestant[] = ['floor-single', 'floor-grouped', 'switchboard'];
const SLICE = { seconds: 3, slices: 4 };
/**
 * Node.js compiles what runs often, on the side: for some 20,000 messages a server, the larger the more, may cost more
 * than ever after. Both are told: what a server costs that has just started, and what it costs then.
 */
const STEPS: Step[] = [
  { perSecond: 1_000, seconds: 3, slices: 1, measured: false },
  { perSecond: 1_000, ...SLICE, measured: true },
  { perSecond: 1_000, seconds: 20, slices: 1, measured: false },
  { perSecond: 1_000, ...SLICE, measured: true },
  { perSecond: 5_000, ...SLICE, measured: true },
];

interface Step {
  perSecond: number;
  seconds: number;
  /** How often the contestants take turns. */
  slices: number;
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

/** One slice of a step; proves that everything was acknowledged, and delivered once. */
async function slice(
  database: BenchDatabase,
  { contest: { contestant, server, generator }, acknowledged }: Entrant,
  { perSecond, seconds }: Step,
): Promise<SendFigures> {
  const before = { server: cpuOf(server.pid), database: cpuOfTree(database.pid) };
  const result = await generator.send({ perSecond, seconds });
  const after = { server: cpuOf(server.pid), database: cpuOfTree(database.pid) };
  if (result.acknowledged !== result.sent || result.missing > 0 || result.twice > 0) {
    throw new Error(`${contestant} lost or doubled messages: ${JSON.stringify(result)}`);
  }
  return {
    rate: perSecond,
    after: acknowledged,
    perSecond: result.sent / result.elapsed,
    p50: result.p50,
    p95: result.p95,
    p99: result.p99,
    serverCpu: ((after.server - before.server) / result.sent) * 1_000,
    databaseCpu: ((after.database - before.database) / result.sent) * 1_000,
    sent: result.sent,
  };
}

interface Entrant {
  contest: Contest;
  acknowledged: number;
  /** Of each measured step. */
  figures: SendFigures[];
}

async function enter(contest: Contest): Promise<Entrant> {
  const { contestant, server, generator } = contest;
  const rooms = roomNames(ROOMS);
  if (contestant === 'switchboard') await openRooms(server, rooms, USERS);
  await generator.connect({ url: server.url, secret: SECRET, users: USERS, rooms });
  await generator.join();
  return { contest, acknowledged: 0, figures: [] };
}

/** One run at all rates. The contestants take turns of a few seconds, so that a noisy second meets all of them. */
async function once(database: BenchDatabase, contests: Contest[]): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  for (const contest of contests) entrants.push(await enter(contest));
  for (const step of STEPS) {
    const slices = entrants.map((): SendFigures[] => []);
    for (let turn = 0; turn < step.slices; turn += 1) {
      // To and fro: nobody always comes after the same other, whose writes the database still has to digest.
      const order = [...entrants.entries()];
      for (const [index, entrant] of turn % 2 === 0 ? order : order.reverse()) {
        const figures = await slice(database, entrant, step);
        entrant.acknowledged += figures.sent;
        slices[index]?.push(figures);
      }
    }
    if (!step.measured) continue;
    for (const [index, entrant] of entrants.entries()) entrant.figures.push(medianOf(slices[index] ?? []));
  }
  for (const entrant of entrants) await proveStored(database, entrant);
  return entrants;
}

async function proveStored(database: BenchDatabase, { contest, acknowledged }: Entrant): Promise<void> {
  const table = contest.contestant === 'switchboard' ? 'messages' : 'floor_messages';
  const [stored] = await database.run<{ count: string }>(contest.url, `SELECT count(*) FROM ${table}`);
  if (Number(stored?.count) !== acknowledged) {
    throw new Error(`${contest.contestant}: stored ${stored?.count}, acknowledged ${acknowledged}`);
  }
}

/** Persisted and delivered messages at fixed rates. */
export async function benchSend(
  database: BenchDatabase,
  runs: number,
): Promise<Record<string, SendFigures[]>> {
  const all: Entrant[][] = [];
  for (let run = 0; run < runs; run += 1) {
    const entrants = await together(database, CONTESTANTS, (contests) => once(database, contests));
    for (const { contest, figures } of entrants)
      process.stderr.write(`${contest.contestant} ${JSON.stringify(figures)}\n`);
    all.push(entrants);
  }
  const ofContestant = (index: number): SendFigures[] =>
    mediansOf(all.map((entrants) => entrants[index]?.figures ?? []));
  return Object.fromEntries(CONTESTANTS.map((name, index) => [name, ofContestant(index)]));
}
