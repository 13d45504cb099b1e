/** Of events of one connection whose order is settled and which have not finished. */
const MAX_UNDER_WAY = 64;

/** What a task may say and ask about its place in the queue. */
export interface QueueTurn {
  /** The order of what this task does is settled: the next one may start before it has finished. */
  letNext(): void;
  /** Resolves when every task before this one has finished. */
  earlier(): Promise<void>;
}

/**
 * Events of one socket take effect in the order in which it sent them: each starts when the one before has finished, or
 * says that its effect has its place. The queue is bounded; what does not fit is refused, never dropped silently.
 */
export class EventQueue {
  private readonly waiting: ((turn: QueueTurn) => Promise<void>)[] = [];
  private running = false;
  private held = false;
  private underWay = 0;
  /** Of the task that waits for all before it; it is the last that has started. */
  private alone: (() => void) | undefined;

  constructor(private readonly capacity: number) {}

  /** False when the queue is full. The task must not reject. */
  push(task: (turn: QueueTurn) => Promise<void>): boolean {
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
      await this.start(task);
    }
    this.running = false;
  }

  /** Resolves when the next task may start. */
  private start(task: (turn: QueueTurn) => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.underWay += 1;
      const turn: QueueTurn = {
        letNext: () => {
          if (this.underWay < MAX_UNDER_WAY) resolve();
        },
        earlier: async () => {
          if (this.underWay > 1) await new Promise<void>((all) => (this.alone = all));
        },
      };
      void task(turn).then(() => {
        this.underWay -= 1;
        if (this.underWay === 1) this.alone?.();
        resolve();
      });
    });
  }
}
