import { Turns } from './turns.js';

describe('Turns', () => {
  let turns: Turns;
  let order: string[];
  beforeEach(() => {
    turns = new Turns();
    order = [];
  });

  it('come one after the other, also after a failure', async () => {
    let fail: (error: Error) => void = () => undefined;
    const first = turns.take('a', () => new Promise<void>((_resolve, reject) => (fail = reject)));
    const second = turns.take('a', () => order.push('second'));
    await turns.take('b', () => order.push('other key'));
    expect(order).toEqual(['other key']);
    fail(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await second;
    expect(order).toEqual(['other key', 'second']);
  });

  it('keep nothing of a key whose work has ended', async () => {
    expect(await turns.take('a', () => 1)).toBe(1);
    await turns.take('b', () => undefined);
    const { last } = turns as unknown as { last: Map<string, unknown> };
    await new Promise(setImmediate);
    expect(last.size).toBe(0);
  });
});
