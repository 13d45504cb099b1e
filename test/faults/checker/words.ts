import type { Attempt, Said, Time } from './facts.js';

export const when = (at: Time): string => `at ${(at / 1000).toFixed(2)} s`;

const MOST_TRIES = 5;

const attempt = ({ at, until, node, connection, outcome, code }: Attempt): string =>
  `${when(at)} ${connection ?? 'REST'} on ${node}: ${code ?? outcome} after ${Math.round(until - at)} ms`;

/** What was tried, for people who look for the reason. */
export function tries(attempts: readonly Attempt[]): string {
  const told = attempts.map(attempt);
  const left = told.length - MOST_TRIES;
  return left > 0
    ? [...told.slice(0, -1).slice(0, MOST_TRIES - 1), `${left} more`, told.at(-1)].join('; ')
    : told.join('; ');
}

export const shown = ({ text, person, room, attempts }: Said): string =>
  `"${text}" of ${person} in room ${room} (${tries(attempts)})`;

const MOST_NAMED = 4;

/** The first few of many. */
export function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
