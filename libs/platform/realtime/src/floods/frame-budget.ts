import { TokenBucket } from '#libs/platform/rate-limit';

/** What may come in within a second. */
export interface FrameRate {
  frames: number;
  bytes: number;
}

/** Saved up at most. */
const BURST_SECONDS = 2;

/** Frames and bytes that a connection, or all of one sender's, may send. Times are milliseconds of one clock. */
export class FrameBudget {
  readonly framesPerSecond: number;
  private readonly frames: TokenBucket;
  private readonly bytes: TokenBucket;

  constructor({ frames, bytes }: FrameRate, now = performance.now()) {
    this.framesPerSecond = frames;
    this.frames = new TokenBucket(frames, frames * BURST_SECONDS, now);
    this.bytes = new TokenBucket(bytes, bytes * BURST_SECONDS, now);
  }

  spend(frames: number, bytes: number, now: number): void {
    if (frames > 0) this.frames.spend(frames, now);
    if (bytes > 0) this.bytes.spend(bytes, now);
  }

  isOutOfBytes(now: number): boolean {
    return this.bytes.wait(now) > 0;
  }

  /** Seconds until a frame may pass; 0: now. */
  wait(now: number): number {
    return Math.max(this.frames.wait(now), this.bytes.wait(now));
  }
}
