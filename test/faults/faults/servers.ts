import { setTimeout as sleep } from 'node:timers/promises';
import { libfaketime } from '../stage/chat-node.js';
import type { Fault, Play } from './fault.js';

const STOPS_WITHIN_MS = 8_000;
const MACHINE_MS = 2_000;

export const servers = {
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
