import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, Turn, type ChatSocket, type EventTurn } from '#libs/platform/realtime';
import { ROOM_ERRORS, SupportQueueService } from '#libs/rooms';
import {
  ChatAcceptedPayload,
  ChatClosedPayload,
  SessionJoinedPayload,
  SessionLeftBody,
} from './dto/session-events.body.js';
import { sessionExample } from './dto/session.body.js';
import { SupportSessionPayloadDto } from './dto/support.dto.js';
import { SessionEntryService } from './session-entry.service.js';
import { SessionViews } from './session-views.js';
import { SUPPORT_DIALECT } from './support.dialect.js';
import { SupportPublisher } from './support.publisher.js';

const example = { session_id: sessionExample.id };

/** Sessions on sockets. */
@ChatGateway(SUPPORT_DIALECT)
export class SupportSessionsGateway {
  constructor(
    private readonly entry: SessionEntryService,
    private readonly support: SupportQueueService,
    private readonly sessions: SessionViews,
    private readonly publisher: SupportPublisher,
  ) {}

  @OnEvent('join_session', {
    access: 'authenticated',
    summary: 'Receive a session with this socket; an agent who is not in it becomes a participant',
    ack: SessionJoinedPayload,
    emits: ['session_joined', 'user_joined'],
    errors: ROOM_ERRORS,
    example,
  })
  async join(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: SupportSessionPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ) {
    const joined = await this.entry.join(actor, session_id, { socket, turn });
    this.publisher.emitter.toSocket(socket, 'session_joined', joined);
    return joined;
  }

  @OnEvent('leave_session', {
    access: 'authenticated',
    summary: 'Stop receiving a session with this socket; you stay a participant',
    ack: SessionLeftBody,
    emits: ['user_left'],
    errors: ROOM_ERRORS,
    example,
  })
  async leave(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: SupportSessionPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    return { session_id: (await this.entry.leave(actor, session_id, socket)).id };
  }

  @OnEvent('accept_chat', {
    access: 'authenticated',
    summary: 'Take a session, for agents, support, staff and admins; this socket receives it from then on',
    ack: ChatAcceptedPayload,
    emits: ['chat_accepted', 'session_status_changed', 'user_joined'],
    errors: [...ROOM_ERRORS, 'ALREADY_ASSIGNED', 'ROOM_INACTIVE'],
    example,
  })
  async accept(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: SupportSessionPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const wasMember = await this.entry.isMember(actor, session_id);
    const before = await this.entry.current(session_id);
    const room = await this.support.take(actor, session_id);
    const session = await this.sessions.shared(room);
    const accepted = { session, agent_id: actor.id, agent_name: session.agent_name ?? `User ${actor.id}` };
    // Of what was theirs already the session hears nothing, but whoever asks is answered.
    const repeated = before?.assigneeId === actor.id && before.status === 'active';
    const hears = this.entry.hears(socket, room);
    if (!hears) await this.entry.enter(socket, actor, room, wasMember, async () => undefined);
    if (!hears || repeated) this.publisher.emitter.toSocket(socket, 'chat_accepted', accepted);
    return accepted;
  }

  @OnEvent('close_chat', {
    access: 'authenticated',
    summary: 'Close a session; it takes no new messages',
    ack: ChatClosedPayload,
    emits: ['chat_closed', 'session_status_changed'],
    errors: [...ROOM_ERRORS, 'CONFLICT'],
    example,
  })
  async close(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: SupportSessionPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const before = await this.entry.current(session_id);
    const room = await this.support.setStatus(actor, session_id, 'closed');
    const closed = { session: await this.sessions.shared(room), closed_by: actor.id };
    if (before?.status === 'closed' || !this.entry.hears(socket, room))
      this.publisher.emitter.toSocket(socket, 'chat_closed', closed);
    return closed;
  }
}
