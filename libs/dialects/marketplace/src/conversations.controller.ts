import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { ReceiptsService } from '#libs/messages';
import { ROOM_ERRORS, RoomLifecycleService, RoomsService } from '#libs/rooms';
import { ConversationsService } from './conversations.service.js';
import {
  ConversationBody,
  conversationExample,
  ConversationPageBody,
  ReadConversationBody,
} from './dto/conversation.body.js';
import { CONVERSATION_ID } from './dto/ids.js';
import { MarketplaceConversationsQueryDto, MarketplaceOpenConversationDto } from './dto/marketplace.dto.js';
import { marketplaceDialect, PREFIX } from './marketplace.dialect.js';
import { CONVERSATION_PARAMS, pagination } from './routes.js';

/** What answers say beside their data. */
const SAYS = {
  started: 'Conversation started',
  exists: 'Conversation exists already',
  read: 'Conversation marked as read',
  archived: 'Conversation archived',
  blocked: 'Conversation blocked',
  unblocked: 'Conversation unblocked',
  ended: 'Conversation ended',
  reopened: 'Conversation opened again',
} as const;

const ONE = {
  access: 'authenticated',
  params: CONVERSATION_PARAMS,
  response: ConversationBody,
  errors: ROOM_ERRORS,
} as const;
const CHANGED = { ...ONE, errors: [...ROOM_ERRORS, 'CONFLICT'] };

@ChatController(marketplaceDialect, `${PREFIX}/conversations`)
export class MarketplaceConversationsController {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly rooms: RoomsService,
    private readonly lifecycle: RoomLifecycleService,
    private readonly receipts: ReceiptsService,
  ) {}

  @Endpoint('post', '', {
    access: 'chats:create',
    summary: 'Start a conversation between a provider and a customer',
    description:
      'One of them asks. The same provider, customer and order get the same conversation. An order that the host ' +
      'platform gave to other people is refused.',
    response: ConversationBody,
    message: SAYS.started,
    errors: ['FORBIDDEN'],
    examples: { body: { providerId: 1, customerId: 2, orderId: 123 }, response: conversationExample },
  })
  async open(@CurrentActor() actor: Actor, @Body() body: MarketplaceOpenConversationDto) {
    const { conversation, created } = await this.conversations.open(actor, body);
    return new Reply(conversation, created ? SAYS.started : SAYS.exists);
  }

  @Endpoint('get', '', {
    access: 'authenticated',
    summary: 'List my conversations, the most recently used first',
    description: 'The active ones, unless `status` asks for others.',
    response: ConversationPageBody,
  })
  async list(@CurrentActor() actor: Actor, @Query() query: MarketplaceConversationsQueryDto) {
    const { conversations, total } = await this.conversations.list(actor, query);
    return { conversations, pagination: pagination(query, total) };
  }

  @Endpoint('patch', ':conversationId/read', {
    ...ONE,
    summary: 'Mark all messages of a conversation as read',
    response: ReadConversationBody,
    message: SAYS.read,
    examples: { response: { conversationId: CONVERSATION_ID, unreadCount: 0 } },
  })
  async read(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const unreadCount = await this.receipts.markRead(actor, id, {});
    const { room } = await this.rooms.get(actor, id);
    return new Reply({ conversationId: room.id, unreadCount }, SAYS.read);
  }

  @Endpoint('patch', ':conversationId/archive', {
    ...ONE,
    summary: 'Archive a conversation for myself; the next message brings it back',
    message: SAYS.archived,
  })
  async archive(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const room = await this.lifecycle.archive(actor, id, true);
    return new Reply(await this.conversations.show(actor, room), SAYS.archived);
  }

  @Endpoint('patch', ':conversationId/block', {
    ...CHANGED,
    summary: 'Block a conversation: neither side can write until you unblock it',
    message: SAYS.blocked,
  })
  async block(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const room = await this.lifecycle.block(actor, id);
    return new Reply(await this.conversations.show(actor, room), SAYS.blocked);
  }

  @Endpoint('patch', ':conversationId/unblock', {
    ...ONE,
    summary: 'Unblock a conversation that you blocked',
    message: SAYS.unblocked,
  })
  async unblock(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const room = await this.lifecycle.unblock(actor, id);
    return new Reply(await this.conversations.show(actor, room), SAYS.unblocked);
  }

  @Endpoint('patch', ':conversationId/end', {
    ...CHANGED,
    summary: 'End a conversation: it takes no new messages',
    message: SAYS.ended,
  })
  async end(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    return new Reply(await this.conversations.end(actor, id), SAYS.ended);
  }

  @Endpoint('patch', ':conversationId/reopen', {
    ...CHANGED,
    summary: 'Open a conversation that has ended again',
    message: SAYS.reopened,
  })
  async reopen(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const { room } = await this.rooms.setStatus(actor, id, 'active');
    return new Reply(await this.conversations.show(actor, room), SAYS.reopened);
  }
}
