import type { Actor } from '#libs/platform/auth';
import type { Transaction } from '#libs/platform/database';
import type { MembersRepository } from './members.repository.js';
import { requireAllowed } from './room-access.service.js';
import type { Policy } from './room-policy.js';
import { ofMember, STRANGER, type Membership, type RoomView } from './room-view.js';

/**
 * Judges again under the room's lock, which the caller's transaction holds: who acts may have been removed, or have got
 * a lower role, since the rule was asked first.
 * @returns what the actor is in the room now
 * @throws ACCESS_DENIED
 */
export async function requireStill(
  tx: Transaction,
  members: MembersRepository,
  actor: Actor,
  room: RoomView,
  policy: Policy,
): Promise<Membership | null> {
  const membership = (await members.lock(tx, room.id, actor.id)) ?? null;
  requireAllowed(policy(room, membership ? ofMember(membership) : STRANGER, actor));
  return membership;
}
