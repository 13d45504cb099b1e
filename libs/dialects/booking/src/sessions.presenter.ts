import { z } from 'zod';
import type { Context } from '#libs/directory';
import type { RoomStatus, RoomView } from '#libs/rooms';
import type { UserView } from '#libs/directory';
import { SESSION_STATUSES, SESSION_TYPES, type SessionStatus } from './dto/booking.dto.js';
import { participantProfileSchema, toParticipantProfile } from './people.presenter.js';

const A_SESSION = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10';
const A_BOOKING = '5d0f2a44-7c1e-4f0b-9a3e-8b1c6f1f7a01';
const A_TIME = '2024-12-01T10:30:00.000Z';

const bookingSchema = z.looseObject({ id: z.string(), profiles: z.array(participantProfileSchema) }).meta({
  description:
    "For the booking's own people: its `data` as the directory has it, its id, and the profiles of its people",
});

const basics = {
  id: z.string().meta({ examples: [A_SESSION] }),
  booking_id: z
    .string()
    .nullable()
    .meta({ examples: [A_BOOKING] }),
  session_type: z.enum(SESSION_TYPES),
  status: z.enum(SESSION_STATUSES),
  participants: z.array(z.string()).meta({ examples: [['user1-id', 'reader1-id']] }),
};

export const createdSessionSchema = z
  .object({ ...basics, created_at: z.string() })
  .meta({ id: 'BookingNewSession', description: 'A chat session that was opened' });

export const listedSessionSchema = z
  .object({
    ...basics,
    last_message_at: z.string().nullable(),
    unread_count: z.number(),
    bookings: bookingSchema.nullable(),
  })
  .meta({ id: 'BookingListedSession', description: 'A chat session in a list' });

export const sessionSchema = z
  .object({
    ...basics,
    participant_profiles: z.array(participantProfileSchema),
    metadata: z.record(z.string(), z.unknown()),
    created_at: z.string(),
    bookings: bookingSchema.nullable(),
  })
  .meta({ id: 'BookingSession', description: 'A chat session' });

export const pagination = z.object({
  page: z.number(),
  limit: z.number(),
  total: z.number(),
  total_pages: z.number(),
});

const example = {
  id: A_SESSION,
  booking_id: A_BOOKING,
  session_type: 'booking' as const,
  status: 'active' as const,
  participants: ['user1', 'reader1'],
};
const sarah = {
  id: 'user1',
  first_name: 'Sarah',
  last_name: 'Johnson',
  avatar_url: 'https://cdn.example.com/sarah.jpg',
  role: 'client',
};
const booking = {
  id: A_BOOKING,
  services: { name: 'Full Tarot Reading', type: 'comprehensive' },
  profiles: [sarah],
};

export const sessionExamples = {
  created: { ...example, created_at: A_TIME },
  listed: { ...example, last_message_at: A_TIME, unread_count: 3, bookings: booking },
  one: {
    ...example,
    participant_profiles: [sarah],
    metadata: {},
    created_at: A_TIME,
    bookings: booking,
  },
};

/** A room with what a session shows of it. */
export interface SessionView {
  room: RoomView;
  participantIds: readonly string[];
  archived: boolean;
  booking: { context: Context; people: readonly UserView[] } | undefined;
}

const STATUS_OF = {
  waiting: 'active',
  active: 'active',
  resolved: 'completed',
  closed: 'closed',
  blocked: 'closed',
} as const satisfies Record<RoomStatus, SessionStatus>;

/** Rooms that a status means; `closed` also means those that the caller archived. */
export const statusesOf = (status: SessionStatus): RoomStatus[] =>
  (Object.keys(STATUS_OF) as RoomStatus[]).filter((room) => STATUS_OF[room] === status);

const isAboutBooking = ({ contextType }: RoomView): boolean => contextType === 'booking';
export const bookingIdOf = (room: RoomView): string | null => (isAboutBooking(room) ? room.contextId : null);

function typeOf(room: RoomView): (typeof SESSION_TYPES)[number] {
  if (isAboutBooking(room)) return 'booking';
  return room.type === 'support' ? 'support' : 'general';
}

function toBasics({ room, participantIds, archived }: SessionView) {
  return {
    id: room.id,
    booking_id: bookingIdOf(room),
    session_type: typeOf(room),
    status: archived ? ('closed' as const) : STATUS_OF[room.status],
    participants: [...participantIds],
  };
}

function toBooking({ booking }: SessionView): z.output<typeof bookingSchema> | null {
  if (!booking) return null;
  const { context, people } = booking;
  return { ...context.data, id: context.id, profiles: people.map(toParticipantProfile) };
}

export const toCreatedSession = (view: SessionView): z.output<typeof createdSessionSchema> => ({
  ...toBasics(view),
  created_at: view.room.createdAt.toISOString(),
});

export function toListedSession(
  view: SessionView,
  lastMessageAt: Date | null,
  unreadCount: number,
): z.output<typeof listedSessionSchema> {
  return {
    ...toBasics(view),
    last_message_at: lastMessageAt?.toISOString() ?? null,
    unread_count: unreadCount,
    bookings: toBooking(view),
  };
}

export const toSession = (
  view: SessionView,
  participants: readonly UserView[],
): z.output<typeof sessionSchema> => ({
  ...toBasics(view),
  participant_profiles: participants.map(toParticipantProfile),
  metadata: view.room.metadata,
  created_at: view.room.createdAt.toISOString(),
  bookings: toBooking(view),
});
