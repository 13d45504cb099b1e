import type { Change, Facts, Stored, Violation } from './facts.js';
import { tries, when } from './words.js';

/** The last acknowledged edit stands, and what was deleted shows its text to nobody again. */
export function checkChanges(facts: Facts): Violation[] {
  const byMessage = new Map<string, Change[]>();
  for (const change of facts.changes) byMessage.set(change.id, [...(byMessage.get(change.id) ?? []), change]);
  const stored = facts.rooms.flatMap(({ messages }) => messages);
  return [
    ...stored.flatMap((message) => finalText(message, byMessage.get(message.id) ?? [], facts)),
    ...resurrections(facts),
  ];
}

function finalText(message: Stored, changes: readonly Change[], facts: Facts): Violation[] {
  const broken = (what: string): Violation[] => [
    {
      promise: 'changes',
      what: `${what}: seq ${message.seq} of ${message.sender}, "${message.text}"; ${changes.map(tell).join(' | ')}`,
    },
  ];
  const deletions = changes.filter(({ text }) => text === null);
  if (deletions.some(({ doneAt }) => doneAt !== undefined))
    return message.deleted && message.text === ''
      ? []
      : broken('its deletion was acknowledged, and it is there');
  if (message.deleted) return deletions.length > 0 ? [] : broken('nobody deleted it, and it is gone');
  const last = Math.max(
    0,
    ...changes.filter(({ doneAt }) => doneAt !== undefined).map(({ version }) => version),
  );
  const at = changes.findIndex(({ text }) => text === message.text);
  const version = at < 0 ? 0 : changes[at]!.version;
  if (version >= last || isLate(changes[at], facts)) return [];
  return broken(`edit ${last} was acknowledged, and edit ${version} stands`);
}

/** A server that had been stopped may do, when it goes on, what the client has had done by another one. */
const isLate = (change: Change | undefined, { windows }: Facts): boolean =>
  (change?.attempts ?? []).some(
    ({ node, at, until, outcome }) =>
      outcome !== 'done' &&
      windows.some(
        (one) => one.without === 'server' && one.nodes.includes(node) && one.from < until && one.to > at,
      ),
  );

function tell({ version, text, doneAt, attempts }: Change): string {
  const what = text === null ? 'deletion' : `edit ${version}`;
  return `${what} ${doneAt === undefined ? 'never acknowledged' : `acknowledged ${when(doneAt)}`} (${tries(attempts)})`;
}

function resurrections({ connections }: Facts): Violation[] {
  return connections.flatMap(({ name, told }) => {
    const gone = new Set<string>();
    return told.flatMap(({ id, deleted, text, at, room }): Violation[] => {
      if (deleted) gone.add(id);
      else if (gone.has(id))
        return [
          {
            promise: 'changes',
            what: `${name} was told "${text}" in room ${room} ${when(at)}, after its deletion`,
          },
        ];
      return [];
    });
  });
}
