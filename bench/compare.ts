import { median } from './load/figures.js';

/** A figure of a turn and how it is told. */
export interface Measure<F> {
  key: keyof F;
  name: string;
  unit: string;
  /** By which the figure becomes that unit. */
  times?: number;
}

/** A figure of both builds: medians of their turns. */
export interface Row {
  what: string;
  unit: string;
  turns: number;
  before: number;
  now: number;
  /** Now to before: the median of the ratios of each turn, which drift less than the figures; and their range. */
  ratio: number;
  lowest: number;
  highest: number;
  /** The raw floor, where it does the same work, and the median ratio of each build to it. */
  floor?: number;
  beforeToFloor?: number;
  nowToFloor?: number;
}

/** Rows of what the turns gave: before, now, and the floor if it took part. */
export function rowsOf<F>(
  what: string,
  [before = [], now = [], floor]: F[][],
  measures: Measure<F>[],
): Row[] {
  return measures.map(({ key, name, unit, times = 1 }) => {
    const of = (turns: F[]): number[] => turns.map((turn) => Number(turn[key]) * times);
    const ratios = (over: F[], under: F[]): number[] => {
      const divisors = of(under);
      return of(over).map((value, turn) => value / (divisors[turn] as number));
    };
    const toBefore = ratios(now, before);
    return {
      what: `${what}: ${name}`,
      unit,
      turns: now.length,
      before: median(of(before)),
      now: median(of(now)),
      ratio: median(toBefore),
      lowest: Math.min(...toBefore),
      highest: Math.max(...toBefore),
      ...(floor && {
        floor: median(of(floor)),
        beforeToFloor: median(ratios(before, floor)),
        nowToFloor: median(ratios(now, floor)),
      }),
    };
  });
}

const HEAD = ['what', 'before', 'now', 'now/before', 'of turns', 'floor', 'before/floor', 'now/floor'];
const short = (value: number | undefined): string =>
  value === undefined ? '' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** A Markdown table of rows. */
export function tableOf(rows: Row[]): string {
  const cells = rows.map((row) => [
    `${row.what}, ${row.unit}`,
    short(row.before),
    short(row.now),
    short(row.ratio),
    `${short(row.lowest)} to ${short(row.highest)} (${row.turns})`,
    short(row.floor),
    short(row.beforeToFloor),
    short(row.nowToFloor),
  ]);
  const widths = HEAD.map((head, column) =>
    Math.max(...[head, ...cells.map((line) => line[column] as string)].map(({ length }) => length)),
  );
  const line = (texts: string[]): string =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] as number)).join(' | ')} |\n`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('');
}
