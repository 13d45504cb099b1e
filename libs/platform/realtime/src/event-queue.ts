/**
 * Events of one socket take effect in the order in which it sent them: each starts when the one before has finished.
 * The queue is bounded; what does not fit is refused, never dropped silently.
 */
export class EventQueue {
  private readonly waiting: (() => Promise<void>)[] = [];
  private running = false;
  private held = false;

  constructor(private readonly capacity: number) {}

  /** False when the queue is full. The task must not reject. */
  push(task: () => Promise<void>): boolean {
    if (this.waiting.length >= this.capacity) return false;
    this.waiting.push(task);
    void this.drain();
    return true;
  }

  /** Nothing starts until `release`: authentication is under way. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    void this.drain();
  }

  clear(): void {
    this.waiting.length = 0;
  }

  private async drain(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.held) {
      const task = this.waiting.shift();
      if (!task) break;
      await task();
    }
    this.running = false;
  }
}
