/** Work of one key comes one after the other, in the order of the calls; different keys do not wait for each other. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** Starts when what came before it for this key has ended, well or not. Settles as the work does. */
  take<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const turn = (this.last.get(key) ?? DONE).then(work);
    const ended = turn.then(nothing, nothing).then(() => {
      if (this.last.get(key) === ended) this.last.delete(key);
    });
    this.last.set(key, ended);
    return turn;
  }
}

const DONE = Promise.resolve();
const nothing = (): void => undefined;
