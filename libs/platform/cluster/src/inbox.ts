/** Messages that wait for one before them; a sender that is so far ahead is caught up with from the database. */
const MAX_HELD = 10_000;

export interface Span {
  from: number;
  to: number;
}

/** What one other server says, by number: each once and in order, whatever way it came. */
export class Inbox {
  /** The lowest number that was not delivered yet; undefined before the first word of that server. */
  private next: number | undefined;
  private newest = 0;
  private readonly held = new Map<number, () => void>();

  receive(n: number, deliver: () => void): void {
    this.next ??= n;
    this.newest = Math.max(this.newest, n);
    if (n < this.next) return;
    if (n > this.next) {
      if (this.held.size < MAX_HELD) this.held.set(n, deliver);
      return;
    }
    this.next += 1;
    deliver();
    this.deliverHeld();
  }

  /** The server says that this was its last message. */
  announce(n: number): void {
    this.next ??= n + 1;
    this.newest = Math.max(this.newest, n);
  }

  /** The first stretch that has not come. */
  get missing(): Span | undefined {
    if (this.next === undefined || this.next > this.newest) return undefined;
    let to = this.next;
    while (to < this.newest && !this.held.has(to + 1)) to += 1;
    return { from: this.next, to };
  }

  /** What is before `n` will not come any more. */
  skipTo(n: number): void {
    if (this.next === undefined || n <= this.next) return;
    this.next = n;
    for (const number of this.held.keys()) if (number < n) this.held.delete(number);
    this.deliverHeld();
  }

  private deliverHeld(): void {
    for (;;) {
      const deliver = this.held.get(this.next as number);
      if (!deliver) return;
      this.held.delete(this.next as number);
      this.next = (this.next as number) + 1;
      deliver();
    }
  }
}
