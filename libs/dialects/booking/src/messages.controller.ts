import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { HistoryService, MessagesService, ReceiptsService, SENDING_ERRORS } from '#libs/messages';
import { ROOM_ERRORS } from '#libs/rooms';
import { bookingDialect } from './booking.dialect.js';
import { BookingMessageBody, BookingMessagePageBody, messageExample } from './dto/message.body.js';
import { BookingMessagesQueryDto, BookingPostMessageDto } from './dto/messages.dto.js';
import { BookingMessages } from './rendering.service.js';

const SENT = 'Message sent successfully';
const READ = 'Message marked as read';

@ChatController(bookingDialect, 'api/chat/messages')
export class BookingMessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly history: HistoryService,
    private readonly receipts: ReceiptsService,
    private readonly rendering: BookingMessages,
  ) {}

  @Endpoint('get', '', {
    access: 'authenticated',
    summary:
      'Read messages of a chat session; page 1 is the newest slice, inside a page the oldest comes first',
    response: BookingMessagePageBody,
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    examples: { response: { messages: [messageExample], has_more: true } },
  })
  async list(@CurrentActor() actor: Actor, @Query() query: BookingMessagesQueryDto) {
    const { session_id, page, limit, before_message_id } = query;
    const { messages, hasMore } = await this.history.page(actor, session_id, {
      page,
      per_page: limit,
      before_message_id,
    });
    return { messages: await this.rendering.render(messages, actor.id), has_more: hasMore };
  }

  @Endpoint('post', '', {
    access: 'authenticated',
    summary: 'Send a text message; answered once it is committed',
    response: BookingMessageBody,
    message: SENT,
    errors: SENDING_ERRORS,
    examples: {
      body: {
        session_id: messageExample.session_id,
        content: 'Thank you for the reading, it was very insightful!',
        type: 'text',
        metadata: {},
      },
      response: messageExample,
    },
  })
  async send(@CurrentActor() actor: Actor, @Body() body: BookingPostMessageDto) {
    const { message } = await this.messages.send(actor, body.session_id, {
      message: body.content,
      message_type: body.type,
      metadata: body.metadata ?? undefined,
      client_id: body.client_id,
    });
    return new Reply(await this.rendering.renderOne(message, actor.id), SENT);
  }

  @Endpoint('put', ':id/read', {
    access: 'authenticated',
    summary: 'Mark exactly this message as read by me',
    params: { id: { description: 'Id of the message', example: messageExample.id } },
    response: null,
    message: READ,
    errors: ['MESSAGE_NOT_FOUND'],
  })
  async read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    await this.receipts.markMessageRead(actor, id);
    return new Reply(null, READ);
  }
}
