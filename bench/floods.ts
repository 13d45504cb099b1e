import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { medianOf } from './contest.js';
import { cpuOf, rssOf } from './load/figures.js';
import type { FloodKind } from './load/flooder.js';
import { Flooder, Generator, SECRET, startSwitchboard, type ServerProcess } from './processes.js';
import { openRooms, roomNames, type BenchDatabase } from './setup.js';

const KINDS: FloodKind[] = ['anonymous frames', 'unthrottled sender', 'pings', 'polling handshakes'];
const ROOMS = roomNames(20);
/** Each sends one message a second: the default limits of messages do not meet it. */
const USERS = 60;
const MESSAGES = { perSecond: 60, seconds: 8 };
const WARM_UP = { perSecond: 60, seconds: 3 };

interface FloodFigures {
  /** Milliseconds until a message of the others is delivered, without and with one who floods. */
  aloneP50: number;
  aloneP99: number;
  floodedP50: number;
  floodedP99: number;
  /** p99 with the flood to p99 without. */
  ratio: number;
  /** Frames or requests a second that the one who floods gets rid of, and how often it was closed. */
  floodPerSecond: number;
  closed: number;
  /** Share of a core that the server uses during the flood. */
  serverCpu: number;
  /** By how much its RSS has grown meanwhile. */
  rssGrowthMb: number;
}

/** What others have of it when one floods, at default limits. Medians. */
export async function benchFloods(
  database: BenchDatabase,
  runs: number,
): Promise<Record<string, FloodFigures>> {
  const all = new Map<FloodKind, FloodFigures[]>();
  for (let run = 0; run < runs; run += 1)
    for (const kind of KINDS) {
      const figures = await onFreshServer(database, kind);
      process.stderr.write(`${kind} ${JSON.stringify(figures)}\n`);
      all.set(kind, [...(all.get(kind) ?? []), figures]);
    }
  return Object.fromEntries([...all].map(([kind, figures]) => [kind, medianOf(figures)]));
}

async function onFreshServer(database: BenchDatabase, kind: FloodKind): Promise<FloodFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-floods-'));
  const server = await startSwitchboard(await database.fresh('floods'), dataDir, { LOG_LEVEL: 'error' });
  const [generator, flooder] = [new Generator(), new Flooder()];
  try {
    await openRooms(server, ROOMS, USERS);
    await generator.connect({ url: server.url, secret: SECRET, users: USERS, rooms: ROOMS });
    await generator.join();
    await generator.send(WARM_UP);
    return await measure(server, generator, flooder, kind);
  } finally {
    await flooder.stop();
    await generator.stop();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(
  server: ServerProcess,
  generator: Generator,
  flooder: Flooder,
  kind: FloodKind,
): Promise<FloodFigures> {
  const alone = await generator.send(MESSAGES);
  const [rss, cpu, since] = [rssOf(server.pid), cpuOf(server.pid), performance.now()];
  await flooder.start({ kind, url: server.url, secret: SECRET, room: ROOMS[0] as string });
  const flooded = await generator.send(MESSAGES);
  const { perSecond, closed } = await flooder.end();
  const seconds = (performance.now() - since) / 1_000;
  return {
    aloneP50: alone.p50,
    aloneP99: alone.p99,
    floodedP50: flooded.p50,
    floodedP99: flooded.p99,
    ratio: flooded.p99 / alone.p99,
    floodPerSecond: perSecond,
    closed,
    serverCpu: (cpuOf(server.pid) - cpu) / seconds,
    rssGrowthMb: (rssOf(server.pid) - rss) / 1_048_576,
  };
}
