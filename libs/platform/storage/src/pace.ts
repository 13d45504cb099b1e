/** What may come at once without waiting. */
const BURST_MS = 20;

/**
 * Spreads the work of everyone who shares it evenly over time, so that it cannot take the event loop from the others:
 * so many bytes a second, in the order of asking.
 */
export class Pace {
  private busyUntil = 0;

  constructor(private readonly bytesPerSecond: number) {}

  /** Takes the bytes, and answers how long to wait before going on (ms). */
  waitFor(bytes: number, now = performance.now()): number {
    this.busyUntil = Math.max(this.busyUntil, now) + (bytes / this.bytesPerSecond) * 1000;
    const wait = this.busyUntil - now - BURST_MS;
    return wait > 0 ? wait : 0;
  }
}
