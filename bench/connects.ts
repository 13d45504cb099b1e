import { inTurns, spending, together, type Turns } from './contest.js';
import type { Contestant } from './contestants.js';
import { SECRET } from './processes.js';
import type { BenchDatabase } from './setup.js';

/** Time for a server to notice that all have gone, presence included (PRESENCE_GRACE_MS), in milliseconds. */
const GONE_MS = 2_500;

export interface ConnectPlan extends Turns {
  /** Connects of a turn, each of another user. */
  connects: number;
  /** How many connect at a time, in steps. */
  steps: readonly number[];
}

export interface ConnectFigures {
  /** CPU milliseconds for each authenticated connect. */
  serverCpu: number;
  databaseCpu: number;
  /** Milliseconds from opening the WebSocket until the namespace has let the user in. */
  p50: number;
}

/** Authenticated connects over and over on the same servers. What each turn gave: of each step, by contestant. */
export const connectInTurns = (
  database: BenchDatabase,
  contestants: Contestant[],
  { connects, steps, ...turns }: ConnectPlan,
): Promise<ConnectFigures[][][]> =>
  together(database, contestants, async (contests) => {
    const take = async (
      { server, generator }: (typeof contests)[number],
      concurrent: number,
    ): Promise<ConnectFigures> => {
      const plan = { url: server.url, secret: SECRET, users: connects, rooms: [], concurrent };
      const { result, serverCpu, databaseCpu } = await spending(database, server, () =>
        generator.connect(plan),
      );
      await generator.close();
      await new Promise((resolve) => setTimeout(resolve, GONE_MS));
      return {
        serverCpu: (serverCpu / connects) * 1_000,
        databaseCpu: (databaseCpu / connects) * 1_000,
        p50: result.p50,
      };
    };
    // Node.js compiles, and users are met for the first time.
    for (const contest of contests) await take(contest, 50);
    const figures: ConnectFigures[][][] = [];
    for (const concurrent of steps)
      figures.push(await inTurns(contests, turns, (contest) => take(contest, concurrent)));
    return figures;
  });
