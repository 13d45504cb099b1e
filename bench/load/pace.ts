export interface Pace {
  /** 0: as fast as acknowledgements come, with so many under way. */
  perSecond: number;
  seconds: number;
  window?: number;
}
export interface Progress {
  sent: number;
  acknowledged: number;
}

const WAIT_MS = 20_000;

/**
 * Calls `one`, which counts what it sends, as often as is due. Settles when `done`, or twenty seconds after the last
 * was sent, with the seconds that took.
 */
export async function pace(
  { perSecond, seconds, window = 100 }: Pace,
  progress: Readonly<Progress>,
  one: () => void,
  done: () => boolean,
): Promise<number> {
  const started = performance.now();
  const total = perSecond * seconds;
  await new Promise<void>((resolve) => {
    const tick = (): void => {
      const elapsed = (performance.now() - started) / 1000;
      const due = perSecond > 0 ? Math.min(total, Math.floor(elapsed * perSecond)) : Number.POSITIVE_INFINITY;
      let burst = 0;
      while (
        progress.sent < due &&
        burst < 500 &&
        (perSecond > 0 || progress.sent - progress.acknowledged < window)
      ) {
        one();
        burst += 1;
      }
      if ((perSecond > 0 && progress.sent >= total) || (perSecond === 0 && elapsed >= seconds)) resolve();
      else if (perSecond > 0) setTimeout(tick, 1);
      else setImmediate(tick);
    };
    tick();
  });
  const deadline = performance.now() + WAIT_MS;
  while (!done() && performance.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
  return (performance.now() - started) / 1000;
}
