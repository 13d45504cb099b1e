import { Param } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { BookingRoomsService } from './booking-rooms.service.js';
import { OpenedRoomBody } from './dto/room.body.js';
import { MembersRepository } from './members.repository.js';
import { toRoom } from './rooms.presenter.js';
import { serviceDialect } from './service.dialect.js';

@ChatController(serviceDialect, 'api/v1/chat/bookings', 'rooms')
export class BookingRoomsController {
  constructor(
    private readonly bookings: BookingRoomsService,
    private readonly members: MembersRepository,
  ) {}

  @Endpoint('post', ':booking_id/room', {
    access: 'chats:create',
    summary: 'Open the room of a booking, or get the one there is',
    description: 'Its participants are those that the directory names for the booking, now and later.',
    params: { booking_id: { description: "The booking's id on the host platform", example: '4711' } },
    response: OpenedRoomBody,
    errors: ['NOT_FOUND', 'ACCESS_DENIED'],
  })
  async open(@CurrentActor() actor: Actor, @Param('booking_id') bookingId: string) {
    const { room, created } = await this.bookings.open(actor, bookingId);
    return { room: toRoom(room, await this.members.countOf(room.id)), created };
  }
}
