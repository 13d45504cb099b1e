import type { Attempt, Facts, Removal, Said, Time, Violation } from './facts.js';
import { shown, tries, when } from './words.js';

/** How long after a removal was acknowledged somebody may still be heard and told. */
const REMOVED_WITHIN_MS = 3_000;
/** Added on a machine that has much else to do. */
const STRAIN_MS = 1_000;

const limit = ({ strain }: Facts): number => REMOVED_WITHIN_MS + (strain - 1) * STRAIN_MS;

/** Who was removed is told nothing that was said later than that, and says nothing that is stored. */
export function checkRemoved(facts: Facts): Violation[] {
  return facts.removals.flatMap((removal) => {
    const { doneAt } = removal;
    return doneAt === undefined
      ? []
      : [...hearings(removal, doneAt, facts), ...sayings(removal, doneAt, facts)];
  });
}

/** When somebody first asked for it, by the text that it brings; a deletion brings none. */
function beginnings({ said, changes }: Facts): Map<string, Time> {
  const begun = (attempts: readonly Attempt[]): Time => attempts[0]?.at ?? 0;
  return new Map([
    ...said.map(({ text, attempts }) => [text, begun(attempts)] as const),
    ...changes.map(({ id, text, attempts }) => [text ?? deletionOf(id), begun(attempts)] as const),
  ]);
}

const deletionOf = (id: string): string => `deletion of ${id}`;

function hearings(removal: Removal, doneAt: Time, facts: Facts): Violation[] {
  const begun = beginnings(facts);
  return facts.connections
    .filter(({ person }) => person === removal.person)
    .flatMap(({ name, node, told }) => {
      const late = told.filter(
        ({ room, id, kind, text }) =>
          room === removal.room &&
          (begun.get(kind === 'deleted' ? deletionOf(id) : text) ?? 0) > doneAt + limit(facts),
      );
      const [first] = late;
      if (!first) return [];
      const last = late.at(-1) ?? first;
      return [
        found(
          `${name} on ${node} was told ${late.length} things that were said more than 3 s after ${fate(removal)}: from ` +
            `"${first.text}" ${when(first.at)} to ${when(last.at)}`,
        ),
      ];
    });
}

function sayings(removal: Removal, doneAt: Time, facts: Facts): Violation[] {
  const { said, intrusions } = facts;
  const isLate = ({ room, person, attempts, stored }: Said): boolean =>
    room === removal.room &&
    person === removal.person &&
    stored !== undefined &&
    (attempts[0]?.at ?? 0) > doneAt + limit(facts);
  return [
    ...said.filter(isLate).map((one) => found(`after ${fate(removal)} was stored: ${shown(one)}`)),
    ...intrusions
      .filter(({ room, person }) => room === removal.room && person === removal.person)
      .map(({ what }) => found(`${removal.person} ${what}, after ${fate(removal)}`)),
  ];
}

const found = (what: string): Violation => ({ promise: 'removed', what });

const fate = ({ by, person, room, attempts, doneAt }: Removal): string =>
  `the ${by} of ${person} from room ${room}, acknowledged ${when(doneAt ?? 0)} (${tries(attempts)})`;
