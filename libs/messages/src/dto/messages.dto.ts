import { RoomRef } from '#libs/rooms';
import {
  Field,
  IsoDate,
  Metadata,
  NestedList,
  objectKind,
  OneOf,
  PageQueryDto,
  QueryInteger,
  RawText,
  type FieldOptions,
} from '#libs/platform/validation';
import type { MessageType } from '../entities/message.entity.js';
import {
  ClientId,
  MessageId,
  MessageIds,
  MessageText,
  messageTypes,
  type ClientIdValue,
} from './message-fields.js';

/** Far above what a message may have, which is the service's rule and has its own code. */
export const MOST_NAMED = 100;

/** A file that was uploaded before. */
export class NamedFileDto {
  @RawText({ max: 200 }) file_id!: string;
}

export class SendMessageDto {
  @MessageText({ default: '' }) message!: string;
  @OneOf(messageTypes, { default: 'text' }) message_type!: MessageType;
  @Metadata({ optional: true, nullable: true }) metadata?: Record<string, unknown> | null;
  @ClientId({
    description: 'Your own id: a repeat of (client_id, content) answers with the stored message',
  })
  client_id?: ClientIdValue | null;
  @ClientId({ description: 'Another name of client_id, which goes first' }) temp_id?: ClientIdValue | null;
  @MessageId({ optional: true, nullable: true }) reply_to?: string | null;
  @Field(objectKind, {
    optional: true,
    nullable: true,
    description: 'Coordinates of a location message, instead of metadata',
  })
  location?: Record<string, unknown> | null;
  @NestedList(() => NamedFileDto, {
    max: MOST_NAMED,
    optional: true,
    nullable: true,
    description: 'At most 5 files that you uploaded for this room',
  })
  attachments?: NamedFileDto[] | null;
}

export class SendMessagePayloadDto extends SendMessageDto {
  @RoomRef() room_id!: string;
}

const Seq = (options: FieldOptions) =>
  QueryInteger({ min: 0, max: Number.MAX_SAFE_INTEGER, optional: true, ...options });

export class HistoryQueryDto extends PageQueryDto {
  @IsoDate({ optional: true, description: 'Only messages before this time' }) before?: Date;
  @IsoDate({ optional: true, description: 'Only messages after this time' }) after?: Date;
  @RawText({ max: 200, trim: true, optional: true, description: 'Text that the message contains' })
  search?: string;
  @OneOf(messageTypes, { optional: true }) message_type?: MessageType;
  @Seq({ description: 'Messages that follow this sequence number, oldest first: what was missed' })
  after_seq?: number;
  @Seq({ description: 'Messages before this sequence number: endless scrolling' }) before_seq?: number;
  @Seq({
    description:
      'Only messages up to this sequence number that were edited or deleted since it was stored (and a few that were ' +
      'shortly before). With `after_seq` as well, oldest first from there on: the rest of `changes` of `join_room`',
  })
  changed_after_seq?: number;
  @MessageId({ optional: true, description: 'As before_seq, by the id of a message' })
  before_message_id?: string;
}

/** Exactly the named messages, or everything up to one, or (nothing named) everything. */
export class MarkDto {
  @MessageId({ optional: true, description: 'Exactly this message' }) message_id?: string;
  @MessageIds({ min: 1, max: 100, optional: true, description: 'Exactly these' }) message_ids?: string[];
  @MessageId({ optional: true, description: 'This message and all before it' }) up_to_message_id?: string;
}

export class MarkPayloadDto extends MarkDto {
  @RoomRef() room_id!: string;
}
