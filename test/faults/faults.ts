import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import type { Window } from './checker/facts.js';
import { eventually } from '../support/process.js';
import type { Random } from './random.js';
import { libfaketime, type ChatNode } from './stage/chat-node.js';
import type { Stage } from './stage/stage.js';

/** What a fault may act on. */
export interface Play {
  stage: Stage;
  /** The one server that it concerns, where it concerns one. */
  victim: ChatNode;
  random: Random;
  /** What this breaks, as long as the work lasts. */
  during(without: Window['without'], nodes: readonly ChatNode[], work: () => Promise<unknown>): Promise<void>;
  trouble(what: string): void;
}

export interface Fault {
  about: string;
  /** Servers that it needs; two have a Redis. */
  nodes: 1 | 2;
  /** Why it cannot be brought about on this machine. */
  impossible?: string;
  run(play: Play): Promise<void>;
}

const STOPS_WITHIN_MS = 8_000;
const MACHINE_MS = 2_000;

const servers = {
  'kill-server': {
    about: 'kill -9 of a server, which starts again after 2 s',
    nodes: 1,
    run: ({ during, victim }) =>
      during('server', [victim], async () => {
        await victim.kill();
        await sleep(2_000);
        await victim.start();
      }),
  },
  'pause-server-2': {
    about: 'a server is stopped (SIGSTOP) for 2 s',
    nodes: 1,
    run: (play) => pause(play, 2_000),
  },
  'pause-server-12': {
    about: 'a server is stopped (SIGSTOP) for 12 s, longer than its lease',
    nodes: 1,
    run: (play) => pause(play, 12_000),
  },
  'stop-server': {
    about: 'graceful stop (SIGTERM) of a server, and start',
    nodes: 1,
    run: ({ during, victim, trouble }) =>
      during('server', [victim], async () => {
        const exit = await victim.terminate();
        if (exit && (exit.code !== 0 || exit.ms > STOPS_WITHIN_MS + MACHINE_MS))
          trouble(`SIGTERM: exit ${exit.signal ?? exit.code} after ${Math.round(exit.ms)} ms`);
        await victim.start();
      }),
  },
  'clock-ahead': clock('+90s', "a server's clock is 90 s ahead"),
  'clock-behind': clock('-90s', "a server's clock is 90 s behind"),
} satisfies Record<string, Fault>;

async function pause({ during, victim }: Play, ms: number): Promise<void> {
  await during('server', [victim], async () => {
    victim.pause();
    await sleep(ms);
    victim.goOn();
  });
}

function clock(shift: string, about: string): Fault {
  const restart = async ({ during, victim }: Play, to?: string): Promise<void> =>
    during('server', [victim], async () => {
      await victim.terminate();
      await victim.start(to);
    });
  return {
    about,
    nodes: 1,
    ...(libfaketime ? {} : { impossible: 'libfaketime is not installed' }),
    run: async (play) => {
      await restart(play, shift);
      await sleep(4_000);
      await restart(play);
    },
  };
}

const database = {
  'kill-database': {
    about: 'kill -9 of PostgreSQL, which starts again after 2 s',
    nodes: 1,
    run: ({ during, stage }) =>
      during('database', stage.nodes, async () => {
        await stage.postgres.kill();
        await sleep(2_000);
        await stage.postgres.restart();
        for (const node of stage.nodes) node.database.leadTo(stage.postgres.port);
      }),
  },
  'end-sessions': {
    about: 'pg_terminate_backend of all sessions, three times',
    nodes: 1,
    run: ({ during, stage }) =>
      during('database', stage.nodes, () => thrice(() => stage.postgres.terminateBackends())),
  },
  'cut-database': {
    about: 'connections to the database are cut, three times',
    nodes: 1,
    run: ({ during, stage }) =>
      during('database', stage.nodes, () =>
        thrice(async () => stage.nodes.forEach((node) => node.database.cut())),
      ),
  },
  'lost-insert': lostAnswers('insert', 'the answer to the statement that stores messages is lost'),
  'lost-commit': lostAnswers('commit', 'the answer to COMMIT is lost'),
  'silent-database': {
    about: 'the network to the database swallows everything for 5 s',
    nodes: 1,
    run: ({ during, stage }) =>
      during('database', stage.nodes, async () => {
        for (const node of stage.nodes) node.database.silence();
        await sleep(5_000);
        for (const node of stage.nodes) await node.database.resume();
      }),
  },
  'frozen-database': {
    about: 'the network to the database stands still for 5 s and then delivers',
    nodes: 1,
    run: ({ during, stage }) =>
      during('database', stage.nodes, async () => {
        for (const node of stage.nodes) node.database.freeze();
        await sleep(5_000);
        for (const node of stage.nodes) node.database.thaw();
      }),
  },
  'pause-database': {
    about: 'PostgreSQL is stopped (SIGSTOP) for 5 s',
    nodes: 1,
    run: ({ during, stage }) =>
      during('database', stage.nodes, async () => {
        await stage.postgres.pause();
        await sleep(5_000);
        await stage.postgres.goOn();
      }),
  },
  'one-without-database': {
    about: 'one server cannot reach the database for 5 s',
    nodes: 2,
    run: ({ during, victim }) =>
      during('database', [victim], async () => {
        await victim.database.refuse();
        await sleep(5_000);
        await victim.database.resume();
      }),
  },
} satisfies Record<string, Fault>;

