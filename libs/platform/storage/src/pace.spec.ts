import { Pace } from './pace.js';

describe('a pace that several share', () => {
  it('lets a little pass at once, and then spreads the rest evenly', () => {
    const pace = new Pace(1_000);
    expect(pace.waitFor(10, 0)).toBe(0);
    expect(pace.waitFor(100, 0)).toBe(90);
    // Whoever asks next waits behind both.
    expect(pace.waitFor(100, 0)).toBe(190);
    expect(pace.waitFor(10, 1_000)).toBe(0);
  });

  it('serves owners in turn, whoever has how much under way', async () => {
    const pace = new Pace(1_000);
    const served: string[] = [];
    const take = (owner: string, bytes: number): Promise<void> =>
      pace.take(owner, bytes).then(() => void served.push(owner));
    await Promise.all([take('a', 30), take('a', 5), take('a', 5), take('b', 5)]);
    expect(served).toEqual(['a', 'b', 'a', 'a']);
  });
});
