import {
  ApiInteger,
  ApiList,
  ApiNested,
  ApiObject,
  ApiOneOf,
  ApiText,
  ApiTime,
  Schema,
} from '#libs/platform/schemas';
import {
  sessionStatuses,
  sessionTypes,
  type SessionStatus,
  type SessionType,
} from './booking-enumerations.js';
import { ParticipantProfileBody, profileExample } from './people.body.js';

const A_SESSION = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10';
const A_BOOKING = '5d0f2a44-7c1e-4f0b-9a3e-8b1c6f1f7a01';
const A_TIME = '2024-12-01T10:30:00.000Z';

const example = {
  id: A_SESSION,
  booking_id: A_BOOKING,
  session_type: 'booking' as const,
  status: 'active' as const,
  participants: ['user1', 'reader1'],
};
const booking = {
  id: A_BOOKING,
  services: { name: 'Full Tarot Reading', type: 'comprehensive' },
  profiles: [profileExample],
};

export const sessionExamples = {
  created: { ...example, created_at: A_TIME },
  listed: { ...example, last_message_at: A_TIME, unread_count: 3, bookings: booking },
  one: {
    ...example,
    participant_profiles: [profileExample],
    metadata: {},
    created_at: A_TIME,
    bookings: booking,
  },
};
const paginationExample = { page: 1, limit: 20, total: 45, total_pages: 3 };

@Schema('BookingDetails', {
  description:
    "For the booking's own people: its `data` as the directory has it, its id, and the profiles of its people",
  example: booking,
  additionalProperties: true,
})
export class BookingDetailsBody {
  /** `data` of the directory. */
  [field: string]: unknown;
  @ApiText() id!: string;
  @ApiList(() => ParticipantProfileBody) profiles!: ParticipantProfileBody[];
}

/** What all answers tell of a session. */
class SessionBasics {
  @ApiText({ example: A_SESSION }) id!: string;
  @ApiText({ nullable: true, example: A_BOOKING }) booking_id!: string | null;
  @ApiOneOf(sessionTypes) session_type!: SessionType;
  @ApiOneOf(sessionStatuses) status!: SessionStatus;
  @ApiList('string', { example: ['user1-id', 'reader1-id'] }) participants!: string[];
}

@Schema('BookingNewSession', {
  description: 'A chat session that was opened',
  example: sessionExamples.created,
})
export class NewSessionBody extends SessionBasics {
  @ApiTime() created_at!: string;
}

@Schema('BookingListedSession', { description: 'A chat session in a list', example: sessionExamples.listed })
export class ListedSessionBody extends SessionBasics {
  @ApiTime({ nullable: true }) last_message_at!: string | null;
  @ApiInteger() unread_count!: number;
  @ApiNested(() => BookingDetailsBody, { nullable: true }) bookings!: BookingDetailsBody | null;
}

@Schema('BookingSession', { description: 'A chat session', example: sessionExamples.one })
export class SessionBody extends NewSessionBody {
  @ApiList(() => ParticipantProfileBody) participant_profiles!: ParticipantProfileBody[];
  @ApiObject() metadata!: Record<string, unknown>;
  @ApiNested(() => BookingDetailsBody, { nullable: true }) bookings!: BookingDetailsBody | null;
}

@Schema('BookingPagination', { description: 'Where a page of a list stands', example: paginationExample })
export class BookingPaginationBody {
  @ApiInteger() page!: number;
  @ApiInteger({ description: 'Entries per page' }) limit!: number;
  @ApiInteger({ description: 'Entries of all pages' }) total!: number;
  @ApiInteger() total_pages!: number;
}

export const sessionPageExample = { sessions: [sessionExamples.listed], pagination: paginationExample };

@Schema('BookingSessionPage', {
  description: 'A part of the list of chat sessions',
  example: sessionPageExample,
})
export class SessionPageBody {
  @ApiList(() => ListedSessionBody) sessions!: ListedSessionBody[];
  @ApiNested(() => BookingPaginationBody) pagination!: BookingPaginationBody;
}
