import fc from 'fast-check';
import { runsOf } from './receipts.repository.js';

describe('runsOf', () => {
  it('covers exactly the given numbers, with as many runs as there are gaps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (seqs) => {
        const wanted = [...new Set(seqs)].sort((a, b) => a - b);
        const runs = runsOf(seqs);
        const covered = runs.flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, n) => from + n),
        );
        expect(covered).toEqual(wanted);
        expect(runs).toHaveLength(wanted.filter((seq) => !wanted.includes(seq - 1)).length);
      }),
    );
  });
});
