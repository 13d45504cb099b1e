import { contest, withContestant } from './contest.js';
import { FLOOR_GROUPED, SWITCHBOARD } from './contestants.js';
import { cpuOf } from './load/figures.js';
import { SECRET } from './processes.js';
import { hostToken, roomNames, type BenchDatabase } from './setup.js';

const SOCKETS = 1_000;
const WARM_UP = { perSecond: 20, seconds: 2 };
const LOAD = { perSecond: 0, seconds: 5, window: 20 };

export interface FanoutFigures {
  deliveriesPerSecond: number;
  /** CPU microseconds for each delivery. */
  serverCpu: number;
}

/** One room with a thousand sockets, as many messages as go through. */
export const benchFanout = (
  database: BenchDatabase,
  runs: number,
): Promise<Record<string, FanoutFigures[]>> =>
  contest<FanoutFigures>(runs, [FLOOR_GROUPED, SWITCHBOARD], (contestant) =>
    withContestant(database, contestant, async ({ server, generator }) => {
      const rooms = roomNames(1);
      await contestant.open(server, rooms, 1);
      if (contestant === SWITCHBOARD) await addPeople(server.url, SOCKETS);
      await generator.connect({ url: server.url, secret: SECRET, users: SOCKETS, rooms });
      await generator.join();
      await generator.send(WARM_UP);
      const before = cpuOf(server.pid);
      const result = await generator.send(LOAD);
      const cpu = cpuOf(server.pid) - before;
      if (result.missing > 0 || result.twice > 0)
        throw new Error(`${contestant.name}: ${JSON.stringify(result)}`);
      return [
        {
          deliveriesPerSecond: result.delivered / result.elapsed,
          serverCpu: (cpu / result.delivered) * 1_000_000,
        },
      ];
    }),
  );

/** A service request takes 100 people; the rest are added to its room. */
async function addPeople(url: string, people: number): Promise<void> {
  for (let from = 1; from <= people; from += 100) {
    const user_ids = Array.from({ length: Math.min(100, people - from + 1) }, (_, index) => from + index);
    const response = await fetch(`${url}/api/v1/chat/rooms/service_0/participants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hostToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ user_ids }),
    });
    if (!response.ok) throw new Error(`Adding people failed: ${response.status} ${await response.text()}`);
  }
}
