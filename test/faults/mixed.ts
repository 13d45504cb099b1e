import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Play } from './faults/fault.js';
import { FAULTS } from './faults/index.js';

/** What one kind of fault may do beside the others: two faults of one kind would undo each other. */
const LANES = [
  ['kill-server', 'pause-server-2', 'pause-server-12', 'stop-server'],
  [
    'kill-database',
    'end-sessions',
    'cut-database',
    'lost-insert',
    'lost-commit',
    'silent-database',
    'frozen-database',
    'one-without-database',
  ],
  ['kill-redis', 'pause-redis', 'one-without-redis', 'one-with-silent-redis', 'flushall'],
];

/** Faults of all kinds, by chance and at the same time, for so many seconds; each comes to its end. */
export async function runMixed(play: Play, seconds: number, progress: (line: string) => void): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const { random, stage } = play;
  const lane = async (names: string[]): Promise<void> => {
    const possible = names
      .map((name): [string, Fault] => [name, FAULTS[name] as Fault])
      .filter(([, fault]) => fault.nodes <= stage.nodes.length && !fault.impossible);
    while (possible.length > 0) {
      await sleep(random.between(500, 6_000));
      if (performance.now() > end) return;
      const [name, fault] = random.pick(possible);
      const victim = random.pick(stage.nodes);
      progress(`random: ${name} (${victim.name})`);
      await fault.run({ ...play, victim });
    }
  };
  await Promise.all(LANES.map(lane));
}
