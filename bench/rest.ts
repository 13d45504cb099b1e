import { inTurns, spending, together, type Contest, type Turns } from './contest.js';
import type { Contestant } from './contestants.js';
import type { RequestPlan } from './load/caller.js';
import { Caller, SECRET } from './processes.js';
import { roomNames, type BenchDatabase } from './setup.js';

const USERS = 50;
const ROOMS = roomNames(USERS);

type Call = Pick<RequestPlan, 'method' | 'paths' | 'message' | 'firstUser'>;

const CALLS: Record<string, Call> = {
  // Users without a room, so that there is nothing to count.
  'GET unread': { method: 'GET', paths: ['/api/v1/chat/unread'], firstUser: USERS + 1 },
  // Each in a room of their own.
  'POST message': {
    method: 'POST',
    paths: ROOMS.map((room) => `/api/v1/chat/rooms/${room}/messages`),
    message: true,
    firstUser: 1,
  },
};

export interface RestPlan extends Turns {
  /** Requests under way at a time, in steps. */
  inFlight: readonly number[];
  /** Of a turn, whichever comes first. */
  load: Pick<RequestPlan, 'seconds' | 'atMost'>;
}

export interface RestFigures {
  /** CPU milliseconds for each request. */
  serverCpu: number;
  databaseCpu: number;
  /** Milliseconds until the whole answer is there. */
  p50: number;
  perSecond: number;
}

interface Step {
  what: string;
  /** What each turn gave, by contestant. */
  figures: RestFigures[][];
}

/** Cheap authenticated requests, one after the other and several at a time. */
export const requestInTurns = (
  database: BenchDatabase,
  contestants: Contestant[],
  { inFlight, load, ...turns }: RestPlan,
): Promise<Step[]> =>
  together(database, contestants, async (contests) => {
    const caller = new Caller();
    const take = async ({ server }: Contest, call: Call, atOnce: number): Promise<RestFigures> => {
      const plan = { ...call, ...load, url: server.url, secret: SECRET, users: USERS, inFlight: atOnce };
      const { result, serverCpu, databaseCpu } = await spending(database, server, () => caller.request(plan));
      return {
        serverCpu: (serverCpu / result.answered) * 1_000,
        databaseCpu: (databaseCpu / result.answered) * 1_000,
        p50: result.p50,
        perSecond: result.perSecond,
      };
    };
    try {
      for (const { contestant, server } of contests) await contestant.open(server, ROOMS, USERS);
      const steps: Step[] = [];
      for (const [name, call] of Object.entries(CALLS)) {
        // Node.js compiles what runs often.
        for (const contest of contests) await take(contest, call, Math.max(...inFlight));
        for (const atOnce of inFlight)
          steps.push({
            what: `${name}, ${atOnce} in flight`,
            figures: await inTurns(contests, turns, (contest) => take(contest, call, atOnce)),
          });
      }
      return steps;
    } finally {
      await caller.stop();
    }
  });
