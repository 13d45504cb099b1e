/** Two keep the database busy while one commit is on its way to the disk; near it more gain nothing (measured). */
const LEAST = 2;
/** One more for each of these (ms) that even the fastest group takes. */
const STEP_MS = 20;
/** The fastest of so many counts: what is slow because the database is busy must not make it busier. */
const REMEMBERED = 16;

/**
 * How many groups of messages may be under way at a time. A group takes at least one round trip, so the farther away the
 * database is, the more have to be under way for the same number of messages.
 */
export class GroupLimit {
  private readonly lasted: number[] = [];
  private next = 0;
  private limit = LEAST;

  /** @param most the other connections are for what messages have to look up */
  constructor(private readonly most: number) {}

  get current(): number {
    return this.limit;
  }

  /** A group was stored and took so long (ms). */
  note(ms: number): void {
    this.lasted[this.next] = ms;
    this.next = (this.next + 1) % REMEMBERED;
    const wanted = LEAST + Math.floor(Math.min(...this.lasted) / STEP_MS);
    this.limit = Math.max(LEAST, Math.min(wanted, this.most));
  }
}
