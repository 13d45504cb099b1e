import { inTurns } from './contest.js';
import { rowsOf, tableOf } from './compare.js';

const cpu = [{ key: 'cpu', name: 'server CPU', unit: 'µs', times: 1_000 }] as const;
const turns = (...figures: number[]): { cpu: number }[] => figures.map((figure) => ({ cpu: figure }));

describe('the comparison of two builds', () => {
  it('divides what was measured in the same turn', () => {
    // A machine that slows down: the medians alone would say 2.2.
    const [row] = rowsOf('a message', [turns(1, 2, 4), turns(1.1, 4.4, 4.4)], [...cpu]);
    expect(row).toMatchObject({ what: 'a message: server CPU', unit: 'µs', turns: 3, before: 2_000 });
    expect(row?.now).toBeCloseTo(4_400);
    expect(row?.ratio).toBeCloseTo(1.1);
    expect(row?.lowest).toBeCloseTo(1.1);
    expect(row?.highest).toBeCloseTo(2.2);
    expect(row).not.toHaveProperty('floor');
  });

  it('sets both beside the floor where there is one', () => {
    const rows = rowsOf('a message', [turns(3), turns(4), turns(2)], [...cpu]);
    expect(rows).toMatchObject([{ floor: 2_000, beforeToFloor: 1.5, nowToFloor: 2 }]);
    const [head, , line] = tableOf(rows).split('\n');
    expect(line).toMatch(/a message: server CPU, µs \| 3000 +\| 4000 +\| 1\.33 +\| 1\.33 to 1\.33 \(1\)/);
    expect(line).toHaveLength((head as string).length);
  });
});

describe('turns', () => {
  it('are taken to and fro', async () => {
    const order: string[] = [];
    const given = await inTurns(['a', 'b'], { turns: 3 }, (entrant) => Promise.resolve(order.push(entrant)));
    expect(order.join('')).toBe('abbaab');
    expect(given).toEqual([
      [1, 4, 5],
      [2, 3, 6],
    ]);
  });

  it('end when their time is over, but all have one', async () => {
    const until = performance.now() - 1;
    const given = await inTurns(['a', 'b'], { turns: 3, until }, (entrant) => Promise.resolve(entrant));
    expect(given).toEqual([['a'], ['b']]);
  });
});
