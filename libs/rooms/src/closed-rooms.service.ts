import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CUSTOMER_ROLES, FAMILY_OF_ROLE } from '#libs/platform/auth';
import { Database, type Transaction } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { RealtimeServer } from '#libs/platform/realtime';
import { UserChanged } from '#libs/directory';
import type { RoomType } from './entities/room.entity.js';
import { MembersRepository } from './members.repository.js';
import { closedTypes } from './room-policy.js';
import { roomErrors } from './rooms.errors.js';

const TYPES = closedTypes({ family: 'customer' });

/** Rooms that are closed to the customer side: nobody brings customers in, and who becomes one hears nothing more. */
@Injectable()
export class ClosedRooms implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly events: EventBus,
    private readonly realtime: RealtimeServer,
    private readonly members: MembersRepository,
  ) {}

  onModuleInit(): void {
    this.events.on(UserChanged, ({ user, previousRole }) => {
      const wasCustomer = previousRole === null || FAMILY_OF_ROLE[previousRole] === 'customer';
      return wasCustomer || user.family !== 'customer' ? undefined : this.evict(user.id);
    });
  }

  /**
   * Who is only named somewhere has no role yet, and is judged when they come.
   * @param field where the request names the people
   * @throws INVALID_PARTICIPANTS
   */
  async requireOpenTo(tx: Transaction, type: RoomType, userIds: string[], field?: string): Promise<void> {
    if (!TYPES.includes(type)) return;
    const customers = await this.members.knownAs(tx, CUSTOMER_ROLES, userIds);
    if (customers.length > 0)
      throw roomErrors.invalidParticipants(
        `Internal rooms are for staff, not for ${customers.join(', ')}.`,
        field,
      );
  }

  private async evict(userId: string): Promise<void> {
    const rooms = await this.database.query<{ id: string }>('SELECT id FROM rooms WHERE type = ANY($1)', [
      TYPES,
    ]);
    for (const { id } of rooms) await this.realtime.evict(userId, id);
  }
}
