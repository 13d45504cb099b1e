import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, Turn, type ChatSocket, type EventTurn } from '#libs/platform/realtime';
import { ReceiptsService, SENDING_FILES_ERRORS } from '#libs/messages';
import { TypingService } from '#libs/presence';
import { ROOM_ERRORS } from '#libs/rooms';
import { messageExample } from './dto/message.body.js';
import { MessageSentPayload, UnreadBody } from './dto/session-events.body.js';
import { sessionExample } from './dto/session.body.js';
import {
  SupportReadPayloadDto,
  SupportSendMessagePayloadDto,
  SupportSessionPayloadDto,
} from './dto/support.dto.js';
import { SessionsService } from './sessions.service.js';
import { SUPPORT_DIALECT } from './support.dialect.js';
import { SupportPublisher } from './support.publisher.js';

const example = { session_id: sessionExample.id };

/** Messages of sessions on sockets. */
@ChatGateway(SUPPORT_DIALECT)
export class SupportMessagesGateway {
  constructor(
    private readonly sessions: SessionsService,
    private readonly receipts: ReceiptsService,
    private readonly typing: TypingService,
    private readonly publisher: SupportPublisher,
  ) {}

  @OnEvent('send_message', {
    outlivesConnection: true,
    pipelined: true,
    access: 'authenticated',
    summary: 'Send a message; acknowledged once it is committed',
    ack: MessageSentPayload,
    emits: ['message_sent', 'new_message'],
    errors: SENDING_FILES_ERRORS,
    example: { ...example, content: 'Message text', message_type: 'text', temp_id: 'temp-1705329000000' },
  })
  async send(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id, ...body }: SupportSendMessagePayloadDto,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ) {
    const { message } = await this.sessions.send(actor, session_id, body, turn.letNext);
    const sent = {
      message_id: message.id,
      temp_id: body.temp_id ?? null,
      sent_at: message.createdAt.toISOString(),
    };
    this.publisher.emitter.toSocket(socket, 'message_sent', sent);
    return sent;
  }

  @OnEvent('typing', {
    access: 'authenticated',
    summary: 'Tell the session that you type; ends by itself after 10 s',
    emits: ['user_typing', 'typing_stopped'],
    errors: [...ROOM_ERRORS, 'ROOM_INACTIVE'],
    example,
  })
  async startTyping(@CurrentActor() actor: Actor, @MessageBody() { session_id }: SupportSessionPayloadDto) {
    await this.typing.start(actor, session_id);
  }

  @OnEvent('stop_typing', {
    access: 'authenticated',
    summary: 'Tell the session that you stopped typing',
    emits: ['typing_stopped'],
    errors: ROOM_ERRORS,
    example,
  })
  async stopTyping(@CurrentActor() actor: Actor, @MessageBody() { session_id }: SupportSessionPayloadDto) {
    await this.typing.stop(actor, session_id);
  }

  @OnEvent('mark_as_read', {
    access: 'authenticated',
    summary: 'Mark exactly the named messages as read, or (null) everything',
    ack: UnreadBody,
    emits: ['messages_read'],
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    example: { ...example, message_ids: [messageExample.id] },
  })
  async markAsRead(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id, message_ids }: SupportReadPayloadDto,
  ) {
    const marks = { message_ids: message_ids ?? undefined };
    return { unread_count: await this.receipts.markRead(actor, session_id, marks) };
  }
}
