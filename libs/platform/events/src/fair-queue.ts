type Start = () => void;

interface Owner {
  readonly waiting: Set<Start>;
  running: number;
  /** When the last turn was; whoever is new comes right before the one who had it last. */
  turn: number;
}

/**
 * Work of many owners, so many pieces at a time. Owners take turns: a newcomer waits for what is running and for one
 * piece of each owner who waited before, however much work they have, and not at all while a place is free for them.
 */
export class FairQueue {
  private readonly owners = new Map<string, Owner>();
  private turns = 0;
  private running = 0;

  /** @param perOwner how many pieces of one owner at a time; the places that this leaves are kept for others */
  constructor(
    private readonly atOnce: number,
    private readonly perOwner = atOnce,
  ) {}

  /** Pieces that wait for their turn. */
  get waiting(): number {
    let count = 0;
    for (const { waiting } of this.owners.values()) count += waiting.size;
    return count;
  }

  waitingOf(owner: string): number {
    return this.owners.get(owner)?.waiting.size ?? 0;
  }

  runningOf(owner: string): number {
    return this.owners.get(owner)?.running ?? 0;
  }

  /**
   * Settles as the work does.
   * @param signal when it aborts before the work's turn, the work is never started and the reason is thrown
   */
  async run<T>(owner: string, work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const entry = this.owners.get(owner) ?? { waiting: new Set(), running: 0, turn: this.turns - 0.5 };
    this.owners.set(owner, entry);
    if (this.running < this.atOnce && entry.running < this.perOwner) this.begin(entry);
    else await this.wait(owner, entry, signal);
    try {
      return await work();
    } finally {
      entry.running -= 1;
      this.running -= 1;
      this.forget(owner, entry);
      this.next();
    }
  }

  private wait(owner: string, entry: Owner, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        entry.waiting.delete(start);
        this.forget(owner, entry);
        reject(signal?.reason as Error);
      };
      const start = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      entry.waiting.add(start);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  private next(): void {
    let first: Owner | undefined;
    for (const entry of this.owners.values())
      if (entry.waiting.size > 0 && entry.running < this.perOwner && (!first || entry.turn < first.turn))
        first = entry;
    const [start] = first?.waiting ?? [];
    if (!first || !start) return;
    first.waiting.delete(start);
    this.begin(first);
    start();
  }

  private begin(entry: Owner): void {
    this.turns += 1;
    entry.turn = this.turns;
    entry.running += 1;
    this.running += 1;
  }

  private forget(name: string, entry: Owner): void {
    if (entry.running === 0 && entry.waiting.size === 0) this.owners.delete(name);
  }
}
