import { contest, withContestant } from './contest.js';
import { FLOOR_GROUPED, SWITCHBOARD, type Contestant } from './contestants.js';
import { cpuOf, rssOf } from './load/figures.js';
import { SECRET } from './processes.js';
import { roomNames, type BenchDatabase } from './setup.js';

const SIZES = [2_000, 10_000];
const PER_ROOM = 50;
/** Time for buffers and garbage of connecting to go, in milliseconds. */
const SETTLE_MS = 5_000;

export interface ConnectionFigures {
  connections: number;
  /** Resident memory for each idle, authenticated connection in a room, in kB. */
  kilobytes: number;
  /** Resident memory of the whole server with all of them, in MB. */
  wholeMb: number;
  connectsPerSecond: number;
  /** CPU milliseconds for each authenticated connect. */
  connectCpu: number;
}

/** Idle connections: what they cost to make and to keep. */
export const benchConnections = (
  database: BenchDatabase,
  runs: number,
): Promise<Record<string, ConnectionFigures[]>> =>
  contest<ConnectionFigures>(runs, [FLOOR_GROUPED, SWITCHBOARD], async (contestant) => {
    const figures: ConnectionFigures[] = [];
    for (const connections of SIZES) figures.push(await holdIdle(database, contestant, connections));
    return figures;
  });

/** So many connections, idle in rooms of a server that has just started. */
export const holdIdle = (
  database: BenchDatabase,
  contestant: Contestant,
  connections: number,
): Promise<ConnectionFigures> =>
  withContestant(database, contestant, async ({ server, generator }) => {
    const rooms = roomNames(Math.ceil(connections / PER_ROOM));
    await contestant.open(server, rooms, connections);
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
    const whole = rssOf(server.pid);
    return {
      connections,
      kilobytes: (whole - rss) / connections / 1024,
      wholeMb: whole / 1_048_576,
      connectsPerSecond: connections / seconds,
      connectCpu,
    };
  });
