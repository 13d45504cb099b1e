import type { Facts, Standing, StoredRoom, Violation } from './facts.js';
import { some, tries, when } from './words.js';

/** What was acknowledged besides messages is so in the end. */
export function checkStanding({ standing, rooms, removals }: Facts): Violation[] {
  // Of who is no participant any more nothing is shown.
  const left = new Set(removals.map(({ room, person }) => `${room} ${person}`));
  return standing.flatMap((one) => {
    if (left.has(`${one.room} ${one.person}`)) return [];
    const room = rooms.find((entry) => entry.room === one.room);
    if (one.doneAt === undefined || !room) return [];
    const lacking = one.what.filter((what) => !STANDS[one.kind](room, one, what));
    if (lacking.length === 0) return [];
    const what = `${one.kind} of ${one.person} in room ${one.room}, acknowledged ${when(one.doneAt)}, is not there: ${some(lacking.map((name) => `${name}${asStored(room, name)}`))} (${tries(one.attempts)})`;
    return [{ promise: 'standing' as const, what }];
  });
}

const asStored = ({ messages }: StoredRoom, what: string): string => {
  const message = messages.find(({ id }) => what.startsWith(id));
  return message ? ` (seq ${message.seq} of ${message.sender}, read by ${message.readBy.join(', ')})` : '';
};

const STANDS: Record<Standing['kind'], (room: StoredRoom, one: Standing, what: string) => boolean> = {
  read: ({ messages }, { person }, id) => {
    const message = messages.find((entry) => entry.id === id);
    return !message || message.deleted || message.readBy.includes(person);
  },
  reaction: ({ messages }, { person }, what) => {
    const [id, emoji = ''] = what.split(' ');
    const message = messages.find((entry) => entry.id === id);
    return !message || message.deleted || (message.reactions[emoji]?.includes(person) ?? false);
  },
  role: ({ participants }, { person }, role) => participants[person] === role,
  member: ({ participants }, { person }) => person in participants,
};

/** Every server's list of who is online in a room is who is connected. */
export function checkPresence({ online: lists }: Pick<Facts, 'online'>): Violation[] {
  return lists.flatMap(({ room, node, online, connected }) => {
    if (!online)
      return [
        { promise: 'presence' as const, what: `${node} does not answer who is online in room ${room}` },
      ];
    const ghosts = online.filter((person) => !connected.includes(person));
    const missing = connected.filter((person) => !online.includes(person));
    if (ghosts.length + missing.length === 0) return [];
    const what = `${node} says of room ${room}: online, though not connected: ${some(ghosts) || 'nobody'}; connected, though not online: ${some(missing) || 'nobody'}`;
    return [{ promise: 'presence' as const, what }];
  });
}
