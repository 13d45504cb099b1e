import type { Attempt, Change, Facts, Said, Stall, Time, Violation, Window } from './facts.js';
import { tries } from './words.js';

/** The database's time limits make 5 s; the rest is for a server that has much to answer at once. */
const ANSWERED_WITHIN_MS = 6_500;
/** Without Redis, too, messages are stored as fast as ever; 3 s are what is noticed by people. */
const WITHOUT_REDIS_MS = 3_500;
/** So long after the database is back a refusal may still be on its way. */
const AFTERMATH_MS = 5_000;

const OVERLOADED = 2;

const UNAVAILABLE = 'SERVICE_UNAVAILABLE';
/** How the dialects say that somebody does not belong to a room. */
const NOT_YOURS = new Set([
  'ACCESS_DENIED',
  'CHAT_ACCESS_DENIED',
  'NOT_PARTICIPANT',
  'FORBIDDEN',
  'ROOM_NOT_FOUND',
  'SESSION_NOT_FOUND',
  'CHAT_ROOM_NOT_FOUND',
  'NOT_FOUND',
  'JOIN_ROOM_FAILED',
]);

interface Call {
  name: string;
  attempts: readonly Attempt[];
  /** The room that it is about is not the caller's any more from here on. */
  outsiderFrom: Time;
  /** It is about a message that may be deleted meanwhile. */
  ofMessage?: boolean;
}

/** Every call to a server that runs is answered in time; refusals have a reason and say which. The first fault of each call. */
export function checkAnswers(facts: Facts): Violation[] {
  return callsOf(facts).flatMap((call) => {
    const fault = call.attempts.map((attempt) => faultOf(attempt, call, facts)).find((found) => found);
    return fault === undefined
      ? []
      : [{ promise: 'answers', what: `${fault}: ${call.name} (${tries(call.attempts)})` }];
  });
}

function callsOf({ said, changes, removals, standing, probes }: Facts): Call[] {
  const by = ({ room, person, attempts }: Pick<Said, 'room' | 'person' | 'attempts'>) => ({
    attempts,
    outsiderFrom: Math.min(
      ...removals
        .filter((one) => one.room === room && one.person === person)
        .map((one) => one.attempts[0]?.at ?? Infinity),
    ),
  });
  const change = ({ text, version }: Change): string => (text === null ? 'deletion' : `edit ${version}`);
  return [
    ...said.map((one) => ({ ...by(one), name: `"${one.text}"` })),
    ...changes.map((one) => ({ ...by(one), name: `${change(one)} by ${one.person}`, ofMessage: true })),
    ...standing.map((one) => ({ ...by(one), name: `${one.kind} of ${one.person}`, ofMessage: true })),
    ...removals.map(({ attempts, ...one }) => ({
      name: `${one.by} of ${one.person}`,
      attempts,
      outsiderFrom: Infinity,
    })),
    ...probes.map(({ room, attempts }) => ({
      name: `reading room ${room}`,
      attempts,
      outsiderFrom: Infinity,
    })),
  ];
}

function faultOf(
  attempt: Attempt,
  { outsiderFrom, ofMessage }: Call,
  { windows, stalls, strain }: Facts,
): string | undefined {
  const { at, until, outcome, code, node } = attempt;
  const met = windows.filter(
    (one) => one.nodes.includes(node) && one.from < until && one.to + AFTERMATH_MS > at,
  );
  const without = (what: Window['without']): boolean => met.some((one) => one.without === what);
  // A server that is stopped or killed answers nothing, and one that has just gone on has all that waited to do.
  if (without('server') || outcome === 'cut') return undefined;
  const took = until - at - standstill(stalls, at, until);
  const isLate = (withinMs: number): boolean => took > withinMs * strain;
  if (outcome === 'timeout') return isLate(ANSWERED_WITHIN_MS) ? 'no answer' : undefined;
  if (outcome === 'refused') {
    if (NOT_YOURS.has(code ?? '') && until > outsiderFrom) return undefined;
    if (ofMessage && code === 'MESSAGE_NOT_FOUND') return undefined;
    if (code !== UNAVAILABLE) return `refused with ${code}`;
    // Where there is twice as much to do as the machine can, time limits are a reason.
    if (!without('database') && strain < OVERLOADED)
      return without('redis') ? 'refused while Redis is away' : 'refused without a reason';
  } else if (!without('database') && !without('speed') && without('redis') && isLate(WITHOUT_REDIS_MS))
    return `answered after ${Math.round(took)} ms while Redis is away`;
  return isLate(ANSWERED_WITHIN_MS) ? `answered after ${Math.round(took)} ms` : undefined;
}

/** Milliseconds of this time in which the harness itself stood still. */
const standstill = (stalls: readonly Stall[], from: Time, to: Time): number =>
  stalls.reduce((sum, stall) => sum + Math.max(0, Math.min(to, stall.to) - Math.max(from, stall.from)), 0);
