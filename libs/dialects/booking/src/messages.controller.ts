import { Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { Reply, UseErrorStyle, Valid } from '#libs/platform/http';
import { HistoryService, MessagesService, ReceiptsService } from '#libs/messages';
import { BookingEndpoint, SESSION_FAILURES } from './booking-endpoint.js';
import { bookingErrorStyle } from './booking.errors.js';
import { messageExample, messageSchema } from './booking.presenter.js';
import {
  listMessagesQuery,
  postMessageBody,
  type ListMessagesQuery,
  type PostMessageBody,
} from './dto/booking.dto.js';
import { BookingMessages } from './rendering.service.js';

@ApiTags('booking')
@UseErrorStyle(bookingErrorStyle)
@Controller('api/chat/messages')
export class BookingMessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly history: HistoryService,
    private readonly receipts: ReceiptsService,
    private readonly rendering: BookingMessages,
  ) {}

  @BookingEndpoint('get', '', {
    access: 'authenticated',
    summary:
      'Read messages of a chat session; page 1 is the newest slice, inside a page the oldest comes first',
    query: listMessagesQuery,
    response: z.object({ messages: z.array(messageSchema), has_more: z.boolean() }),
    errors: { ...SESSION_FAILURES, not_found: ['SESSION_NOT_FOUND', 'MESSAGE_NOT_FOUND'] },
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

  @BookingEndpoint('post', '', {
    access: 'authenticated',
    summary: 'Send a text message; answered once it is committed',
    body: postMessageBody,
    response: messageSchema,
    errors: { ...SESSION_FAILURES, validation: ['MESSAGE_TOO_LONG'], conflict: ['SESSION_INACTIVE'] },
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

  @BookingEndpoint('put', ':id/read', {
    access: 'authenticated',
    summary: 'Mark exactly this message as read by me',
    params: { id: { description: 'Id of the message', example: messageExample.id } },
    response: z.null(),
    errors: { not_found: ['MESSAGE_NOT_FOUND'] },
  })
  async read(@CurrentActor() actor: Actor, @Param('id') id: string) {
    await this.receipts.markMessageRead(actor, id);
    return new Reply(null, 'Message marked as read');
  }
}
