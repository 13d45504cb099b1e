import { checkAnswers } from './answers.js';
import { checkChanges } from './changes.js';
import { checkConverged, checkOrder } from './delivery.js';
import type { Facts, Violation } from './facts.js';
import { checkRemoved } from './membership.js';
import { checkPresence, checkStanding } from './standing.js';
import { checkKept, checkOnce } from './store.js';

const CHECKS = [
  checkKept,
  checkOnce,
  checkOrder,
  checkConverged,
  checkChanges,
  checkRemoved,
  checkAnswers,
  checkStanding,
  checkPresence,
  ({ troubles }: Facts): Violation[] => troubles.map((what) => ({ promise: 'back', what })),
];

/** All promises that were broken in a run. Pure: what happened is all in the facts. */
export const check = (facts: Facts): Violation[] => CHECKS.flatMap((one) => one(facts));
