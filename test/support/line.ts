import type { Socket } from 'node:net';

/** One direction of a connection: what comes in goes out in its order, at once, late, or when it is let go. */
export class Line {
  private readonly waiting: { due: number; chunk: Buffer | undefined }[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param conditions as they are now: milliseconds that everything takes, and whether nothing moves at all */
  constructor(
    private readonly to: Socket,
    private readonly conditions: { readonly delayMs: number; readonly frozen: boolean },
  ) {}

  write(chunk: Buffer): void {
    this.enqueue(chunk);
  }

  /** The end of the connection travels behind what was sent before it. */
  end(): void {
    this.enqueue(undefined);
  }

  /** What is ready goes on its way; to be called when something thaws. */
  move(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting[0] && !this.conditions.frozen) {
      const left = this.waiting[0].due - performance.now();
      if (left > 0) {
        this.timer = setTimeout(() => this.move(), left);
        return;
      }
      const { chunk } = this.waiting.shift() as { chunk: Buffer | undefined };
      if (chunk === undefined) this.to.destroy();
      else this.to.write(chunk);
    }
  }

  /** Nothing of it arrives any more. */
  forget(): void {
    clearTimeout(this.timer);
    this.waiting.length = 0;
  }

  private enqueue(chunk: Buffer | undefined): void {
    const last = this.waiting.at(-1)?.due ?? 0;
    this.waiting.push({ due: Math.max(last, performance.now() + this.conditions.delayMs), chunk });
    if (!this.timer) this.move();
  }
}
