import {
  ApiFlag,
  ApiInteger,
  ApiList,
  ApiNested,
  ApiObject,
  ApiOneOf,
  ApiTime,
  ApiWireId,
  Schema,
} from '#libs/platform/schemas';
import { conversationStatuses, type ConversationStatus } from '../types.js';
import { ApiConversationId, CONVERSATION_ID } from './ids.js';
import { MarketplaceMessageBody, messageExample } from './message.body.js';
import { PaginationBody } from './pagination.body.js';
import { PersonBody } from './people.body.js';

export const conversationExample: ConversationBody = {
  id: CONVERSATION_ID,
  customerId: 2,
  providerId: 1,
  orderId: 123,
  status: 'ACTIVE',
  createdAt: '2024-01-15T14:00:00.000Z',
  updatedAt: '2024-01-15T14:30:00.000Z',
  lastMessageAt: '2024-01-15T14:30:00.000Z',
  customer: { id: 2, name: 'First Customer', role: 'customer', avatar: null },
  provider: { id: 1, name: 'Shiny Wash', role: 'provider', avatar: null },
  order: { id: 123 },
  lastMessage: messageExample,
  unreadCount: 1,
};

@Schema('MarketplaceConversation', {
  description: 'A conversation as one of its people sees it',
  example: conversationExample,
})
export class ConversationBody {
  @ApiConversationId() id!: string;
  @ApiWireId({ nullable: true }) customerId!: string | number | null;
  @ApiWireId({ nullable: true }) providerId!: string | number | null;
  @ApiWireId({ nullable: true }) orderId!: string | number | null;
  @ApiOneOf(conversationStatuses, { description: 'ARCHIVED: by you, until the next message' })
  status!: ConversationStatus;
  @ApiTime() createdAt!: string;
  @ApiTime() updatedAt!: string;
  @ApiTime({ nullable: true }) lastMessageAt!: string | null;
  @ApiNested(() => PersonBody, { nullable: true }) customer!: PersonBody | null;
  @ApiNested(() => PersonBody, { nullable: true }) provider!: PersonBody | null;
  @ApiObject({
    nullable: true,
    description: "The order's id, and for its own people what the host platform told about it",
  })
  order!: Record<string, unknown> | null;
  @ApiNested(() => MarketplaceMessageBody, { nullable: true }) lastMessage!: MarketplaceMessageBody | null;
  @ApiInteger({ description: 'Messages that you have not read' }) unreadCount!: number;
}

@Schema('MarketplaceConversationPage', { description: 'A page of your conversations' })
export class ConversationPageBody {
  @ApiList(() => ConversationBody) conversations!: ConversationBody[];
  @ApiNested(() => PaginationBody) pagination!: PaginationBody;
}

@Schema('MarketplaceReadConversation', {
  description: 'A conversation that you have read',
  example: { conversationId: CONVERSATION_ID, unreadCount: 0 },
})
export class ReadConversationBody {
  @ApiConversationId() conversationId!: string;
  @ApiInteger() unreadCount!: number;
}

/** Acknowledgement of joining, and the event that tells it. */
@Schema('MarketplaceJoinedConversation', { description: 'A conversation that this socket receives' })
export class JoinedConversationBody {
  @ApiConversationId() conversationId!: string;
  @ApiNested(() => ConversationBody) conversation!: ConversationBody;
}

/** Acknowledgement of leaving, and the event that tells it. */
@Schema('MarketplaceLeftConversation', {
  description: 'A conversation that this socket does not receive any more',
  example: { conversationId: CONVERSATION_ID },
})
export class LeftConversationBody {
  @ApiConversationId() conversationId!: string;
}

@Schema('MarketplaceTypingState', {
  description: 'Whether you type in a conversation',
  example: { conversationId: CONVERSATION_ID, isTyping: true },
})
export class TypingStateBody {
  @ApiConversationId() conversationId!: string;
  @ApiFlag() isTyping!: boolean;
}
