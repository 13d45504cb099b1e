import { SENDING_FILES_ERRORS } from '#libs/messages';
import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { ROOM_ERRORS } from '#libs/rooms';
import { ConversationsService } from './conversations.service.js';
import { MarketplaceHistoryQueryDto, MarketplaceSendMessageDto } from './dto/marketplace.dto.js';
import { MarketplaceMessageBody, messageExample, MessagePageBody } from './dto/message.body.js';
import { marketplaceDialect, PREFIX } from './marketplace.dialect.js';
import { CONVERSATION_PARAMS, pagination } from './routes.js';

const SENT = 'Message sent';

@ChatController(marketplaceDialect, `${PREFIX}/conversations/:conversationId/messages`)
export class MarketplaceMessagesController {
  constructor(private readonly conversations: ConversationsService) {}

  @Endpoint('get', '', {
    access: 'authenticated',
    summary: 'Read messages of a conversation',
    description: 'Page 1 is the newest slice; inside a page messages are oldest first.',
    params: CONVERSATION_PARAMS,
    response: MessagePageBody,
    errors: ROOM_ERRORS,
  })
  async list(
    @CurrentActor() actor: Actor,
    @Param('conversationId') id: string,
    @Query() query: MarketplaceHistoryQueryDto,
  ) {
    const { messages, total } = await this.conversations.page(actor, id, query);
    return { messages, pagination: pagination(query, total) };
  }

  @Endpoint('post', '', {
    access: 'authenticated',
    summary: 'Send a message to a conversation',
    params: CONVERSATION_PARAMS,
    response: MarketplaceMessageBody,
    message: SENT,
    errors: SENDING_FILES_ERRORS,
    examples: {
      body: { content: messageExample.content, messageType: 'TEXT' },
      response: messageExample,
    },
  })
  async send(
    @CurrentActor() actor: Actor,
    @Param('conversationId') id: string,
    @Body() body: MarketplaceSendMessageDto,
  ) {
    return new Reply(await this.conversations.send(actor, id, body), SENT);
  }
}
