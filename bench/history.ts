import { medianOf, withContestant } from './contest.js';
import { SWITCHBOARD } from './contestants.js';
import { percentile } from './load/figures.js';
import { openRooms, roomNames, userToken, type BenchDatabase } from './setup.js';

const MESSAGES = 1_000_000;
const REQUESTS = 300;
const PAGE = 50;

export interface HistoryFigures {
  /** Milliseconds of a request. */
  firstPageP50: number;
  firstPageP99: number;
  deepPageP50: number;
  deepPageP99: number;
  searchP50: number;
  searchP99: number;
}

async function timed(url: string): Promise<{ p50: number; p99: number }> {
  const headers = { authorization: `Bearer ${userToken('1')}` };
  const times: number[] = [];
  for (let request = 0; request < REQUESTS + 20; request += 1) {
    const started = performance.now();
    const response = await fetch(url, { headers });
    const body = (await response.json()) as { data?: { messages?: unknown[] } };
    if (body.data?.messages?.length === 0 || !response.ok)
      throw new Error(`No messages at ${url}: ${response.status}`);
    if (request >= 20) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** A room of a million messages, filled once: in each run its first page, its ten-thousandth, and a search in it. */
export const benchHistory = (database: BenchDatabase, runs: number): Promise<HistoryFigures> =>
  withContestant(database, SWITCHBOARD, async ({ server, url }) => {
    await openRooms(server, roomNames(1), 2);
    await database.run(
      url,
      `INSERT INTO messages (id, room_id, seq, sender_id, type, content)
       SELECT gen_random_uuid(), r.id, n, (1 + n % 2)::text, 'text',
         'message number ' || n || CASE WHEN n % 5000 = 0 THEN ' about the brake service' ELSE ' about nothing' END
       FROM rooms r, generate_series(1, ${MESSAGES}) AS n WHERE r.key = 'service_0'`,
    );
    await database.run(
      url,
      `UPDATE rooms SET last_seq = ${MESSAGES}, last_message_at = now() WHERE key = 'service_0'`,
    );
    await database.run(url, 'VACUUM ANALYZE messages');
    const results: HistoryFigures[] = [];
    for (let run = 0; run < runs; run += 1) {
      results.push(await read(`${server.url}/api/v1/chat`));
      process.stderr.write(`${JSON.stringify(results.at(-1))}\n`);
    }
    return medianOf(results);
  });

async function read(base: string): Promise<HistoryFigures> {
  const first = await timed(`${base}/rooms/service_0/messages?page=1&per_page=${PAGE}`);
  const deep = await timed(`${base}/rooms/service_0/messages?page=10000&per_page=${PAGE}`);
  const search = await timed(`${base}/search?q=brake%20service&room_ids=service_0&per_page=20`);
  return {
    firstPageP50: first.p50,
    firstPageP99: first.p99,
    deepPageP50: deep.p50,
    deepPageP99: deep.p99,
    searchP50: search.p50,
    searchP99: search.p99,
  };
}
