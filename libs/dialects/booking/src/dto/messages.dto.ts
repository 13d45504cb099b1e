import {
  ClientId,
  clientIdKind,
  MessageId,
  messageIdKind,
  ReactionName,
  type ClientIdValue,
} from '#libs/messages';
import {
  enumeration,
  Field,
  Metadata,
  Nested,
  OneOf,
  Page,
  PageSize,
  type Kind,
} from '#libs/platform/validation';
import { messageTypes, type BookingMessageType } from './booking-enumerations.js';
import { Content, PAGE, SessionId, unlessEmpty } from './booking-fields.js';

const postedTypes = enumeration('BookingPostedType', ['text', 'system']);

export class BookingMessagesQueryDto {
  @SessionId() session_id!: string;
  @Page({ description: PAGE }) page!: number;
  @PageSize() limit!: number;
  @Field(unlessEmpty(messageIdKind), { optional: true, description: 'Only messages before this one' })
  before_message_id?: string;
}

export class BookingPostMessageDto {
  @SessionId() session_id!: string;
  @Content() content!: string;
  @OneOf(postedTypes, {
    default: 'text',
    message: 'must be text or system',
    description: 'system: for staff and admins',
  })
  type!: (typeof postedTypes.enum)[number];
  @Metadata({ optional: true, nullable: true }) metadata?: Record<string, unknown> | null;
  @ClientId({ description: 'Your own id: a repeat of (id, content) answers with the stored message' })
  client_id?: ClientIdValue | null;
}

/** Null is as good as none. A whole number by the documents, any number in fact. */
const ownId: Kind = {
  ...clientIdKind,
  schema: { oneOf: [{ type: 'string', minLength: 1, maxLength: 128 }, { type: 'integer' }] },
  read: (id) => id ?? undefined,
};

/** The message of the event `send_message`. */
export class BookingSentMessageDto {
  @Field(ownId, {
    optional: true,
    nullable: true,
    description: 'Your own id, or that of a stored message of yours: neither is stored or delivered twice',
  })
  id?: ClientIdValue;
  @Content() content!: string;
  @OneOf(messageTypes, { default: 'text' }) type!: BookingMessageType;
  @Metadata({ optional: true, nullable: true }) metadata?: Record<string, unknown> | null;
}

export class BookingSendMessagePayloadDto {
  @SessionId() session_id!: string;
  @Nested(() => BookingSentMessageDto) message!: BookingSentMessageDto;
}

export class BookingReactionPayloadDto {
  @MessageId() message_id!: string;
  @ReactionName() reaction!: string;
  @SessionId({ optional: true }) session_id?: string;
}
