/** Work that is done one time after the other. Whoever asks while it is done shares the next time. */
export class SharedRuns {
  private current: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private since = Infinity;

  /** @param work never rejects; is told the earliest of those that were asked for */
  constructor(private readonly work: (since: number) => Promise<void>) {}

  /** @returns settles when a time that began after this call is done */
  ask(since: number): Promise<void> {
    this.since = Math.min(this.since, since);
    this.next ??= this.current.then(() => {
      const earliest = this.since;
      this.since = Infinity;
      this.next = undefined;
      this.current = this.work(earliest);
      return this.current;
    });
    return this.next;
  }
}
