import { setTimeout as sleep } from 'node:timers/promises';
import { FairQueue } from '#libs/platform/events';

/** What may come at once without waiting. */
const BURST_MS = 20;

/**
 * Spreads the work of everyone who shares it evenly over time, so that it cannot take the event loop from the others:
 * so many bytes a second, and owners in turn, however many connections one of them sends by.
 */
export class Pace {
  private readonly turns = new FairQueue(1);
  private busyUntil = 0;

  constructor(private readonly bytesPerSecond: number) {}

  /** Resolves when the owner may go on with these bytes. */
  take(owner: string, bytes: number): Promise<void> {
    return this.turns.run(owner, async () => {
      const wait = this.waitFor(bytes);
      if (wait > 0) await sleep(wait);
    });
  }

  /** Takes the bytes, and answers how long to wait before going on (ms). */
  waitFor(bytes: number, now = performance.now()): number {
    this.busyUntil = Math.max(this.busyUntil, now) + (bytes / this.bytesPerSecond) * 1000;
    const wait = this.busyUntil - now - BURST_MS;
    return wait > 0 ? wait : 0;
  }
}
