import { Logger } from '@nestjs/common';
import { CatchUp } from './catch-up.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('catching up', () => {
  let catchUp: CatchUp;
  let done: string[];
  beforeAll(() => Logger.overrideLogger(false));
  afterEach(() => catchUp.stop());
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
    await turn();
    const others = [catchUp.run(performance.now()), catchUp.run(performance.now())];
    finish();
    await Promise.all([first, ...others]);
    expect(runs).toBe(2);
  });

  it('of several who ask at the same time lets none go on before it is done', async () => {
    let finish: () => void = () => undefined;
    let running = 0;
    catchUp.first(async () => {
      running += 1;
      await new Promise<void>((resolve) => (finish = resolve));
      running -= 1;
    });
    const first = catchUp.run(performance.now());
    await turn();
    const others = [1, 2].map(async () => {
      await catchUp.run(performance.now());
      done.push(`done, ${running} running`);
    });
    finish();
    await first;
    await turn();
    expect(done).toEqual([]);
    finish();
    await Promise.all(others);
    expect(done).toEqual(['done, 0 running', 'done, 0 running']);
  });

  it('ends rights while it still tells news', async () => {
    catchUp.first(() => void done.push('rights'));
    let finish: () => void = () => undefined;
    catchUp.then(() => new Promise((resolve) => (finish = resolve)));
    const first = catchUp.run(performance.now());
    await turn();
    const second = catchUp.run(performance.now());
    await turn();
    expect(done).toEqual(['rights', 'rights']);
    finish();
    await first;
    await turn();
    finish();
    await second;
  });

  it('tells later what it could not tell, as far back as it was asked for', async () => {
    const far: number[] = [];
    const told = new Promise<void>((resolve) =>
      catchUp.then((sinceMs) => {
        far.push(sinceMs);
        if (far.length === 1) throw new Error('The database is slow.');
        resolve();
      }),
    );
    catchUp.then(() => void done.push('another'));
    await catchUp.run(performance.now() - 20_000);
    await told;
    expect(far[1]).toBeGreaterThanOrEqual(30_000);
    expect(done[0]).toBe('another');
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
