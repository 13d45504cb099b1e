import { Logger } from '@nestjs/common';
import { CatchUp } from './catch-up.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('catching up', () => {
  let catchUp: CatchUp;
  let done: string[];
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    catchUp = new CatchUp();
    done = [];
  });

  it('ends rights before it tells news', async () => {
    catchUp.then(() => void done.push('news'));
    catchUp.first(async () => {
      await turn();
      done.push('rights');
    });
    await catchUp.run(performance.now());
    expect(done).toEqual(['rights', 'news']);
  });

  it('looks as far back as the doubt reaches, and further', async () => {
    let back = 0;
    catchUp.then((sinceMs) => void (back = sinceMs));
    await catchUp.run(performance.now() - 5_000);
    expect(back).toBeGreaterThanOrEqual(15_000);
    expect(back).toBeLessThan(60_000);
  });

  it('covers with one more run all doubts that came during one', async () => {
    let runs = 0;
    let finish: () => void = () => undefined;
    catchUp.first(() => {
      runs += 1;
      return runs === 1 ? new Promise((resolve) => (finish = resolve)) : undefined;
    });
    const first = catchUp.run(performance.now());
    const others = [catchUp.run(performance.now()), catchUp.run(performance.now())];
    finish();
    await Promise.all([first, ...others]);
    expect(runs).toBe(2);
  });

  it('tells nothing until rights are ended; what cannot be told keeps nothing else back', async () => {
    let attempts = 0;
    catchUp.first(() => {
      attempts += 1;
      if (attempts === 1) throw new Error('The database is away.');
    });
    catchUp.then(() => {
      done.push('failed');
      throw new Error('Not this one.');
    });
    catchUp.then(() => void done.push('told'));
    await catchUp.run(performance.now());
    expect(attempts).toBe(2);
    expect(done).toEqual(['failed', 'told']);
  });
});
