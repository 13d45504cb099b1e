import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant } from './contestants.js';
import { cpuOf, cpuOfTree, median } from './load/figures.js';
import { Generator, type ServerProcess } from './processes.js';
import type { BenchDatabase } from './setup.js';

export interface Contest {
  contestant: Contestant;
  server: ServerProcess;
  generator: Generator;
  url: string;
}

/** Starts a contestant on a fresh database, with a generator of its own; ends both whatever happens. */
export async function withContestant<T>(
  database: BenchDatabase,
  contestant: Contestant,
  run: (contest: Contest) => Promise<T>,
): Promise<T> {
  const url = await database.fresh(`bench_${contestant.name.replace('-', '_')}`);
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-bench-data-'));
  const server = await contestant.start(url, dataDir);
  const generator = new Generator();
  try {
    return await run({ contestant, server, generator, url });
  } finally {
    await generator.stop();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** As `withContestant`, for several at the same time. */
export async function together<T>(
  database: BenchDatabase,
  [first, ...others]: Contestant[],
  run: (contests: Contest[]) => Promise<T>,
): Promise<T> {
  if (!first) return run([]);
  return withContestant(database, first, (contest) =>
    together(database, others, (contests) => run([contest, ...contests])),
  );
}

export interface Turns {
  turns: number;
  /**
   * No turn but the first starts that would, by the length of the one before, end after this (`performance.now()`): a
   * slow machine makes fewer of them.
   */
  until?: number;
}

/** Entrants take turns, so that a noisy second meets all of them. What each turn gave, by entrant. */
export async function inTurns<E, F>(
  entrants: readonly E[],
  { turns, until = Number.POSITIVE_INFINITY }: Turns,
  once: (entrant: E) => Promise<F>,
): Promise<F[][]> {
  const given = entrants.map((): F[] => []);
  let took = 0;
  for (let turn = 0; turn < turns && (turn === 0 || performance.now() + took < until); turn += 1) {
    const started = performance.now();
    // To and fro: nobody always comes after the same other, whose writes the database still has to digest.
    const order = [...entrants.entries()];
    for (const [index, entrant] of turn % 2 === 0 ? order : order.reverse())
      given[index]?.push(await once(entrant));
    took = performance.now() - started;
  }
  return given;
}

/** Seconds of CPU that the server and the database used meanwhile, and what came of it. */
export async function spending<T>(
  database: BenchDatabase,
  server: ServerProcess,
  run: () => Promise<T>,
): Promise<{ result: T; serverCpu: number; databaseCpu: number }> {
  const before = { server: cpuOf(server.pid), database: cpuOfTree(database.pid) };
  const result = await run();
  return {
    result,
    serverCpu: cpuOf(server.pid) - before.server,
    databaseCpu: cpuOfTree(database.pid) - before.database,
  };
}

type Figures = object;

/** Figure by figure, the median of all runs. */
export function medianOf<F extends Figures>(runs: F[]): F {
  const keys = Object.keys(runs[0] as F) as (keyof F)[];
  return Object.fromEntries(keys.map((key) => [key, median(runs.map((run) => Number(run[key])))])) as F;
}

/** As `medianOf`, for runs that give a list of figures each. */
export const mediansOf = <F extends Figures>(runs: F[][]): F[] =>
  (runs[0] ?? []).map((_first, index) => medianOf(runs.map((list) => list[index] as F)));

/** Contestants take turns, so that a noisy minute meets all of them; each run gives a list of figures. */
export async function contest<F extends Figures>(
  runs: number,
  contestants: Contestant[],
  once: (contestant: Contestant) => Promise<F[]>,
): Promise<Record<string, F[]>> {
  const results = await inTurns(contestants, { turns: runs }, async (contestant) => {
    const figures = await once(contestant);
    process.stderr.write(`${contestant.name} ${JSON.stringify(figures)}\n`);
    return figures;
  });
  return Object.fromEntries(contestants.map(({ name }, index) => [name, mediansOf(results[index] as F[][])]));
}
