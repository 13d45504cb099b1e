import {
  ApiFlag,
  ApiList,
  ApiNested,
  ApiObject,
  ApiOneOf,
  ApiText,
  ApiTime,
  ApiWireId,
  Schema,
} from '#libs/platform/schemas';
import { ApiClientId, type ClientIdValue } from '#libs/messages';
import { messageStatuses, messageTypes, type MarketplaceMessageType, type MessageStatus } from '../types.js';
import { ApiAttachments, type FreeAttachments } from './attachments-field.js';
import { ApiConversationId, ApiMessageId, CONVERSATION_ID, MESSAGE_ID } from './ids.js';
import { PaginationBody } from './pagination.body.js';
import { PersonBody } from './people.body.js';

@Schema('MarketplaceRepliedMessage', { description: 'The message that another one answers' })
export class RepliedMessageBody {
  @ApiMessageId() id!: string;
  @ApiWireId({ nullable: true }) senderId!: string | number | null;
  @ApiOneOf(messageTypes) messageType!: MarketplaceMessageType;
  @ApiText() content!: string;
}

export const messageExample: MarketplaceMessageBody = {
  id: MESSAGE_ID,
  conversationId: CONVERSATION_ID,
  senderId: 1,
  receiverId: 2,
  messageType: 'TEXT',
  content: 'Hello, how can I help you?',
  attachments: null,
  status: 'SENT',
  readAt: null,
  deliveredAt: null,
  createdAt: '2024-01-15T14:30:00.000Z',
  updatedAt: '2024-01-15T14:30:00.000Z',
  replyToId: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1d',
  replyTo: {
    id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1d',
    senderId: 2,
    messageType: 'TEXT',
    content: 'Hello, do you wash vans, too?',
  },
  metadata: {},
  sender: { id: 1, name: 'Shiny Wash', role: 'provider', avatar: null },
  isDeleted: false,
  clientId: null,
};

@Schema('MarketplaceMessage', {
  description: 'A message of the marketplace contract',
  example: messageExample,
})
export class MarketplaceMessageBody {
  @ApiMessageId() id!: string;
  @ApiConversationId() conversationId!: string;
  @ApiWireId({ nullable: true, description: 'Null for messages of the platform itself' })
  senderId!: string | number | null;
  @ApiWireId({ nullable: true, description: 'The other side' }) receiverId!: string | number | null;
  @ApiOneOf(messageTypes) messageType!: MarketplaceMessageType;
  @ApiText({ description: 'Empty for a deleted message' }) content!: string;
  @ApiAttachments() attachments!: FreeAttachments | null;
  @ApiOneOf(messageStatuses, { description: 'How far it came with the other side' }) status!: MessageStatus;
  @ApiTime({ nullable: true }) readAt!: string | null;
  @ApiTime({ nullable: true }) deliveredAt!: string | null;
  @ApiTime() createdAt!: string;
  @ApiTime() updatedAt!: string;
  @ApiText({ nullable: true }) replyToId!: string | null;
  @ApiNested(() => RepliedMessageBody, { nullable: true }) replyTo!: RepliedMessageBody | null;
  @ApiObject({ description: '`message_type` is the exact type where `messageType` is the nearest' })
  metadata!: Record<string, unknown>;
  @ApiNested(() => PersonBody, { nullable: true }) sender!: PersonBody | null;
  @ApiFlag() isDeleted!: boolean;
  @ApiClientId() clientId!: ClientIdValue | null;
}

@Schema('MarketplaceMessagePage', { description: 'A page of the messages of a conversation' })
export class MessagePageBody {
  @ApiList(() => MarketplaceMessageBody) messages!: MarketplaceMessageBody[];
  @ApiNested(() => PaginationBody) pagination!: PaginationBody;
}

/** Acknowledgement of a message, and the event of one. */
@Schema('MarketplaceOneMessage', { description: 'A message', example: { message: messageExample } })
export class OneMessageBody {
  @ApiNested(() => MarketplaceMessageBody) message!: MarketplaceMessageBody;
}

export const progressExample: MessageProgressBody = {
  messageId: MESSAGE_ID,
  conversationId: CONVERSATION_ID,
  status: 'READ',
  deliveredAt: '2024-01-15T14:30:01.000Z',
  readAt: '2024-01-15T14:30:05.000Z',
};

@Schema('MarketplaceMessageProgress', {
  description: 'How far a message came with the other side',
  example: progressExample,
})
export class MessageProgressBody {
  @ApiMessageId() messageId!: string;
  @ApiConversationId() conversationId!: string;
  @ApiOneOf(messageStatuses) status!: MessageStatus;
  @ApiTime({ nullable: true }) deliveredAt!: string | null;
  @ApiTime({ nullable: true }) readAt!: string | null;
}
