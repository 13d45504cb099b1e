import { groupedLoader } from './grouped-loader.js';

/** A loader whose groups are answered by hand. */
function byHand() {
  const groups: { keys: readonly number[]; answer(): void; fail(error: Error): void }[] = [];
  const load = groupedLoader(
    (keys: readonly number[]) =>
      new Promise<Map<number, string>>((resolve, reject) =>
        groups.push({
          keys,
          answer: () => resolve(new Map(keys.filter((key) => key < 100).map((key) => [key, `#${key}`]))),
          fail: reject,
        }),
      ),
  );
  return { groups, load };
}
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('groupedLoader', () => {
  it('asks at once for what came in one turn, each key once', async () => {
    const { groups, load } = byHand();
    const answers = Promise.all([load(1), load(2), load(1), load(100)]);
    await turn();
    expect(groups.map(({ keys }) => keys)).toEqual([[1, 2, 100]]);
    groups[0]!.answer();
    await expect(answers).resolves.toEqual(['#1', '#2', '#1', undefined]);
  });

  it('gathers what comes while two groups are under way', async () => {
    const { groups, load } = byHand();
    const answers: Promise<string | undefined>[] = [];
    for (const key of [1, 2, 3, 4, 5]) {
      answers.push(load(key));
      await turn();
    }
    expect(groups.map(({ keys }) => keys)).toEqual([[1], [2]]);
    groups[1]!.answer();
    await answers[1];
    await turn();
    expect(groups.map(({ keys }) => keys)).toEqual([[1], [2], [3, 4, 5]]);
    groups[0]!.answer();
    groups[2]!.answer();
    await expect(Promise.all(answers)).resolves.toEqual(['#1', '#2', '#3', '#4', '#5']);
  });

  it('fails the questions of a failed group alone, keeps nothing, and goes on', async () => {
    const { groups, load } = byHand();
    const first = load(1);
    await turn();
    groups[0]!.fail(new Error('away'));
    await expect(first).rejects.toThrow('away');
    const again = load(1);
    await turn();
    groups[1]!.answer();
    await expect(again).resolves.toBe('#1');
  });
});
