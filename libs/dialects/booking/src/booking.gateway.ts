import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, Turn, type ChatSocket, type EventTurn } from '#libs/platform/realtime';
import { MessagesService, ReactionsService } from '#libs/messages';
import { TypingService } from '#libs/presence';
import type { z } from 'zod';
import { BookingAttendance } from './attendance.service.js';
import { BOOKING_DIALECT } from './booking.dialect.js';
import { messageExample, toReactionCount } from './booking.presenter.js';
import { BookingPublisher } from './booking.publisher.js';
import { chatJoinedSchema, messageSentSchema, reactionAnswerSchema } from './booking.server-events.js';
import {
  leaveChatPayload,
  reactionPayload,
  sendMessagePayload,
  sessionPayload,
  typingPayload,
  type ReactionPayload,
  type SendMessagePayload,
  type SessionPayload,
  type TypingPayload,
} from './dto/booking.dto.js';
import { BookingMessages } from './rendering.service.js';

const SESSION_ERRORS = ['ROOM_NOT_FOUND', 'ACCESS_DENIED'];
const WRITE_ERRORS = [...SESSION_ERRORS, 'ROOM_INACTIVE'];
const EXAMPLE = { session_id: messageExample.session_id };

/** The socket events of the booking contract. */
@ChatGateway(BOOKING_DIALECT)
export class BookingGateway {
  constructor(
    private readonly attendance: BookingAttendance,
    private readonly messages: MessagesService,
    private readonly reactions: ReactionsService,
    private readonly typing: TypingService,
    private readonly rendering: BookingMessages,
    private readonly publisher: BookingPublisher,
  ) {}

  @OnEvent('join_chat', {
    access: 'authenticated',
    summary: 'Receive a chat session with this socket',
    payload: sessionPayload,
    ack: chatJoinedSchema,
    emits: ['chat_joined', 'user_joined', 'user_typing'],
    errors: SESSION_ERRORS,
    example: EXAMPLE,
  })
  async join(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: SessionPayload,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const { room, entered } = await this.attendance.join(actor, socket, session_id);
    const joined = { session_id: room.id };
    this.publisher.emitter.toSocket(socket, 'chat_joined', joined);
    if (entered) await this.publisher.showTypists(socket, room.id, actor.id);
    return joined;
  }

  @OnEvent('leave_chat', {
    access: 'authenticated',
    summary: 'Stop receiving a chat session (without payload: the one joined last); you stay a participant',
    payload: leaveChatPayload,
    ack: chatJoinedSchema,
    emits: ['chat_left', 'user_left'],
    errors: SESSION_ERRORS,
    example: EXAMPLE,
  })
  async leave(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: z.output<typeof leaveChatPayload>,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const room = await this.attendance.leave(actor, socket, session_id);
    const left = { session_id: room.id };
    this.publisher.emitter.toSocket(socket, 'chat_left', left);
    return left;
  }

  @OnEvent('send_message', {
    outlivesConnection: true,
    pipelined: true,
    access: 'authenticated',
    summary: 'Send a message; one that was sent by REST before is not stored or delivered again',
    payload: sendMessagePayload,
    ack: messageSentSchema,
    emits: ['message_sent', 'new_message'],
    errors: [...WRITE_ERRORS, 'RATE_LIMITED', 'MESSAGE_TOO_LONG', 'FORBIDDEN'],
    example: {
      ...EXAMPLE,
      message: { id: 'm-1', content: 'Hello, I need help with my reading', type: 'text' },
    },
  })
  async send(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id, message }: SendMessagePayload,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ) {
    const sent = await this.messages.send(
      actor,
      session_id,
      {
        message: message.content,
        message_type: message.type,
        metadata: message.metadata ?? undefined,
        client_id: message.id,
      },
      turn.letNext,
    );
    const stored = await this.rendering.renderOne(sent.message, actor.id);
    const confirmation = {
      message_id: stored.id,
      session_id: stored.session_id,
      client_id: message.id ?? null,
      timestamp: stored.timestamp,
      message: stored,
    };
    this.publisher.emitter.toSocket(socket, 'message_sent', confirmation);
    return confirmation;
  }

  @OnEvent('typing_start', {
    access: 'authenticated',
    summary: 'Tell the chat joined last, or the named one, that you are typing. Ends by itself after 10 s',
    payload: typingPayload,
    emits: ['user_typing'],
    errors: WRITE_ERRORS,
  })
  async typingStart(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: TypingPayload,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    await this.typing.start(actor, session_id ?? this.attendance.joinedLast(socket));
  }

  @OnEvent('typing_stop', {
    access: 'authenticated',
    summary: 'Tell the chat joined last, or the named one, that you stopped typing',
    payload: typingPayload,
    emits: ['user_typing'],
    errors: SESSION_ERRORS,
  })
  async typingStop(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: TypingPayload,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    await this.typing.stop(actor, session_id ?? this.attendance.joinedLast(socket));
  }

  @OnEvent('message_reaction', {
    access: 'authenticated',
    summary: 'Put a reaction on a message, or take it back by repeating it',
    payload: reactionPayload,
    ack: reactionAnswerSchema,
    emits: ['message_reaction_update'],
    errors: [...WRITE_ERRORS, 'MESSAGE_NOT_FOUND'],
    example: { ...EXAMPLE, message_id: messageExample.id, reaction: '❤️' },
  })
  async react(
    @CurrentActor() actor: Actor,
    @MessageBody() { message_id, reaction, session_id }: ReactionPayload,
  ) {
    const { message, added, reactions } = await this.reactions.react(
      actor,
      message_id,
      reaction,
      'toggle',
      session_id,
    );
    return {
      message_id: message.id,
      session_id: message.roomId,
      reaction,
      added,
      reactions: reactions.map(toReactionCount),
    };
  }
}
