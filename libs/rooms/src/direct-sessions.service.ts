import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { Database } from '#libs/platform/database';
import { commonErrors } from '#libs/platform/errors';
import { directDedupeKey, DirectRoomsRepository } from './direct-rooms.repository.js';
import { MembersService } from './members.service.js';
import { hasEnded, mayCreate } from './room-policy.js';
import type { RoomView } from './room-view.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';

/** Sessions of two people, one open at a time: the direct room of the two, and new ones once it has ended. */
@Injectable()
export class DirectSessionsService {
  constructor(
    private readonly database: Database,
    private readonly rooms: RoomsService,
    private readonly repository: RoomsRepository,
    private readonly directRooms: DirectRoomsRepository,
    private readonly members: MembersService,
  ) {}

  /**
   * Answers the session of these two that has not ended, or opens one; ended ones stay as they are. A blocked session
   * has not ended: a new one would be a way around the block.
   * @throws FORBIDDEN, UNKNOWN_USERS
   */
  async open(
    actor: Actor,
    people: [string, string],
    metadata?: Record<string, unknown>,
  ): Promise<{ room: RoomView; created: boolean }> {
    const verdict = mayCreate('direct', actor);
    if (!verdict.allowed) throw commonErrors.forbidden(verdict.reason);
    const createdBy = actor.family === 'service' ? null : actor.id;
    const sharedKey = directDedupeKey(people);
    return this.database.transaction(async (tx) => {
      await this.directRooms.hold(tx, people);
      const shared = await this.repository.byDedupeKey(tx, sharedKey);
      const open = shared && !hasEnded(shared.status) ? shared : await this.directRooms.openOf(tx, people);
      if (open) {
        await this.members.enterIn(tx, open, people, 'added');
        return { room: open, created: false };
      }
      return this.rooms.openIn(
        tx,
        createdBy,
        { type: 'direct', isPrivate: true, dedupeKey: shared ? undefined : sharedKey, createdBy, metadata },
        people,
      );
    });
  }
}
