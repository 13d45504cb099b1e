import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { ContextsService, maySeeContext, UsersService, type UserView } from '#libs/directory';
import {
  BookingRoomsService,
  DirectSessionsService,
  MembersRepository,
  MembersService,
  RoomAccessService,
  RoomsService,
  showsPeople,
  type ListedRoom,
  type RoomView,
} from '#libs/rooms';
import { bookingErrors } from './booking.errors.js';
import type { SessionStatus } from './dto/booking-enumerations.js';
import type { BookingCreateSessionDto, BookingSessionsQueryDto } from './dto/sessions.dto.js';
import { bookingIdOf, statusesOf, type SessionView } from './sessions.presenter.js';

const SHOWN_PARTICIPANTS = 200;
const MAX_NAME = 128;

export interface ListedSession {
  view: SessionView;
  mine: ListedRoom;
}

/** What the booking contract calls a session, put together from rooms, the directory and their people. */
@Injectable()
export class BookingSessions {
  constructor(
    private readonly rooms: RoomsService,
    private readonly bookings: BookingRoomsService,
    private readonly directSessions: DirectSessionsService,
    private readonly access: RoomAccessService,
    private readonly members: MembersService,
    private readonly memberships: MembersRepository,
    private readonly contexts: ContextsService,
    private readonly users: UsersService,
  ) {}

  async create(
    actor: Actor,
    body: BookingCreateSessionDto,
  ): Promise<{ view: SessionView; created: boolean }> {
    const { room, created } = await this.open(actor, body);
    const archived = !created && (await this.memberships.isArchived(room.id, actor.id));
    const [view] = await this.viewsOf(actor, [{ room, archived }]);
    return { view: view as SessionView, created };
  }

  async list(
    actor: Actor,
    query: BookingSessionsQueryDto,
  ): Promise<{ sessions: ListedSession[]; total: number }> {
    const { status } = query;
    const about =
      query.booking_id === undefined ? {} : { context_type: 'booking', context_id: query.booking_id };
    const ofStatus = status === 'all' ? {} : { status: statusesOf(status), ...archivedIn(status) };
    const { rooms, total } = await this.rooms.list(actor, {
      page: query.page,
      per_page: query.limit,
      ...about,
      ...ofStatus,
    });
    const views = await this.viewsOf(actor, rooms);
    return { sessions: rooms.map((mine, index) => ({ mine, view: views[index] as SessionView })), total };
  }

  /** @throws SESSION_NOT_FOUND, CHAT_ACCESS_DENIED */
  async get(actor: Actor, id: string): Promise<{ view: SessionView; participants: UserView[] }> {
    const { room } = await this.access.toRead(actor, id);
    const [archived, shown] = await Promise.all([
      this.memberships.isArchived(room.id, actor.id),
      this.members.shown(room),
    ]);
    const [view] = await this.viewsOf(actor, [{ room, archived }]);
    return { view: view as SessionView, participants: shown.flatMap(({ user }) => user ?? []) };
  }

  private open(actor: Actor, body: BookingCreateSessionDto): Promise<{ room: RoomView; created: boolean }> {
    const metadata = body.metadata ?? undefined;
    if (body.booking_id) return this.bookings.open(actor, body.booking_id, metadata);
    const named = [...new Set(body.participant_ids ?? [])];
    if (body.session_type === 'support')
      return this.rooms.create(actor, { type: 'support', participant_ids: named, metadata });
    const people = actor.family === 'service' ? named : [...new Set([actor.id, ...named])];
    const [one, other, ...more] = people;
    if (one === undefined || other === undefined) throw bookingErrors.nobodyNamed();
    if (more.length === 0) return this.directSessions.open(actor, [one, other], metadata);
    return this.openGroup(actor, people, metadata);
  }

  /** It is named after its people. */
  private async openGroup(actor: Actor, people: string[], metadata: Record<string, unknown> | undefined) {
    const known = await this.users.findMany(people);
    const names = people.map((id) => known.get(id)?.name ?? `User ${id}`).join(', ');
    const name = [...names].slice(0, MAX_NAME).join('').trim();
    return this.rooms.create(actor, { type: 'group', name, participant_ids: people, metadata });
  }

  /** Who is in a session without being of its booking hears nothing of that. */
  private async viewsOf(
    actor: Actor,
    rooms: { room: RoomView; archived: boolean }[],
  ): Promise<SessionView[]> {
    const shown = rooms.map(({ room }) => room).filter(showsPeople);
    const [participants, bookings] = await Promise.all([
      this.memberships.idsByRoom(
        shown.map(({ id }) => id),
        SHOWN_PARTICIPANTS,
      ),
      this.contexts.findMany(
        'booking',
        rooms.flatMap(({ room }) => bookingIdOf(room) ?? []),
      ),
    ]);
    const contexts = new Map([...bookings].filter(([_id, context]) => maySeeContext(actor, context)));
    const idsOfPeople = [...contexts.values()].flatMap((context) =>
      context.participants.map(({ user_id }) => user_id),
    );
    const users = await this.users.findMany(idsOfPeople);
    return rooms.map(({ room, archived }) => {
      const context = contexts.get(bookingIdOf(room) ?? '');
      const people = context?.participants.flatMap(({ user_id }) => users.get(user_id) ?? []) ?? [];
      return {
        room,
        archived,
        participantIds: participants.get(room.id) ?? [],
        booking: context && { context, people },
      };
    });
  }
}

/** A session that the caller archived counts as closed, whatever the room's status. */
const archivedIn = (status: SessionStatus) =>
  status === 'closed' ? { or_archived: true } : { archived: false };
