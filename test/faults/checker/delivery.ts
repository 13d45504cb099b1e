import type { Connection, Facts, Said, Stored, StoredRoom, Told, View, Violation } from './facts.js';
import { shown, some, tries, when } from './words.js';

/** A socket is told each message of its rooms at most once and in the order of `seq`; who sends in order is stored so. */
export function checkOrder({ connections, rooms, said }: Facts): Violation[] {
  const seqs = new Map(rooms.flatMap(({ messages }) => messages.map(({ id, seq }) => [id, seq])));
  return [...connections.flatMap((connection) => tellings(connection, seqs)), ...sendings(said, seqs)];
}

function tellings({ name, told, refusedJoins }: Connection, seqs: ReadonlyMap<string, number>): Violation[] {
  const broken: Violation[] = [];
  const seen = new Map<string, Told>();
  const newest = new Map<string, number>();
  for (const entry of told.filter(({ kind }) => kind === 'message')) {
    const [before, seq] = [seen.get(entry.id), seqs.get(entry.id)];
    const last = newest.get(entry.room) ?? 0;
    const tell = (how: string): void =>
      void broken.push({
        promise: 'order',
        what: `${name}${refusedJoins > 0 ? `, whose joins had been refused ${refusedJoins} times,` : ''} was told ${how}: "${entry.text}", seq ${seq} of room ${entry.room}, ${when(entry.at)}`,
      });
    seen.set(entry.id, entry);
    if (before) tell(`twice (before ${when(before.at)})`);
    else if (seq === undefined) tell('of a message that is not stored');
    else if (seq < last) tell(`after seq ${last}`);
    newest.set(entry.room, Math.max(last, seq ?? 0));
  }
  return broken;
}

/** Of two messages that one connection sent, the first has the lower number, if neither had to be repeated. */
function sendings(said: readonly Said[], seqs: ReadonlyMap<string, number>): Violation[] {
  const broken: Violation[] = [];
  const last = new Map<string, { one: Said; seq: number }>();
  for (const one of said.toSorted((a, b) => a.attempts[0]!.at - b.attempts[0]!.at)) {
    const [first] = one.attempts;
    const seq = seqs.get(one.stored?.id ?? '');
    if (!first?.connection || one.attempts.length > 1 || seq === undefined) continue;
    const key = `${first.connection} ${one.room}`;
    const before = last.get(key);
    if (before && before.seq > seq)
      broken.push({
        promise: 'order',
        what: `stored as seq ${seq}: ${shown(one)}; sent before it, as seq ${before.seq}: ${shown(before.one)}`,
      });
    last.set(key, { one, seq });
  }
  return broken;
}

/** What clients show in the end is what a fresh look finds: nothing lacks, nothing is too much, nothing is outdated. */
export function checkConverged(facts: Facts): Violation[] {
  const rooms = new Map(facts.rooms.map((room) => [room.room, room]));
  return facts.views.flatMap((view) => differences(view, rooms.get(view.room), facts));
}

/** Whether a client shows what is stored, without a word on what differs. */
export function isUpToDate(view: View, { messages }: StoredRoom): boolean {
  return (
    view.messages.length === messages.length &&
    messages.every((stored, at) => isSame(view.messages[at], stored))
  );
}

const isSame = (shownAs: View['messages'][number] | undefined, stored: Stored): boolean =>
  shownAs?.id === stored.id && shownAs.deleted === stored.deleted && shownAs.text === stored.text;

function differences(view: View, room: StoredRoom | undefined, facts: Facts): Violation[] {
  if (!room || isUpToDate(view, room)) return [];
  const shownIds = new Map(view.messages.map((message) => [message.id, message]));
  const storedIds = new Map(room.messages.map((message) => [message.id, message]));
  const missing = room.messages.filter(({ id }) => !shownIds.has(id));
  const extra = view.messages.filter(({ id }) => !storedIds.has(id));
  const outdated = room.messages.filter((stored) => {
    const mine = shownIds.get(stored.id);
    return mine && !isSame(mine, stored);
  });
  const where = `${view.client} (${view.connection}) in room ${view.room}`;
  const found = (what: string): Violation => ({ promise: 'converged', what: `${where} ${what}` });
  const kinds = [
    ...(missing.length > 0
      ? [found(`lacks ${missing.length}: ${some(missing.map((one) => history(one, facts)))}`)]
      : []),
    ...(extra.length > 0
      ? [found(`shows ${extra.length} that are not stored: ${some(extra.map(({ text }) => text))}`)]
      : []),
    ...(outdated.length > 0
      ? [
          found(
            `shows ${outdated.length} outdated: ${some(outdated.map((one) => outdatedAs(one, shownIds.get(one.id)?.text, facts)))}`,
          ),
        ]
      : []),
  ];
  return kinds.length > 0 ? kinds : [found('shows everything, in another order')];
}

function history({ id, seq, text, clientId }: Stored, { said, connections }: Facts): string {
  const one = said.find((entry) => entry.clientId === clientId);
  const told = connections.filter((connection) => connection.told.some((entry) => entry.id === id)).length;
  const how = one
    ? ` (${one.attempts.map(({ node, outcome, at }) => `${outcome} on ${node} ${when(at)}`).join('; ')})`
    : '';
  return `seq ${seq} "${text}"${how}, told to ${told} connections`;
}

function outdatedAs(stored: Stored, mine: string | undefined, { changes }: Facts): string {
  const made = changes.filter(({ id }) => id === stored.id).map(({ attempts }) => tries(attempts));
  const now = stored.deleted ? 'deleted' : `"${stored.text}"`;
  return `seq ${stored.seq} as "${mine}" instead of ${now} (changes: ${made.join(' | ')})`;
}
