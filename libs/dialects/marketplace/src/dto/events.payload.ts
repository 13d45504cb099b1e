import {
  ApiFlag,
  ApiList,
  ApiObject,
  ApiOneOf,
  ApiText,
  ApiTime,
  ApiWireId,
  Schema,
} from '#libs/platform/schemas';
import { conversationStatuses, type ConversationStatus } from '../types.js';
import { ApiConversationId, ApiMessageId } from './ids.js';

@Schema('MarketplaceAuthenticatedEvent', { description: 'Whom this connection belongs to' })
export class AuthenticatedPayload {
  @ApiWireId() userId!: string | number;
  @ApiObject({ description: 'Yourself: id, name, role, avatar' }) user!: Record<string, unknown>;
  @ApiList('wireId', { description: 'Your conversation partners who are online' })
  onlineUsers!: (string | number)[];
}

@Schema('MarketplaceMessageDeletedEvent', { description: 'Which message was deleted' })
export class MessageDeletedPayload {
  @ApiConversationId() conversationId!: string;
  @ApiMessageId() messageId!: string;
}

@Schema('MarketplaceUserTypingEvent', { description: 'Whether someone types in a conversation' })
export class UserTypingPayload {
  @ApiConversationId() conversationId!: string;
  @ApiWireId() userId!: string | number;
  @ApiFlag() isTyping!: boolean;
}

@Schema('MarketplaceConversationUpdatedEvent', { description: 'The status that a conversation has now' })
export class ConversationUpdatedPayload {
  @ApiConversationId() conversationId!: string;
  @ApiOneOf(conversationStatuses) status!: ConversationStatus;
}

@Schema('MarketplaceUserOnlineEvent', { description: 'Who came online' })
export class UserOnlinePayload {
  @ApiWireId() userId!: string | number;
}

@Schema('MarketplaceUserOfflineEvent', { description: 'Who went offline, and when' })
export class UserOfflinePayload {
  @ApiWireId() userId!: string | number;
  @ApiTime() lastSeen!: string;
}

@Schema('MarketplaceErrorEvent', { description: 'Why an event was refused' })
export class RefusedPayload {
  @ApiText() message!: string;
  @ApiText() code!: string;
  @ApiList('object') details!: Record<string, unknown>[];
  @ApiText({ description: 'Name of the refused event' }) event!: string;
}
