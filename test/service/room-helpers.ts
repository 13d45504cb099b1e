import type { Person } from '../support/world.js';
import { API, ok, openRoom, roomPath, wire } from './helpers.js';

export const ROLES = ['owner', 'admin', 'moderator', 'member'] as const;
export type RoomRole = (typeof ROLES)[number];

/** Makes the people known to the chat with the roles of their tokens. */
export async function known(...people: Person[]): Promise<void> {
  for (const person of people) ok(await person.rest.get(`${API}/rooms`));
}

/** A group that the first one owns, with the others in the roles given. */
export async function groupWith(
  owner: Person,
  others: [Person, RoomRole][] = [],
  more: Record<string, unknown> = {},
): Promise<string> {
  const participant_ids = others.map(([person]) => wire(person));
  const { room_id } = await openRoom(owner, { type: 'group', name: 'Crew', participant_ids, ...more });
  for (const [person, role] of others)
    if (role !== 'member')
      ok(await owner.rest.put(roomPath(room_id, `/participants/${person.id}/role`), { role }));
  return room_id;
}

/** Roles by person's id, of those who are in the room. */
export async function rolesIn(viewer: Person, room: string): Promise<Record<string, string>> {
  const { participants } = ok(
    await viewer.rest.get<{ participants: { id: unknown; role: string }[] }>(roomPath(room, '/participants')),
  );
  return Object.fromEntries(participants.map(({ id, role }) => [String(id), role]));
}
