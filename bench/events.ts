import { inTurns, spending, together, type Contest, type Turns } from './contest.js';
import type { Contestant } from './contestants.js';
import type { EmitPlan } from './load/generator.js';
import { SECRET } from './processes.js';
import { roomNames, type BenchDatabase } from './setup.js';

/** Each in a room of their own, so that nobody hears of it: what is left is dispatch, validation and access. */
const USERS = 100;

export interface EventPlan extends Turns {
  load: EmitPlan;
}

export interface EventFigures {
  /** CPU milliseconds for each acknowledged event. */
  serverCpu: number;
  /** Milliseconds from sending to the acknowledgement. */
  p50: number;
}

/** A cheap event at a fixed rate. What each turn gave, by contestant. */
export const emitInTurns = (
  database: BenchDatabase,
  contestants: Contestant[],
  { load, ...turns }: EventPlan,
): Promise<EventFigures[][]> =>
  together(database, contestants, async (contests) => {
    const take = async ({ contestant, server, generator }: Contest): Promise<EventFigures> => {
      const { result, serverCpu } = await spending(database, server, () => generator.emit(load));
      if (result.refused > 0 || result.acknowledged !== result.sent)
        throw new Error(`${contestant.name} refused or lost events: ${JSON.stringify(result)}`);
      return { serverCpu: (serverCpu / result.sent) * 1_000, p50: result.p50 };
    };
    const rooms = roomNames(USERS);
    for (const contest of contests) {
      const { contestant, server, generator } = contest;
      await contestant.open(server, rooms, USERS);
      await generator.connect({ url: server.url, secret: SECRET, users: USERS, rooms });
      await generator.join();
      // Node.js compiles what runs often.
      await take(contest);
    }
    return inTurns(contests, turns, take);
  });
