import { MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, Turn, type EventTurn } from '#libs/platform/realtime';
import { ROOM_ERRORS, SERVICE_DIALECT } from '#libs/rooms';
import { UnreadCountBody } from './dto/answers.body.js';
import { MessageBody as SentMessageBody } from './dto/message.body.js';
import { MarkPayloadDto, SendMessagePayloadDto } from './dto/messages.dto.js';
import { SENDING_FILES_ERRORS } from './messages.errors.js';
import { toMessage } from './messages.presenter.js';
import { MessagesService } from './messages.service.js';
import { ReceiptsService } from './receipts.service.js';

/** Messages on sockets, in the service dialect. */
@ChatGateway(SERVICE_DIALECT)
export class MessagesGateway {
  constructor(
    private readonly messages: MessagesService,
    private readonly receipts: ReceiptsService,
  ) {}

  @OnEvent('send_message', {
    outlivesConnection: true,
    pipelined: true,
    access: 'authenticated',
    summary: 'Send a message; acknowledged once it is committed',
    ack: SentMessageBody,
    emits: ['new_message'],
    errors: SENDING_FILES_ERRORS,
    example: {
      room_id: 'service_789',
      message: 'Hello, I have a question',
      message_type: 'text',
      client_id: 'a1',
    },
  })
  async send(
    @CurrentActor() actor: Actor,
    @MessageBody() { room_id, ...body }: SendMessagePayloadDto,
    @Turn() turn: EventTurn,
  ) {
    const { message } = await this.messages.send(actor, room_id, body, turn.letNext);
    return toMessage(message);
  }

  @OnEvent('mark_read', {
    access: 'authenticated',
    summary: 'Mark exactly the named messages as read, everything up to one, or everything',
    ack: UnreadCountBody,
    emits: ['message_read'],
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    example: { room_id: 'service_789', message_id: 'msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f' },
  })
  async markRead(@CurrentActor() actor: Actor, @MessageBody() { room_id, ...marks }: MarkPayloadDto) {
    return { unread_count: await this.receipts.markRead(actor, room_id, marks) };
  }

  @OnEvent('mark_delivered', {
    access: 'authenticated',
    summary: 'Tell that messages up to one (or all) reached this device',
    ack: null,
    emits: ['message_delivered'],
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    example: { room_id: 'service_789' },
  })
  async markDelivered(@CurrentActor() actor: Actor, @MessageBody() { room_id, ...marks }: MarkPayloadDto) {
    await this.receipts.markDelivered(actor, room_id, marks);
  }
}
