import { Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { Endpoint, Reply, UseErrorStyle, Valid } from '#libs/platform/http';
import { ConversationsService } from './conversations.service.js';
import { historyQuery, sendMessageBody, type HistoryQuery, type SendBody } from './dto/marketplace.dto.js';
import { marketplaceErrorStyle } from './marketplace.errors.js';
import { messageExample, messageSchema } from './messages.presenter.js';
import {
  CONVERSATION_FAILURES,
  CONVERSATION_PARAMS,
  pagination,
  paginationSchema,
  PREFIX,
} from './routes.js';

@ApiTags('marketplace')
@UseErrorStyle(marketplaceErrorStyle)
@Controller(`${PREFIX}/conversations/:conversationId/messages`)
export class MarketplaceMessagesController {
  constructor(private readonly conversations: ConversationsService) {}

  @Endpoint('get', '', {
    access: 'authenticated',
    summary: 'Read messages of a conversation',
    description: 'Page 1 is the newest slice; inside a page messages are oldest first.',
    params: CONVERSATION_PARAMS,
    query: historyQuery,
    response: z.object({ messages: z.array(messageSchema), pagination: paginationSchema }),
    errors: CONVERSATION_FAILURES,
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
    errors: {
      ...CONVERSATION_FAILURES,
      validation: ['MESSAGE_TOO_LONG', 'TOO_MANY_FILES'],
      conflict: ['CONVERSATION_INACTIVE'],
    },
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
