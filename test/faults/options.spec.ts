import { FAULTS } from './faults/index.js';
import { readOptions } from './options.js';

describe('options of npm run test:faults', () => {
  it('are the short form on two servers unless told, with a seed that is told', () => {
    expect(readOptions([])).toMatchObject({ nodes: 2, rounds: 1, seed: expect.any(Number), json: undefined });
    expect(readOptions(['--seed', '7'])).toMatchObject({ seed: 7 });
  });

  it('name scenarios, or take all of them', () => {
    expect(readOptions(['--nodes', '3', 'kill-server', 'random'])).toMatchObject({
      nodes: 3,
      names: ['kill-server', 'random'],
    });
    expect(readOptions(['--all'])).toMatchObject({ names: [...Object.keys(FAULTS), 'random'] });
  });

  it.each([
    [['kill-everything'], 'Unknown: kill-everything'],
    [['--nodes', '4'], '--nodes must be a whole number from 1 to 3'],
    [['--rate', '501'], '--rate must be a whole number from 1 to 500'],
    [['--rounds', '1.5'], '--rounds'],
  ])('%j is refused', (args, words) => expect(() => readOptions(args)).toThrow(words));
});
