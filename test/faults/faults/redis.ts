import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import type { Fault } from './fault.js';

export const redis = {
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
        stage.redis?.freeze();
        await sleep(10_000);
        stage.redis?.thaw();
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
