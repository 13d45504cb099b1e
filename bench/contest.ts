import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './load/figures.js';
import { Generator, startFloor, startSwitchboard, type ServerProcess } from './processes.js';
import type { BenchDatabase } from './setup.js';

export type Contestant = 'floor-single' | 'floor-grouped' | 'switchboard';

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
  const url = await database.fresh(`bench_${contestant.replace('-', '_')}`);
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-bench-data-'));
  const server =
    contestant === 'switchboard'
      ? await startSwitchboard(url, dataDir)
      : await startFloor(url, contestant === 'floor-single' ? 'single' : 'grouped');
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
  const results = new Map<Contestant, F[][]>();
  for (let run = 0; run < runs; run += 1) {
    for (const contestant of contestants) {
      const figures = await once(contestant);
      process.stderr.write(`${contestant} ${JSON.stringify(figures)}\n`);
      results.set(contestant, [...(results.get(contestant) ?? []), figures]);
    }
  }
  return Object.fromEntries([...results].map(([contestant, all]) => [contestant, mediansOf(all)]));
}
