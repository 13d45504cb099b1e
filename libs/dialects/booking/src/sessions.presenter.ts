import type { Context, UserView } from '#libs/directory';
import type { RoomStatus, RoomView } from '#libs/rooms';
import type { SessionStatus, SessionType } from './dto/booking-enumerations.js';
import type {
  BookingDetailsBody,
  ListedSessionBody,
  NewSessionBody,
  SessionBody,
} from './dto/session.body.js';
import { toParticipantProfile } from './people.presenter.js';

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

function typeOf(room: RoomView): SessionType {
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

function toBooking({ booking }: SessionView): BookingDetailsBody | null {
  if (!booking) return null;
  const { context, people } = booking;
  return { ...context.data, id: context.id, profiles: people.map(toParticipantProfile) };
}

export const toCreatedSession = (view: SessionView): NewSessionBody => ({
  ...toBasics(view),
  created_at: view.room.createdAt.toISOString(),
});

export function toListedSession(
  view: SessionView,
  lastMessageAt: Date | null,
  unreadCount: number,
): ListedSessionBody {
  return {
    ...toBasics(view),
    last_message_at: lastMessageAt?.toISOString() ?? null,
    unread_count: unreadCount,
    bookings: toBooking(view),
  };
}

export const toSession = (view: SessionView, participants: readonly UserView[]): SessionBody => ({
  ...toBasics(view),
  participant_profiles: participants.map(toParticipantProfile),
  metadata: view.room.metadata,
  created_at: view.room.createdAt.toISOString(),
  bookings: toBooking(view),
});
