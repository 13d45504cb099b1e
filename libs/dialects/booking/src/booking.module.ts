import { Module } from '@nestjs/common';
import { DialectModule } from '#libs/platform/dialects';
import { BookingAttendance } from './attendance.service.js';
import { BookingMessagesGateway } from './booking-messages.gateway.js';
import { bookingDialect } from './booking.dialect.js';
import { BookingGateway } from './booking.gateway.js';
import { BookingPublisher } from './booking.publisher.js';
import { BookingMessagesController } from './messages.controller.js';
import { BookingMessages } from './rendering.service.js';
import { BookingSessionsController } from './sessions.controller.js';
import { BookingSessions } from './sessions.service.js';
import { VoiceNotesController } from './voice-notes.controller.js';

/** contracts/booking: chat sessions of bookings, by REST under /api/chat and by sockets on `/`. */
@Module({
  imports: [DialectModule.forFeature(bookingDialect)],
  controllers: [BookingSessionsController, BookingMessagesController, VoiceNotesController],
  providers: [
    BookingSessions,
    BookingMessages,
    BookingPublisher,
    BookingAttendance,
    BookingGateway,
    BookingMessagesGateway,
  ],
})
export class BookingDialectModule {}
