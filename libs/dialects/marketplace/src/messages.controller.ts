import { Param } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply, Valid } from '#libs/platform/http';
import { ROOM_ERRORS } from '#libs/rooms';
import { ConversationsService } from './conversations.service.js';
import { historyQuery, sendMessageBody, type HistoryQuery, type SendBody } from './dto/marketplace.dto.js';
import { marketplaceDialect, PREFIX } from './marketplace.dialect.js';
import { messageExample, messageSchema } from './messages.presenter.js';
import { CONVERSATION_PARAMS, pagination, paginationSchema } from './routes.js';

@ChatController(marketplaceDialect, `${PREFIX}/conversations/:conversationId/messages`)
export class MarketplaceMessagesController {
  constructor(private readonly conversations: ConversationsService) {}

  @Endpoint('get', '', {
    access: 'authenticated',
    summary: 'Read messages of a conversation',
    description: 'Page 1 is the newest slice; inside a page messages are oldest first.',
    params: CONVERSATION_PARAMS,
    query: historyQuery,
    response: z.object({ messages: z.array(messageSchema), pagination: paginationSchema }),
    errors: ROOM_ERRORS,
  })
  async list(
    @CurrentActor() actor: Actor,
    @Param('conversationId') id: string,
    @Valid('query') query: HistoryQuery,
  ) {
    const { messages, total } = await this.conversations.page(actor, id, query);
    return { messages, pagination: pagination(query, total) };
  }

  @Endpoint('post', '', {
    access: 'authenticated',
    summary: 'Send a message to a conversation',
    params: CONVERSATION_PARAMS,
    body: sendMessageBody,
    response: messageSchema,
    errors: [...ROOM_ERRORS, 'MESSAGE_TOO_LONG', 'TOO_MANY_FILES', 'ROOM_INACTIVE'],
    examples: {
      body: { content: messageExample.content, messageType: 'TEXT' },
      response: messageExample,
    },
  })
  async send(
    @CurrentActor() actor: Actor,
    @Param('conversationId') id: string,
    @Valid('body') body: SendBody,
  ) {
    return new Reply(await this.conversations.send(actor, id, body), 'Message sent');
  }
}
