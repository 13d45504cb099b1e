import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { ROOM_ERRORS } from '#libs/rooms';
import { bookingDialect } from './booking.dialect.js';
import {
  NewSessionBody,
  SessionBody,
  sessionExamples,
  SessionPageBody,
  sessionPageExample,
} from './dto/session.body.js';
import { BookingCreateSessionDto, BookingSessionsQueryDto } from './dto/sessions.dto.js';
import { toCreatedSession, toListedSession, toSession } from './sessions.presenter.js';
import { BookingSessions } from './sessions.service.js';

const CREATED = 'Chat session created successfully';

@ChatController(bookingDialect, 'api/chat/sessions')
export class BookingSessionsController {
  constructor(private readonly sessions: BookingSessions) {}

  @Endpoint('get', '', {
    access: 'chats:read',
    summary: 'List my chat sessions, the most recently used first',
    description: 'Statuses: active, completed, closed (also what you archived or is blocked), or all.',
    response: SessionPageBody,
    examples: { response: sessionPageExample },
  })
  async list(@CurrentActor() actor: Actor, @Query() query: BookingSessionsQueryDto) {
    const { sessions, total } = await this.sessions.list(actor, query);
    return {
      sessions: sessions.map(({ view, mine }) =>
        toListedSession(view, mine.lastMessageAt, mine.activity?.unreadCount ?? 0),
      ),
      pagination: {
        page: query.page,
        limit: query.limit,
        total,
        total_pages: Math.ceil(total / query.limit),
      },
    };
  }

  @Endpoint('get', ':id', {
    access: 'chats:read',
    summary: 'Read a chat session',
    params: { id: { description: 'Id of the session', example: sessionExamples.one.id } },
    response: SessionBody,
    errors: ROOM_ERRORS,
    examples: { response: sessionExamples.one },
  })
  async get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    const { view, participants } = await this.sessions.get(actor, id);
    return toSession(view, participants);
  }

  @Endpoint('post', '', {
    access: 'chats:create',
    summary: 'Open a chat session',
    description:
      'For a booking of the directory, whose participants are then the session’s (one session for a booking: a second ' +
      'POST returns it), or between the named people. Two people have one open session at a time, which a second ' +
      'POST returns; once it has ended, a POST opens a new one and the old one stays as history. Customers open sessions ' +
      'of two people and support sessions; into the latter they bring only staff, others whom they name are left out.',
    response: NewSessionBody,
    message: CREATED,
    errors: ['NOT_FOUND', 'ACCESS_DENIED'],
    examples: {
      body: { booking_id: sessionExamples.one.booking_id, session_type: 'booking', metadata: {} },
      response: sessionExamples.created,
    },
  })
  async create(@CurrentActor() actor: Actor, @Body() body: BookingCreateSessionDto) {
    const { view, created } = await this.sessions.create(actor, body);
    return new Reply(toCreatedSession(view), created ? CREATED : 'Chat session already exists');
  }
}
