import { EventQueue } from './event-queue.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('EventQueue', () => {
  it('starts each task when the one before has finished', async () => {
    const queue = new EventQueue(10);
    const order: string[] = [];
    const gates: (() => void)[] = [];
    for (const name of ['a', 'b', 'c'])
      queue.push(async () => {
        order.push(`${name} starts`);
        await new Promise<void>((resolve) => gates.push(resolve));
        order.push(`${name} ends`);
      });
    for (let step = 0; step < 3; step += 1) {
      await turn();
      gates[step]?.();
    }
    await turn();
    expect(order).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  });

  it('starts the next one early where the order is settled, but none that asks for all before it', async () => {
    const queue = new EventQueue(100);
    const order: string[] = [];
    const ends = new Map<string, () => void>();
    const add = (name: string, kind: 'settled' | 'waits' | 'plain'): boolean =>
      queue.push(async ({ letNext, earlier }) => {
        if (kind === 'waits') await earlier();
        order.push(name);
        if (kind === 'settled') letNext();
        await new Promise<void>((resolve) => ends.set(name, resolve));
      });
    add('a', 'settled');
    add('b', 'settled');
    add('c', 'waits');
    add('d', 'plain');
    await turn();
    expect(order).toEqual(['a', 'b']);
    ends.get('b')?.();
    await turn();
    expect(order).toEqual(['a', 'b']);
    ends.get('a')?.();
    await turn();
    expect(order).toEqual(['a', 'b', 'c']);
    ends.get('c')?.();
    await turn();
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    ends.get('d')?.();
    for (let number = 0; number < 70; number += 1) add(`many ${number}`, 'settled');
    await turn();
    // So many may be under way.
    expect(order).toHaveLength(4 + 64);
    for (const end of ends.values()) end();
    await turn();
    expect(order).toHaveLength(4 + 70);
  });

  it('starts nothing while it is held', async () => {
    const queue = new EventQueue(10);
    const order: number[] = [];
    queue.hold();
    for (const number of [1, 2]) queue.push(async () => void order.push(number));
    await turn();
    expect(order).toEqual([]);
    queue.release();
    await turn();
    expect(order).toEqual([1, 2]);
  });

  it('refuses what does not fit, and forgets what waits when it is cleared', async () => {
    const queue = new EventQueue(2);
    const ran: number[] = [];
    queue.hold();
    expect([1, 2, 3].map((number) => queue.push(async () => void ran.push(number)))).toEqual([
      true,
      true,
      false,
    ]);
    queue.clear();
    queue.release();
    await turn();
    expect(ran).toEqual([]);
    expect(queue.push(async () => void ran.push(4))).toBe(true);
    await turn();
    expect(ran).toEqual([4]);
  });
});
