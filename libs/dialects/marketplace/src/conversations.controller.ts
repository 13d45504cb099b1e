import { Param } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply, Valid } from '#libs/platform/http';
import { ReceiptsService } from '#libs/messages';
import { ROOM_ERRORS, RoomLifecycleService, RoomsService } from '#libs/rooms';
import { conversationExample, conversationSchema } from './conversations.presenter.js';
import { ConversationsService } from './conversations.service.js';
import {
  listConversationsQuery,
  openConversationBody,
  type ListConversationsQuery,
  type OpenConversationBody,
} from './dto/marketplace.dto.js';
import { marketplaceDialect, PREFIX } from './marketplace.dialect.js';
import { CONVERSATION_PARAMS, pagination, paginationSchema } from './routes.js';

const ONE = {
  access: 'authenticated',
  params: CONVERSATION_PARAMS,
  response: conversationSchema,
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
    body: openConversationBody,
    response: conversationSchema,
    errors: ['FORBIDDEN'],
    examples: { body: { providerId: 1, customerId: 2, orderId: 123 }, response: conversationExample },
  })
  async open(@CurrentActor() actor: Actor, @Valid('body') body: OpenConversationBody) {
    const { conversation, created } = await this.conversations.open(actor, body);
    return new Reply(conversation, created ? 'Conversation started' : 'Conversation exists already');
  }

  @Endpoint('get', '', {
    access: 'authenticated',
    summary: 'List my conversations, the most recently used first',
    description: 'The active ones, unless `status` asks for others.',
    query: listConversationsQuery,
    response: z.object({ conversations: z.array(conversationSchema), pagination: paginationSchema }),
  })
  async list(@CurrentActor() actor: Actor, @Valid('query') query: ListConversationsQuery) {
    const { conversations, total } = await this.conversations.list(actor, query);
    return { conversations, pagination: pagination(query, total) };
  }

  @Endpoint('patch', ':conversationId/read', {
    ...ONE,
    summary: 'Mark all messages of a conversation as read',
    response: z.object({ conversationId: z.string(), unreadCount: z.number() }),
    examples: { response: { conversationId: conversationExample.id, unreadCount: 0 } },
  })
  async read(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const unreadCount = await this.receipts.markRead(actor, id, {});
    const { room } = await this.rooms.get(actor, id);
    return new Reply({ conversationId: room.id, unreadCount }, 'Conversation marked as read');
  }

  @Endpoint('patch', ':conversationId/archive', {
    ...ONE,
    summary: 'Archive a conversation for myself; the next message brings it back',
  })
  async archive(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const room = await this.lifecycle.archive(actor, id, true);
    return new Reply(await this.conversations.show(actor, room), 'Conversation archived');
  }

  @Endpoint('patch', ':conversationId/block', {
    ...CHANGED,
    summary: 'Block a conversation: neither side can write until you unblock it',
  })
  async block(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const room = await this.lifecycle.block(actor, id);
    return new Reply(await this.conversations.show(actor, room), 'Conversation blocked');
  }

  @Endpoint('patch', ':conversationId/unblock', {
    ...ONE,
    summary: 'Unblock a conversation that you blocked',
  })
  async unblock(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const room = await this.lifecycle.unblock(actor, id);
    return new Reply(await this.conversations.show(actor, room), 'Conversation unblocked');
  }

  @Endpoint('patch', ':conversationId/end', {
    ...CHANGED,
    summary: 'End a conversation: it takes no new messages',
  })
  async end(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    return new Reply(await this.conversations.end(actor, id), 'Conversation ended');
  }

  @Endpoint('patch', ':conversationId/reopen', {
    ...CHANGED,
    summary: 'Open a conversation that has ended again',
  })
  async reopen(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const { room } = await this.rooms.setStatus(actor, id, 'active');
    return new Reply(await this.conversations.show(actor, room), 'Conversation opened again');
  }
}
