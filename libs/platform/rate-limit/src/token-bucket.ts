/**
 * Synchronous token bucket for one holder (a socket, a user): `rate` tokens a second, at most `burst` saved.
 * It stands before parsing, where a promise for each event would cost more than the event.
 */
export class TokenBucket {
  private tokens: number;
  private last: number;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    now = performance.now(),
  ) {
    this.tokens = burst;
    this.last = now;
  }

  /** Takes a token and answers 0, or the seconds to wait until there is one. */
  take(now = performance.now()): number {
    this.refill(now);
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    return (1 - this.tokens) / this.rate;
  }

  /** Seconds until there is a token, 0 when there is one; takes none. */
  wait(now = performance.now()): number {
    this.refill(now);
    return this.tokens >= 1 ? 0 : (1 - this.tokens) / this.rate;
  }

  /** Takes tokens that are spent already, here or elsewhere, into debt as deep as a burst. */
  spend(count: number, now = performance.now()): void {
    this.refill(now);
    this.tokens = Math.max(-this.burst, this.tokens - count);
  }

  private refill(now: number): void {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.last) / 1000) * this.rate);
    this.last = now;
  }
}
