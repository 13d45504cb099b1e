import { Param } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply, Valid } from '#libs/platform/http';
import { HistoryService, MessagesService, ReceiptsService } from '#libs/messages';
import { ROOM_ERRORS } from '#libs/rooms';
import { bookingDialect } from './booking.dialect.js';
import { messageExample, messageSchema } from './booking.presenter.js';
import {
  listMessagesQuery,
  postMessageBody,
  type ListMessagesQuery,
  type PostMessageBody,
} from './dto/booking.dto.js';
import { BookingMessages } from './rendering.service.js';

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
    query: listMessagesQuery,
    response: z.object({ messages: z.array(messageSchema), has_more: z.boolean() }),
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    examples: { response: { messages: [messageExample], has_more: true } },
  })
  async list(@CurrentActor() actor: Actor, @Valid('query') query: ListMessagesQuery) {
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
    body: postMessageBody,
    response: messageSchema,
    errors: [...ROOM_ERRORS, 'MESSAGE_TOO_LONG', 'ROOM_INACTIVE'],
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
  async send(@CurrentActor() actor: Actor, @Valid('body') body: PostMessageBody) {
    const { message } = await this.messages.send(actor, body.session_id, {
      message: body.content,
      message_type: body.type,
      metadata: body.metadata ?? undefined,
      client_id: body.client_id,
    });
    return new Reply(await this.rendering.renderOne(message, actor.id), 'Message sent successfully');
  }

  @Endpoint('put', ':id/read', {
    access: 'authenticated',
    summary: 'Mark exactly this message as read by me',
    params: { id: { description: 'Id of the message', example: messageExample.id } },
    response: z.null(),
    errors: ['MESSAGE_NOT_FOUND'],
  })
  async read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    await this.receipts.markMessageRead(actor, id);
    return new Reply(null, 'Message marked as read');
  }
}
