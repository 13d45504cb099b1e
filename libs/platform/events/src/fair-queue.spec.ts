import { FairQueue } from './fair-queue.js';

/** Pieces of work that end when told, and the order in which they began. */
function desk(queue: FairQueue) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const add = (name: string, signal?: AbortSignal): Promise<void> =>
    queue.run(
      name.charAt(0),
      () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
      signal,
    );
  const finishOne = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, add, finishOne };
}

describe('FairQueue', () => {
  it('gives owners turns, whoever came first with how much', async () => {
    const { begun, add, finishOne } = desk(new FairQueue(1));
    const all = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((name) => add(name));
    for (let count = 0; count < 6; count += 1) await finishOne();
    await Promise.all(all);
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('lets a newcomer wait for one piece of each of the others at most', async () => {
    const { begun, add, finishOne } = desk(new FairQueue(1));
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'b3']) void add(name);
    await finishOne();
    void add('n1');
    for (let count = 0; count < 4; count += 1) await finishOne();
    expect(begun).toEqual(['a1', 'b1', 'a2', 'n1', 'b2', 'a3']);
  });

  it('starves nobody for those who come one piece at a time', async () => {
    const { begun, add, finishOne } = desk(new FairQueue(1));
    for (const name of ['a1', 'a2', 'b1']) void add(name);
    for (const name of ['c1', 'b2', 'c2', 'b3']) {
      await finishOne();
      void add(name);
    }
    expect(begun.slice(0, 4)).toEqual(['a1', 'b1', 'a2', 'c1']);
  });

  it('works on so many at a time', async () => {
    const { begun, add, finishOne } = desk(new FairQueue(2));
    for (const name of ['a1', 'a2', 'a3', 'b1']) void add(name);
    await finishOne();
    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('keeps places free for others from one who has as many as one may have', async () => {
    const queue = new FairQueue(2, 1);
    const { begun, add, finishOne } = desk(queue);
    for (const name of ['a1', 'a2', 'a3']) void add(name);
    expect([begun, queue.runningOf('a'), queue.waitingOf('a')]).toEqual([['a1'], 1, 2]);
    for (const name of ['b1', 'b2']) void add(name);
    expect(begun).toEqual(['a1', 'b1']);
    await finishOne();
    expect(begun).toEqual(['a1', 'b1', 'a2']);
    await finishOne();
    expect(begun).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  it('forgets what is called off before its turn', async () => {
    const queue = new FairQueue(1);
    const { begun, add, finishOne } = desk(queue);
    const caller = new AbortController();
    void add('a1');
    const called = add('b1', caller.signal);
    void add('c1');
    caller.abort(new Error('gone'));
    await expect(called).rejects.toThrow('gone');
    await expect(add('b2', caller.signal)).rejects.toThrow('gone');
    expect([queue.waiting, queue.waitingOf('b'), queue.waitingOf('c')]).toEqual([1, 0, 1]);
    await finishOne();
    expect(begun).toEqual(['a1', 'c1']);
  });

  it('goes on after work that fails', async () => {
    const queue = new FairQueue(1);
    await expect(queue.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.run('a', () => 1)).toBe(1);
  });
});
