import { GroupLimit } from './group-limit.js';

const after = (times: number[], most = 5): number => {
  const limit = new GroupLimit(most);
  for (const ms of times) limit.note(ms);
  return limit.current;
};

describe('GroupLimit', () => {
  it('is two near the database, also while that is busy now and then', () => {
    expect(after([])).toBe(2);
    expect(after([0.8, 1.2, 19])).toBe(2);
    expect(after([1, 300, 400, 500])).toBe(2);
  });

  it('grows with the time of the fastest, up to what connections allow', () => {
    expect(after([45, 60])).toBe(4);
    expect(after([420, 400, 405])).toBe(5);
    expect(after([420], 100)).toBe(23);
    expect(after([420], 1)).toBe(2);
  });

  it('forgets: a database that came nearer, or went away', () => {
    expect(after([400, 2])).toBe(2);
    expect(after([2, ...Array.from({ length: 15 }, () => 400)])).toBe(2);
    expect(after([2, ...Array.from({ length: 16 }, () => 400)])).toBe(5);
  });
});
