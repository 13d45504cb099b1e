import { withContestant } from './contest.js';
import { SWITCHBOARD } from './contestants.js';
import type { JoinPlan } from './load/generator.js';
import { cpuOf, median } from './load/figures.js';
import { SECRET } from './processes.js';
import { openRooms, roomNames, userToken, type BenchDatabase } from './setup.js';

type Join = NonNullable<JoinPlan['joins']>[number];

const SERVICE: Join = { event: 'join_room', payload: { room_id: '$room' } };
const FIVE: Join[] = [
  SERVICE,
  { event: 'join_session', payload: { session_id: '$id' } },
  { event: 'join_chat', payload: { session_id: '$id' } },
  { event: 'join_room', payload: { roomId: '$id' } },
  { event: 'chat-join-conversation', payload: { conversationId: '$id' } },
];
const USERS = 5;
const WARM_UP = { perSecond: 500, seconds: 3 };
const LOAD = { perSecond: 1_000, seconds: 5 };

export interface DialectFigures {
  /** CPU microseconds for each message. */
  oneDialect: number;
  fiveDialects: number;
  ratio: number;
}

/** A room with five sockets, all in one dialect or each in another one: what a message costs the server. */
export async function benchDialects(database: BenchDatabase, runs: number): Promise<DialectFigures> {
  const costs = { one: [] as number[], five: [] as number[] };
  for (let run = 0; run < runs; run += 1) {
    for (const [name, joins] of [
      ['one', [SERVICE]],
      ['five', FIVE],
    ] as const) {
      const cost = await withContestant(database, SWITCHBOARD, async ({ server, generator }) => {
        const rooms = roomNames(1);
        await openRooms(server, rooms, USERS);
        const response = await fetch(`${server.url}/api/v1/chat/rooms/service_0`, {
          headers: { authorization: `Bearer ${userToken('1')}` },
        });
        const { data } = (await response.json()) as { data: { room: { id: string } } };
        await generator.connect({ url: server.url, secret: SECRET, users: USERS, rooms, namespace: '/' });
        await generator.join({ joins: [...joins], plainId: data.room.id });
        await generator.send(WARM_UP);
        const before = cpuOf(server.pid);
        const result = await generator.send(LOAD);
        if (result.missing > 0 || result.twice > 0) throw new Error(`${name}: ${JSON.stringify(result)}`);
        return ((cpuOf(server.pid) - before) / result.sent) * 1_000_000;
      });
      process.stderr.write(`${name}: ${cost.toFixed(0)} µs\n`);
      costs[name].push(cost);
    }
  }
  const [oneDialect, fiveDialects] = [median(costs.one), median(costs.five)];
  return { oneDialect, fiveDialects, ratio: fiveDialects / oneDialect };
}