async function thrice(act: () => Promise<void>): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    await act();
    await sleep(700);
  }
}

function lostAnswers(kind: 'commit' | 'insert', about: string): Fault {
  const TIMES = 4;
  return {
    about: `${about}, ${TIMES} times on each server`,
    nodes: 1,
    run: ({ during, stage }) =>
      during('database', stage.nodes, async () => {
        const before = stage.nodes.map(({ lost }) => lost.cuts);
        for (const { lost } of stage.nodes) lost.lose(kind, TIMES);
        const all = (): boolean => stage.nodes.every(({ lost }, n) => lost.cuts >= before[n]! + TIMES);
        await eventually('answers are lost', all, 10_000).catch(() => undefined);
        for (const { lost } of stage.nodes) lost.stop();
      }),
  };
}

const redis = {
  'kill-redis': {
    about: 'kill -9 of Redis, which starts again empty after 2 s',
    nodes: 2,
    run: ({ during, stage }) =>
      during('redis', stage.nodes, async () => {
        await stage.redis?.kill();
        await sleep(2_000);
        await stage.redis?.start();
      }),
  },
  'pause-redis': {
    about: 'Redis is stopped (SIGSTOP) for 10 s',
    nodes: 2,
    run: ({ during, stage }) =>
      during('redis', stage.nodes, async () => {
        stage.redis?.signal('SIGSTOP');
        await sleep(10_000);
        stage.redis?.signal('SIGCONT');
      }),
  },
  'silent-redis': {
    about: 'the network to Redis swallows everything for 10 s',
    nodes: 2,
    run: ({ during, stage }) =>
      during('redis', stage.nodes, async () => {
        for (const node of stage.nodes) node.redis?.silence();
        await sleep(10_000);
        for (const node of stage.nodes) await node.redis?.resume();
      }),
  },
  'one-without-redis': {
    about: 'one server cannot reach Redis for 8 s; people are removed by another',
    nodes: 2,
    run: ({ during, victim }) =>
      during('redis', [victim], async () => {
        await victim.redis?.refuse();
        await sleep(8_000);
        await victim.redis?.resume();
      }),
  },
  'one-with-silent-redis': {
    about: 'for one server Redis is silent for 8 s; people are removed by another',
    nodes: 2,
    run: ({ during, victim }) =>
      during('redis', [victim], async () => {
        victim.redis?.silence();
        await sleep(8_000);
        await victim.redis?.resume();
      }),
  },
  flushall: {
    about: 'FLUSHALL of Redis, twice',
    nodes: 2,
    run: ({ during, stage }) =>
      during('redis', stage.nodes, async () => {
        const client = createClient({ url: stage.redis?.url });
        await client.connect();
        await client.flushAll();
        await sleep(1_500);
        await client.flushAll();
        client.destroy();
      }),
  },
} satisfies Record<string, Fault>;

const network = {
  slow: {
    about: 'database and Redis are 200 ms away for 6 s',
    nodes: 1,
    run: ({ during, stage }) =>
      during('speed', stage.nodes, async () => {
        const lines = stage.nodes.flatMap((node) => [node.database, ...(node.redis ? [node.redis] : [])]);
        for (const line of lines) line.delay(100);
        await sleep(6_000);
        for (const line of lines) line.delay(0);
      }),
  },
} satisfies Record<string, Fault>;

export const FAULTS: Readonly<Record<string, Fault>> = { ...servers, ...database, ...redis, ...network };
