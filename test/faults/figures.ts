import type { Attempt, Facts, Time } from './checker/facts.js';

export interface Figures {
  sent: number;
  acknowledged: number;
  /** Tries that were refused or got no answer. */
  failed: number;
  told: number;
  slowestMs: number;
  /** From the end of the fault until every server had acknowledged something that was asked after it. */
  backMs: number;
  /** From the end of the talk until all clients showed what is stored. */
  settledMs: number;
  /** From then on until every list of who is online was true. */
  presenceMs: number;
}

export function figuresOf(facts: Facts): Omit<Figures, 'settledMs' | 'presenceMs'> {
  const attempts = facts.said.flatMap((said) => said.attempts);
  const done = attempts.filter(({ outcome }) => outcome === 'done');
  return {
    sent: facts.said.length,
    acknowledged: facts.said.filter(({ stored }) => stored).length,
    failed: attempts.length - done.length,
    told: facts.connections.reduce((sum, { told }) => sum + told.length, 0),
    slowestMs: Math.max(0, ...done.map(({ at, until }) => until - at)),
    backMs: back(attempts, Math.max(...facts.windows.map(({ to }) => to))),
  };
}

function back(attempts: readonly Attempt[], end: Time): number {
  const first = new Map<string, Time>();
  for (const { node, at, until, outcome } of attempts)
    if (outcome === 'done' && at >= end) first.set(node, Math.min(first.get(node) ?? Infinity, until));
  return first.size === 0 ? Infinity : Math.max(...first.values()) - end;
}
