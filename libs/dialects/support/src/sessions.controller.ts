import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { ROOM_ERRORS, RoomAccessService, SupportQueueService } from '#libs/rooms';
import { MySessionBody, mySessionExample } from './dto/session.body.js';
import {
  SESSION_PARAM as params,
  SupportCreateSessionDto,
  SupportSessionsQueryDto,
  SupportStatusDto,
} from './dto/support.dto.js';
import { SessionViews } from './session-views.js';
import { SessionsService } from './sessions.service.js';
import { supportDialect } from './support.dialect.js';

const taken = { ...mySessionExample, status: 'active', agent_id: '456', agent_name: 'Mike Johnson' };

@ChatController(supportDialect, 'api/v1/chat/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly support: SupportQueueService,
    private readonly access: RoomAccessService,
    private readonly views: SessionViews,
  ) {}

  @Endpoint('post', '', {
    access: 'chats:create',
    summary: 'Open a session; it waits until an agent takes it',
    response: MySessionBody,
    errors: ['MESSAGE_TOO_LONG', 'ACCESS_DENIED'],
    examples: {
      body: {
        subject: 'Need help with order',
        category: 'order_issue',
        priority: 'high',
        restaurant_id: '42',
        initial_message: 'My order is delayed',
      },
      response: mySessionExample,
    },
  })
  async create(@CurrentActor() actor: Actor, @Body() body: SupportCreateSessionDto) {
    return this.views.mine(actor, await this.sessions.open(actor, body));
  }

  @Endpoint('get', '', {
    access: 'chats:read',
    summary: 'List my sessions, the newest first',
    description:
      'For agents, support, staff and admins the sessions that nobody has taken come first, the longest wait first.',
    response: [MySessionBody],
    examples: { response: [mySessionExample] },
  })
  async list(@CurrentActor() actor: Actor, @Query() { status, limit, offset }: SupportSessionsQueryDto) {
    return this.views.allMine(actor, await this.support.sessionsOf(actor, status, limit, offset));
  }

  @Endpoint('get', ':sessionId', {
    access: 'chats:read',
    summary: 'Read a session',
    params,
    response: MySessionBody,
    errors: ROOM_ERRORS,
    examples: { response: mySessionExample },
  })
  async get(@CurrentActor() actor: Actor, @Param('sessionId') id: string) {
    return this.views.mine(actor, (await this.access.toRead(actor, id)).room);
  }

  @Endpoint('post', ':sessionId/assign', {
    access: 'authenticated',
    summary: 'Take a session, for agents, support, staff and admins; of two at once one gets it',
    params,
    status: 200,
    response: MySessionBody,
    errors: [...ROOM_ERRORS, 'ALREADY_ASSIGNED', 'ROOM_INACTIVE'],
    examples: { response: taken },
  })
  async assign(@CurrentActor() actor: Actor, @Param('sessionId') id: string) {
    return this.views.mine(actor, await this.support.take(actor, id));
  }

  @Endpoint('patch', ':sessionId/status', {
    access: 'authenticated',
    summary: 'Resolve, close or reopen a session; waiting gives it back to the queue',
    description: 'Reopening: agents always, the customer while the session is resolved.',
    params,
    response: MySessionBody,
    errors: [...ROOM_ERRORS, 'CONFLICT', 'ALREADY_ASSIGNED'],
    examples: { body: { status: 'closed' }, response: { ...taken, status: 'closed' } },
  })
  async setStatus(
    @CurrentActor() actor: Actor,
    @Param('sessionId') id: string,
    @Body() { status }: SupportStatusDto,
  ) {
    return this.views.mine(actor, await this.support.setStatus(actor, id, status));
  }
}
