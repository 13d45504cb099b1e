import { z } from 'zod';
import { Gateway, OnSocketEvent, type SocketContext } from '#libs/platform/realtime';
import { SupportQueueService } from '#libs/rooms';
import { sessionPayload, type SessionPayload } from './dto/support.dto.js';
import { SessionEntryService } from './session-entry.service.js';
import { SessionViews } from './session-views.js';
import { SUPPORT_DIALECT } from './support.dialect.js';
import { sessionExample } from './support.presenter.js';
import { SupportPublisher } from './support.publisher.js';
import { chatAcceptedSchema, chatClosedSchema, sessionJoinedSchema } from './support.server-events.js';

const ERRORS = ['ROOM_NOT_FOUND', 'ACCESS_DENIED'];
const example = { session_id: sessionExample.id };

/** Sessions on sockets. */
@Gateway({ dialect: SUPPORT_DIALECT })
export class SupportSessionsGateway {
  constructor(
    private readonly entry: SessionEntryService,
    private readonly support: SupportQueueService,
    private readonly sessions: SessionViews,
    private readonly publisher: SupportPublisher,
  ) {}

  @OnSocketEvent('join_session', {
    access: 'authenticated',
    summary: 'Receive a session with this socket; an agent who is not in it becomes a participant',
    payload: sessionPayload,
    ack: sessionJoinedSchema,
    emits: ['session_joined', 'user_joined'],
    errors: ERRORS,
    example,
  })
  async join(context: SocketContext, { session_id }: SessionPayload) {
    const joined = await this.entry.join(context, session_id);
    this.publisher.emitter.toSocket(context.socket, 'session_joined', joined);
    return joined;
  }

  @OnSocketEvent('leave_session', {
    access: 'authenticated',
    summary: 'Stop receiving a session with this socket; you stay a participant',
    payload: sessionPayload,
    ack: z.object({ session_id: z.string() }),
    emits: ['user_left'],
    errors: ERRORS,
    example,
  })
  async leave(context: SocketContext, { session_id }: SessionPayload) {
    return { session_id: (await this.entry.leave(context, session_id)).id };
  }

  @OnSocketEvent('accept_chat', {
    access: 'authenticated',
    summary: 'Take a session, for agents, support, staff and admins; this socket receives it from then on',
    payload: sessionPayload,
    ack: chatAcceptedSchema,
    emits: ['chat_accepted', 'session_status_changed', 'user_joined'],
    errors: [...ERRORS, 'ALREADY_ASSIGNED', 'ROOM_INACTIVE'],
    example,
  })
  async accept({ socket, actor }: SocketContext, { session_id }: SessionPayload) {
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

  @OnSocketEvent('close_chat', {
    access: 'authenticated',
    summary: 'Close a session; it takes no new messages',
    payload: sessionPayload,
    ack: chatClosedSchema,
    emits: ['chat_closed', 'session_status_changed'],
    errors: [...ERRORS, 'CONFLICT'],
    example,
  })
  async close({ socket, actor }: SocketContext, { session_id }: SessionPayload) {
    const before = await this.entry.current(session_id);
    const room = await this.support.setStatus(actor, session_id, 'closed');
    const closed = { session: await this.sessions.shared(room), closed_by: actor.id };
    if (before?.status === 'closed' || !this.entry.hears(socket, room))
      this.publisher.emitter.toSocket(socket, 'chat_closed', closed);
    return closed;
  }
}
