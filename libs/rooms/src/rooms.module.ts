import { Global, Module } from '@nestjs/common';
import { DialectModule } from '#libs/platform/dialects';
import { BookingRoomsController } from './booking-rooms.controller.js';
import { BookingRoomsService } from './booking-rooms.service.js';
import { ClosedRooms } from './closed-rooms.service.js';
import { ContextRooms } from './context-rooms.js';
import { Departures } from './departures.js';
import { DirectRoomsRepository } from './direct-rooms.repository.js';
import { DirectSessionsService } from './direct-sessions.service.js';
import { Evictions } from './evictions.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsService } from './invitations.service.js';
import { MemberRolesService } from './member-roles.service.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { ProviderRoomsService } from './provider-rooms.service.js';
import { MembershipFanout } from './membership-fanout.js';
import { RoomAccessService } from './room-access.service.js';
import { RoomActivityPort } from './room-activity.js';
import { RoomErasure } from './room-erasure.js';
import { RoomJoinService } from './room-join.service.js';
import { RoomJobs } from './room-jobs.js';
import { RoomLifecycleService } from './room-lifecycle.service.js';
import { RoomParticipantsController } from './room-participants.controller.js';
import { RoomRolesController } from './room-roles.controller.js';
import { RoomsController } from './rooms.controller.js';
import { RoomsGateway } from './rooms.gateway.js';
import { RoomsPublisher } from './rooms.publisher.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';
import { SanctionsRepository } from './sanctions.repository.js';
import { serviceDialect } from './service.dialect.js';
import { SupportQueueController } from './support-queue.controller.js';
import { SupportQueuePublisher } from './support-queue.publisher.js';
import { SupportQueueRepository } from './support-queue.repository.js';
import { SupportQueueService } from './support-queue.service.js';

const EXPORTED = [
  RoomAccessService,
  RoomActivityPort,
  RoomsService,
  MembersService,
  MembersRepository,
  RoomJoinService,
  MemberRolesService,
  InvitationsService,
  RoomLifecycleService,
  BookingRoomsService,
  ProviderRoomsService,
  DirectSessionsService,
  SupportQueueService,
];

@Global()
@Module({
  imports: [DialectModule.forFeature(serviceDialect)],
  controllers: [
    RoomsController,
    RoomParticipantsController,
    RoomRolesController,
    InvitationsController,
    BookingRoomsController,
    SupportQueueController,
  ],
  providers: [
    ...EXPORTED,
    RoomsRepository,
    DirectRoomsRepository,
    ClosedRooms,
    ContextRooms,
    Departures,
    Evictions,
    MembershipFanout,
    RoomErasure,
    RoomJobs,
    RoomsPublisher,
    RoomsGateway,
    SanctionsRepository,
    SupportQueueRepository,
    SupportQueuePublisher,
  ],
  exports: EXPORTED,
})
export class RoomsModule {}
