import { contest, withContestant } from './contest.js';
import { cpuOf, rssOf } from './load/figures.js';
import { SECRET } from './processes.js';
import { openRooms, roomNames, type BenchDatabase } from './setup.js';

const SIZES = [2_000, 10_000];
const PER_ROOM = 50;
/** Time for buffers and garbage of connecting to go, in milliseconds. */
const SETTLE_MS = 5_000;

export interface ConnectionFigures {
  connections: number;
  /** Resident memory for each idle, authenticated connection in a room, in kB. */
  kilobytes: number;
  connectsPerSecond: number;
  /** CPU milliseconds for each authenticated connect. */
  connectCpu: number;
}

/** Idle connections: what they cost to make and to keep. */
export const benchConnections = (
  database: BenchDatabase,
  runs: number,
): Promise<Record<string, ConnectionFigures[]>> =>
  contest<ConnectionFigures>(runs, ['floor-grouped', 'switchboard'], async (contestant) => {
    const figures: ConnectionFigures[] = [];
    for (const connections of SIZES) {
      figures.push(
        await withContestant(database, contestant, async ({ server, generator }) => {
          const rooms = roomNames(connections / PER_ROOM);
          if (contestant === 'switchboard') await openRooms(server, rooms, connections);
          const rss = rssOf(server.pid);
          const cpu = cpuOf(server.pid);
          const { seconds } = await generator.connect({
            url: server.url,
            secret: SECRET,
            users: connections,
            rooms,
          });
          const connectCpu = ((cpuOf(server.pid) - cpu) / connections) * 1_000;
          await generator.join();
          await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
          return {
            connections,
            kilobytes: (rssOf(server.pid) - rss) / connections / 1024,
            connectsPerSecond: connections / seconds,
            connectCpu,
          };
        }),
      );
    }
    return figures;
  });
