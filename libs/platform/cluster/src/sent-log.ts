const MAX_FRAMES = 10_000;
const MAX_BYTES = 16 * 2 ** 20;
const MAX_AGE_MS = 60_000;

interface Sent {
  bytes: Buffer;
  at: number;
}

/** What this server said last, by number, for others that missed some of it. Bounded in number, bytes and age. */
export class SentLog {
  private readonly sent = new Map<number, Sent>();
  private kept = 0;
  private lastNumber = 0;
  private firstNumber = 1;

  /** Number of the newest; 0 before the first. */
  get last(): number {
    return this.lastNumber;
  }

  /** The lowest number that is kept. */
  get first(): number {
    return this.firstNumber;
  }

  /** @param encode makes the bytes of the message with this number */
  add(encode: (n: number) => Buffer, now: number): Buffer {
    const n = (this.lastNumber += 1);
    const bytes = encode(n);
    this.sent.set(n, { bytes, at: now });
    this.kept += bytes.length;
    while (this.sent.size > MAX_FRAMES || this.kept > MAX_BYTES) this.dropFirst();
    return bytes;
  }

  get(n: number): Buffer | undefined {
    return this.sent.get(n)?.bytes;
  }

  forgetOld(now: number): void {
    for (const [, { at }] of this.sent) {
      if (now - at <= MAX_AGE_MS) break;
      this.dropFirst();
    }
  }

  private dropFirst(): void {
    const bytes = this.sent.get(this.firstNumber)?.bytes;
    this.kept -= bytes?.length ?? 0;
    this.sent.delete(this.firstNumber);
    this.firstNumber += 1;
  }
}
