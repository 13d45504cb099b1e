import {
  enumeration,
  Field,
  Flag,
  HostId,
  Metadata,
  OneOf,
  oneOfKind,
  Page,
  PageSize,
} from '#libs/platform/validation';
import {
  ClientId,
  MAX_FILES,
  MessageId,
  MessageText,
  namedFiles,
  requireFewFiles,
  type ClientIdValue,
  type OutgoingMessage,
} from '#libs/messages';
import { RoomRef } from '#libs/rooms';
import {
  CANONICAL_MESSAGE_TYPE,
  conversationStatuses,
  messageTypes,
  type MarketplaceMessageType,
} from '../types.js';
import { Attachments, type FreeAttachments } from './attachments-field.js';
import { CONVERSATION_ID } from './ids.js';

export class MarketplaceOpenConversationDto {
  @HostId({ description: "The provider's user id on the host platform" }) providerId!: string;
  @HostId({ description: "The customer's user id on the host platform" }) customerId!: string;
  @HostId({ optional: true, nullable: true, description: 'The order that the conversation is about' })
  orderId?: string | null;
}

export class MarketplaceHistoryQueryDto {
  @Page({ description: 'Page number; page 1 is the newest' }) page!: number;
  @PageSize() limit!: number;
}

const conversationFilters = enumeration('MarketplaceConversationFilter', [
  ...conversationStatuses.enum,
  'ALL',
]);
export type ConversationFilter = (typeof conversationFilters.enum)[number];

const USUAL_FILTER: ConversationFilter = 'ACTIVE';
const filterKind = oneOfKind(conversationFilters, 'must be ACTIVE, ARCHIVED, BLOCKED, ENDED or ALL');

export class MarketplaceConversationsQueryDto extends MarketplaceHistoryQueryDto {
  @Field(
    // Swagger drops the default of a query parameter that is a named enumeration: the enumeration itself says it.
    { ...filterKind, schema: { ...filterKind.schema, enumSchema: { default: USUAL_FILTER } } },
    { default: USUAL_FILTER, description: 'Conversation status, as you see it' },
  )
  status!: ConversationFilter;
}

export class MarketplaceSendMessageDto {
  @MessageText({
    default: '',
    description: 'At most 2,000 characters; may be empty beside attachments and coordinates',
  })
  content!: string;

  @OneOf(messageTypes, { default: 'TEXT' }) messageType!: MarketplaceMessageType;

  @Attachments({
    description: `Free-form JSON, such as [{name, url, size, type}], of at most ${MAX_FILES} files; shown as you sent it. An entry with the \`file_id\` of your upload for this conversation makes it the message's file`,
  })
  attachments?: FreeAttachments | null;

  @MessageId({ optional: true, nullable: true, description: 'Id of the message that this one answers' })
  replyToId?: string | null;

  @Metadata({
    optional: true,
    nullable: true,
    description:
      'Of a LOCATION: {latitude, longitude} or {lat, lng}, unless its content says them ("52.52, 13.405" or JSON) or ' +
      'is words alone',
  })
  metadata?: Record<string, unknown> | null;

  @ClientId({
    description: 'Your own id: a repeat of (clientId, content) answers with the stored message',
  })
  clientId?: ClientIdValue | null;

  @ClientId({ description: 'Another name of clientId, which goes first' }) tempId?: ClientIdValue | null;
}

/** What stands for the text of a message that is only its attachments. */
const WORDS = { IMAGE: 'Image', FILE: 'File', VOICE: 'Voice message' } as const;

/**
 * Attachments live in the metadata, where the other contracts show them; uploads that they name become the message's.
 * @throws TOO_MANY_FILES
 */
export function toOutgoingMessage({
  content,
  messageType,
  attachments: files,
  ...body
}: MarketplaceSendMessageDto): OutgoingMessage {
  const words = messageType in WORDS ? WORDS[messageType as keyof typeof WORDS] : 'Attachment';
  const needsWords = content.trim() === '' && files && messageType !== 'LOCATION';
  const metadata: Record<string, unknown> = { ...body.metadata, ...(files ? { attachments: files } : {}) };
  if (Array.isArray(metadata.attachments)) requireFewFiles(metadata.attachments);
  return {
    message: needsWords ? words : content,
    message_type: CANONICAL_MESSAGE_TYPE[messageType],
    metadata,
    attachments: namedFiles(files),
    reply_to: body.replyToId,
    client_id: body.clientId ?? body.tempId,
    temp_id: undefined,
    placeless: true,
  };
}

const ConversationId = () => RoomRef({ description: 'Id of the conversation', example: CONVERSATION_ID });

export class MarketplaceConversationPayloadDto {
  @ConversationId() conversationId!: string;
}

export class MarketplaceSendMessagePayloadDto extends MarketplaceSendMessageDto {
  @ConversationId() conversationId!: string;
}

export class MarketplaceTypingPayloadDto extends MarketplaceConversationPayloadDto {
  @Flag() isTyping!: boolean;
}

/** What someone may say of a message that they got. */
const marks = enumeration('MarketplaceMessageMark', ['DELIVERED', 'READ']);

export class MarketplaceStatusPayloadDto {
  @MessageId() messageId!: string;
  @OneOf(marks, { message: 'must be DELIVERED or READ' }) status!: (typeof marks.enum)[number];
}
