import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/process.js';
import type { Fault } from './fault.js';

export const database = {
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

export const network = {
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
