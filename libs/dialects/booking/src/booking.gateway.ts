import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, type ChatSocket } from '#libs/platform/realtime';
import { TypingService } from '#libs/presence';
import { BookingAttendance } from './attendance.service.js';
import { BOOKING_DIALECT } from './booking.dialect.js';
import { ROOM_ERRORS } from '#libs/rooms';
import { WRITE_CODES } from './booking.errors.js';
import { BookingPublisher } from './booking.publisher.js';
import { ChatBody } from './dto/booking-events.body.js';
import { messageExample } from './dto/message.body.js';
import { BookingLastSessionPayloadDto, BookingSessionPayloadDto } from './dto/sessions.dto.js';

const EXAMPLE = { session_id: messageExample.session_id };

/** Chat sessions of the booking contract on sockets: who hears them, and who types. */
@ChatGateway(BOOKING_DIALECT)
export class BookingGateway {
  constructor(
    private readonly attendance: BookingAttendance,
    private readonly typing: TypingService,
    private readonly publisher: BookingPublisher,
  ) {}

  @OnEvent('join_chat', {
    access: 'authenticated',
    summary: 'Receive a chat session with this socket',
    ack: ChatBody,
    emits: ['chat_joined', 'user_joined', 'user_typing'],
    errors: ROOM_ERRORS,
    example: EXAMPLE,
  })
  async join(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: BookingSessionPayloadDto,
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
    ack: ChatBody,
    emits: ['chat_left', 'user_left'],
    errors: ROOM_ERRORS,
    example: EXAMPLE,
  })
  async leave(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: BookingLastSessionPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const room = await this.attendance.leave(actor, socket, session_id);
    const left = { session_id: room.id };
    this.publisher.emitter.toSocket(socket, 'chat_left', left);
    return left;
  }

  @OnEvent('typing_start', {
    access: 'authenticated',
    summary: 'Tell the chat joined last, or the named one, that you are typing. Ends by itself after 10 s',
    emits: ['user_typing'],
    errors: WRITE_CODES,
  })
  async typingStart(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: BookingLastSessionPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    await this.typing.start(actor, session_id ?? this.attendance.joinedLast(socket));
  }

  @OnEvent('typing_stop', {
    access: 'authenticated',
    summary: 'Tell the chat joined last, or the named one, that you stopped typing',
    emits: ['user_typing'],
    errors: ROOM_ERRORS,
  })
  async typingStop(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id }: BookingLastSessionPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    await this.typing.stop(actor, session_id ?? this.attendance.joinedLast(socket));
  }
}
