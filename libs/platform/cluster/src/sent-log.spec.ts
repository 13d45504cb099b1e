import { SentLog } from './sent-log.js';

describe('what was said last', () => {
  it('is kept by number, as much as bounds allow, the newest first', () => {
    const log = new SentLog();
    for (let n = 1; n <= 10_005; n += 1) log.add((number) => Buffer.from(String(number)), 0);
    expect([log.first, log.last]).toEqual([6, 10_005]);
    expect(log.get(5)).toBeUndefined();
    expect(log.get(6)?.toString()).toBe('6');
    const big = Buffer.alloc(9 * 2 ** 20);
    log.add(() => big, 0);
    log.add(() => big, 0);
    expect([log.first, log.last]).toEqual([10_007, 10_007]);
  });

  it('is forgotten after a minute', () => {
    const log = new SentLog();
    log.add(() => Buffer.from('old'), 0);
    log.add(() => Buffer.from('new'), 59_000);
    log.forgetOld(61_000);
    expect([log.first, log.last]).toEqual([2, 2]);
  });
});
