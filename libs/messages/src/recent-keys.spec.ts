import { RecentKeys } from './recent-keys.js';

describe('RecentKeys', () => {
  it('knows the keys added last, as many as asked for, and not many more', () => {
    const keys = new RecentKeys(10);
    for (let n = 0; n < 105; n += 1) keys.add(`${n}`);
    const known = Array.from({ length: 105 }, (_, n) => n).filter((n) => keys.has(`${n}`));
    expect(known).toEqual(Array.from({ length: 15 }, (_, n) => 90 + n));
    expect(keys.has('never')).toBe(false);
  });
});
