import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { medianOf } from './contest.js';
import type { Backoff } from './load/crowd.js';
import { Crowd, SECRET, startFloor, startSwitchboard, type ServerProcess } from './processes.js';
import type { BenchDatabase } from './setup.js';

const CLIENTS = 2_000;
const BACKOFFS: Record<string, Backoff> = {
  'as it comes': { reconnectionDelay: 1_000, reconnectionDelayMax: 5_000, randomizationFactor: 0.5 },
  shorter: { reconnectionDelay: 500, reconnectionDelayMax: 2_000, randomizationFactor: 0.5 },
};

interface ReconnectFigures {
  /** Seconds from the kill until the server listens again. */
  restart: number;
  /** Seconds from the kill, and from when it listens again, until all are back; and half of them. */
  sinceKill: number;
  sinceListening: number;
  half: number;
  /** Attempts of each client. */
  attempts: number;
}

type Start = (port: string) => Promise<ServerProcess>;

/** 2,000 clients whose server is killed and started again: how long until all are back. Medians. */
export async function benchReconnect(
  database: BenchDatabase,
  runs: number,
): Promise<Record<string, ReconnectFigures>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-reconnect-'));
  const urls = { floor: await database.fresh('crowd_floor'), switchboard: await database.fresh('crowd') };
  const contestants: Record<string, Start> = {
    floor: (port) => startFloor(urls.floor, 'grouped', { PORT: port }),
    switchboard: (port) => startSwitchboard(urls.switchboard, dataDir, { PORT: port }),
  };
  const all = new Map<string, ReconnectFigures[]>();
  try {
    for (let run = 0; run < runs; run += 1)
      for (const [settings, backoff] of Object.entries(BACKOFFS))
        for (const [name, start] of Object.entries(contestants)) {
          const figures = await once(start, backoff);
          const key = `${name}, ${settings}`;
          process.stderr.write(`${key} ${JSON.stringify(figures)}\n`);
          all.set(key, [...(all.get(key) ?? []), figures]);
        }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  return Object.fromEntries([...all].map(([key, figures]) => [key, medianOf(figures)]));
}

async function once(start: Start, backoff: Backoff): Promise<ReconnectFigures> {
  let server = await start('0');
  const crowd = new Crowd();
  try {
    await crowd.gather({ url: server.url, secret: SECRET, clients: CLIENTS, backoff });
    const killed = Date.now();
    await server.kill();
    server = await start(new URL(server.url).port);
    const listening = Date.now();
    const { all, half, attempts } = await crowd.back();
    return {
      restart: (listening - killed) / 1_000,
      sinceKill: (all - killed) / 1_000,
      sinceListening: (all - listening) / 1_000,
      half: (half - killed) / 1_000,
      attempts: attempts / CLIENTS,
    };
  } finally {
    await crowd.stop();
    await server.stop();
  }
}
