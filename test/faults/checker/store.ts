import type { Facts, Said, Stored, StoredRoom, Violation } from './facts.js';
import { shown, when } from './words.js';

const isDone = (said: Said): said is Said & Required<Pick<Said, 'stored'>> => said.stored !== undefined;

/** Of what was acknowledged nothing is lost, renumbered, or stored as something that nobody said. */
export function checkKept({ said, changes, rooms }: Facts): Violation[] {
  const broken: Violation[] = [];
  const tell = (what: string): void => void broken.push({ promise: 'kept', what });
  for (const one of said.filter(isDone)) {
    const { id, seq, at } = one.stored;
    const messages = rooms.find(({ room }) => room === one.room)?.messages ?? [];
    const found = messages.find((message) => message.id === id);
    const name = `${shown(one)}, acknowledged ${when(at)} as ${id}${seq === undefined ? '' : ` seq ${seq}`}`;
    if (!found) tell(`lost: ${name}`);
    else if (seq !== undefined && found.seq !== seq) tell(`renumbered to ${found.seq}: ${name}`);
    else if (found.clientId !== one.clientId) tell(`answered with another's message: ${name}`);
    else if (!found.deleted) {
      const texts = changes.filter((change) => change.id === id).map((change) => change.text);
      if (found.text !== one.text && !texts.includes(found.text))
        tell(`stored as "${found.text}", which nobody said: ${name}`);
    }
  }
  return broken;
}

/** Nothing is stored twice or by nobody, and numbers have neither gaps nor doubles. */
export function checkOnce({ said, rooms }: Facts): Violation[] {
  const known = new Map(said.map((one) => [one.clientId, one]));
  return rooms.flatMap((room) => [...gaps(room), ...doubles(room, known)]);
}

function gaps({ room, messages }: StoredRoom): Violation[] {
  const at = messages.findIndex(({ seq }, index) => seq !== index + 1);
  if (at < 0) return [];
  const seqs = messages.slice(Math.max(0, at - 2), at + 3).map(({ seq }) => seq);
  return [{ promise: 'once', what: `numbers of room ${room} are not 1, 2, 3 …: … ${seqs.join(', ')} …` }];
}

function doubles({ room, messages }: StoredRoom, known: ReadonlyMap<string, Said>): Violation[] {
  const seen = new Map<string, Stored>();
  const broken: Violation[] = [];
  const tell = (what: string): void => void broken.push({ promise: 'once', what });
  for (const message of messages) {
    // The platform's own messages have no sender.
    if (message.sender === null) continue;
    const one = known.get(message.clientId ?? '');
    const before = seen.get(message.clientId ?? '');
    if (!one) tell(`nobody said "${message.text}", seq ${message.seq} of room ${room}`);
    else if (one.room !== room || one.person !== message.sender)
      tell(`${shown(one)} is stored in room ${room} for ${message.sender}`);
    else if (before) tell(`stored as seq ${before.seq} and as seq ${message.seq}: ${shown(one)}`);
    seen.set(message.clientId ?? '', message);
  }
  return broken;
}
