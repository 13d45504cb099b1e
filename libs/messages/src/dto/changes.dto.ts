import { RoomRef, roomRefKind } from '#libs/rooms';
import { ListField } from '#libs/platform/validation';
import { ClientId, MessageId, MessageText, ReactionName, type ClientIdValue } from './message-fields.js';

export class EditMessageDto {
  @MessageText() message!: string;
}

export class EditMessagePayloadDto extends EditMessageDto {
  @MessageId() message_id!: string;
}

export class DeleteMessagePayloadDto {
  @MessageId() message_id!: string;
}

export class ReactDto {
  @ReactionName() reaction!: string;
}

export class ReactPayloadDto extends ReactDto {
  @MessageId() message_id!: string;
}

export class ForwardDto {
  @ListField(roomRefKind, { min: 1, max: 10 }) room_ids!: string[];
  @ClientId({
    description:
      'Your own id: a repeat answers with the stored messages, and sends to the rooms that it missed',
  })
  client_id?: ClientIdValue | null;
}

export class MarkUnreadDto {
  @MessageId({ description: 'The first message that is unread again' }) message_id!: string;
}

export class MarkUnreadPayloadDto extends MarkUnreadDto {
  @RoomRef() room_id!: string;
}
