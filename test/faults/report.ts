import { PROMISES, type PromiseName, type Violation } from './checker/facts.js';
import { FAULTS } from './faults/index.js';
import type { Result } from './scenario.js';

const COLUMNS = [
  'scenario',
  'servers',
  'result',
  'sent',
  'acknowledged',
  'failed tries',
  'told',
  'slowest',
  'back',
  'all up to date',
];
const NAMES = Object.keys(PROMISES) as PromiseName[];
/** Of each promise and scenario: one fault can be seen by hundreds. */
const MOST_SHOWN = 4;

const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'never');
export const isBroken = ({ violations }: Result): boolean => violations.length > 0;
const brokenIn = ({ violations }: Result): PromiseName[] =>
  NAMES.filter((name) => violations.some(({ promise }) => promise === name));

function outcome(result: Result): string {
  const now = isBroken(result) ? `broken: ${brokenIn(result).join(', ')}` : 'holds';
  return result.before ? `${now}; before: ${brokenIn(result.before).join(', ')}` : now;
}

function row(result: Result): string[] {
  const { name, nodes, figures } = result;
  return [
    name,
    String(nodes),
    outcome(result),
    String(figures.sent),
    String(figures.acknowledged),
    String(figures.failed),
    String(figures.told),
    seconds(figures.slowestMs),
    seconds(figures.backMs),
    seconds(figures.settledMs),
  ];
}

export function table(results: readonly Result[]): string {
  const rows = [COLUMNS, ...results.map(row)];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((cells) => cells[at]!.length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** For docs/reliability.md. */
export function markdown(results: readonly Result[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(COLUMNS), line(COLUMNS.map(() => '---')), ...results.map((result) => line(row(result)))].join(
    '\n',
  );
}

/** What shows that promises were broken. */
export function evidence({ name, nodes, seed, strain, violations, errors }: Result): string {
  const head = `${name}, ${nodes} ${nodes === 1 ? 'server' : 'servers'}, seed ${seed}, strain ${strain.toFixed(1)}: ${FAULTS[name]?.about ?? ''}`;
  const parts = NAMES.flatMap((promise) => {
    const found = violations.filter((violation) => violation.promise === promise);
    return found.length === 0 ? [] : [`  broken: ${PROMISES[promise]} (${found.length})`, ...listed(found)];
  });
  const logged = errors.slice(0, MOST_SHOWN).map((error) => `    - ${error}`);
  return [head, ...parts, ...(logged.length > 0 ? ['  logged as errors:', ...logged] : [])].join('\n');
}

function listed(found: readonly Violation[]): string[] {
  const more = found.length - MOST_SHOWN;
  const shown = found.slice(0, MOST_SHOWN).map(({ what }) => `    - ${what}`);
  return more > 0 ? [...shown, `    … and ${more} more`] : shown;
}

/** As Jest's --json: each promise of each scenario is one test. */
export function asJest(results: readonly Result[], failure: string | undefined): object {
  const assertionResults = results.flatMap((result) =>
    NAMES.map((promise) => ({
      title: `${result.name} on ${result.nodes}: ${PROMISES[promise]}`,
      status: result.violations.some((violation) => violation.promise === promise) ? 'failed' : 'passed',
    })),
  );
  const failed = failure !== undefined || assertionResults.some(({ status }) => status === 'failed');
  return { testResults: [{ name: 'test/faults', status: failed ? 'failed' : 'passed', assertionResults }] };
}
