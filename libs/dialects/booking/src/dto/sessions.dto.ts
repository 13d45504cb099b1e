import {
  enumeration,
  Field,
  HostId,
  hostIdKind,
  HostIds,
  Metadata,
  OneOf,
  oneOfKind,
  Page,
  PageSize,
} from '#libs/platform/validation';
import { sessionStatuses, sessionTypes, type SessionType } from './booking-enumerations.js';
import { PAGE, SessionId, unlessEmpty } from './booking-fields.js';

const MAX_PARTICIPANTS = 1_000;

const statusFilters = enumeration('BookingSessionStatusFilter', [...sessionStatuses.enum, 'all']);
const statusFilter = oneOfKind(statusFilters, 'must be active, completed, closed or all');

export class BookingSessionsQueryDto {
  @Page({ description: PAGE }) page!: number;
  @PageSize({ usual: 20 }) limit!: number;
  @Field(unlessEmpty(statusFilter), { default: 'active', description: 'Session status' })
  status!: (typeof statusFilters.enum)[number];
  @Field(unlessEmpty(hostIdKind), { optional: true, description: 'Only the session of this booking' })
  booking_id?: string;
}

export class BookingCreateSessionDto {
  @HostId({
    optional: true,
    nullable: true,
    description: 'A booking of the directory: its participants are the session’s',
  })
  booking_id?: string | null;
  @HostIds({
    max: MAX_PARTICIPANTS,
    optional: true,
    nullable: true,
    description:
      'For sessions without a booking; you are one of them in any case. Of those whom a customer names for a support ' +
      'session staff alone are, and support sessions need nobody named',
  })
  participant_ids?: string[] | null;
  @OneOf(sessionTypes, { optional: true, message: 'must be booking, support or general' })
  session_type?: SessionType;
  @Metadata({ optional: true, nullable: true }) metadata?: Record<string, unknown> | null;
}

/** The session of a socket event. */
export class BookingSessionPayloadDto {
  @SessionId() session_id!: string;
}

/** The session of a socket event; without one, that which the socket joined last. */
export class BookingLastSessionPayloadDto {
  @SessionId({ optional: true }) session_id?: string;
}
