export { Invitation } from './entities/invitation.entity.js';
export { Pagination } from './dto/pagination.body.js';
export { RoomPayloadDto, RoomRef, roomRefKind } from './dto/room-ref.js';
export { Participant, type ParticipantRole } from './entities/participant.entity.js';
export { Room, ROOM_TYPES, type RoomStatus, type RoomType } from './entities/room.entity.js';
export { isBannedSql } from './banned.sql.js';
export { BookingRoomsService } from './booking-rooms.service.js';
export { DirectSessionsService } from './direct-sessions.service.js';
export { marksLock } from './marks-lock.js';
export { MembersRepository, PRESENCE_GROUPS } from './members.repository.js';
export { MembersService, type ShownParticipant } from './members.service.js';
export { ProviderRoomsService, type ProviderAndCustomer } from './provider-rooms.service.js';
export { RoomAccessService, type RoomAccess } from './room-access.service.js';
export {
  RoomActivityPort,
  type MissedActivity,
  type RoomActivity,
  type RoomActivitySource,
} from './room-activity.js';
export { RoomJoinService } from './room-join.service.js';
export { InvitationsService, type InvitationView } from './invitations.service.js';
export { MemberRolesService } from './member-roles.service.js';
export { RoomLifecycleService } from './room-lifecycle.service.js';
export {
  closedTypes,
  effectiveRole,
  isOpenForMessages,
  isSupportTeam,
  LEAST_ROLE,
  mayDo,
  mayRead,
  mayWrite,
  showsPeople,
  type Policy,
  type RoomAction,
} from './room-policy.js';
export type { Membership, RoomView } from './room-view.js';
export { NotParticipantError, ROOM_ERRORS, roomErrors } from './rooms.errors.js';
export {
  ParticipantChanged,
  DepartureArrived,
  JoinArrived,
  ParticipantJoined,
  ParticipantLeft,
  RoomAssigned,
  RoomContextStatusChanged,
  RoomCreated,
  RoomDeleted,
  RoomUpdated,
  SupportQueueChanged,
} from './rooms.events.js';
export { RoomsModule } from './rooms.module.js';
export { toPagination, wireRoomId } from './rooms.presenter.js';
export type { NewRoom, MyRoom } from './rooms.repository.js';
export { RoomsService, type ListedRoom, type RoomDetails } from './rooms.service.js';
export { SupportQueueService, type SupportSession } from './support-queue.service.js';
export { SUPPORT_QUEUE } from './support-queue.publisher.js';
export { SERVICE_DIALECT, serviceDialect } from './service.dialect.js';
