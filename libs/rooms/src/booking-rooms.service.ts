import { Injectable } from '@nestjs/common';
import { mayOverride, type Actor } from '#libs/platform/auth';
import { AuditLog } from '#libs/platform/audit';
import { Database } from '#libs/platform/database';
import { ContextsService } from '#libs/directory';
import { MembersService } from './members.service.js';
import { RoomAccessService } from './room-access.service.js';
import type { RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { RoomsService } from './rooms.service.js';

/** A booking has one room. */
export const bookingDedupeKey = (bookingId: string): string => `booking:${bookingId}`;

/** Rooms about bookings: opened when someone of the booking asks, with the people that the directory names. */
@Injectable()
export class BookingRoomsService {
  constructor(
    private readonly database: Database,
    private readonly contexts: ContextsService,
    private readonly rooms: RoomsService,
    private readonly members: MembersService,
    private readonly access: RoomAccessService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Opens the room of a booking, or answers the one there is; whoever of the booking had left it is let in again.
   * @throws NOT_FOUND for an unknown booking; ACCESS_DENIED for people who are not of it, and for banned ones
   */
  async open(
    actor: Actor,
    bookingId: string,
    metadata?: Record<string, unknown>,
  ): Promise<{ room: RoomView; created: boolean }> {
    const { participants } = await this.contexts.get(actor, 'booking', bookingId);
    const isOfBooking = participants.some(({ user_id }) => user_id === actor.id);
    if (!isOfBooking) await this.requireOverride(actor, bookingId);
    const { room, created } = await this.database.transaction(async (tx) => {
      // Held, so that a change of its people either stands before the room or finds it.
      const booking = await this.contexts.hold(tx, 'booking', bookingId);
      return this.rooms.openIn(
        tx,
        actor.family === 'service' ? null : actor.id,
        {
          type: 'booking',
          dedupeKey: bookingDedupeKey(bookingId),
          contextType: 'booking',
          contextId: bookingId,
          category: booking.category ?? undefined,
          isPrivate: true,
          createdBy: actor.family === 'service' ? null : actor.id,
          metadata,
        },
        booking.participants.map(({ user_id }) => user_id),
      );
    });
    if (isOfBooking && !(await this.access.membership(room.id, actor.id)))
      await this.members.enter(room, [actor.id], 'joined');
    return { room, created };
  }

  private async requireOverride(actor: Actor, bookingId: string): Promise<void> {
    if (!mayOverride(actor)) throw roomErrors.accessDenied('You are not a participant of this booking.');
    await this.audit.record(actor, {
      action: 'booking.override.open',
      targetType: 'booking',
      targetId: bookingId,
    });
  }
}
