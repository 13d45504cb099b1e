import { PublicUser } from '#libs/directory';
import { defineServerEvents } from '#libs/platform/realtime';
import { ApiFlag, ApiInteger, ApiList, ApiNested, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { SERVICE_DIALECT } from '#libs/rooms';
import { DeletedMessageBody } from './dto/answers.body.js';
import {
  ApiMessageId,
  ApiRoomId,
  ApiSeq,
  MessageBody,
  messageExample,
  ReactionGroupBody,
} from './dto/message.body.js';

@Schema('MessageReadEvent', { description: 'Someone read messages' })
export class MessageReadPayload {
  @ApiRoomId() room_id!: string;
  @ApiMessageId({ description: 'The message, or the last of all that were read with it' })
  message_id!: string;
  @ApiSeq() seq!: number;
  @ApiFlag({ description: 'True when every message before this one was read with it' }) up_to!: boolean;
  @ApiNested(() => PublicUser) user!: PublicUser;
  @ApiTime() read_at!: string;
}

@Schema('MessageDeliveredEvent', { description: 'Messages reached someone' })
export class MessageDeliveredPayload {
  @ApiRoomId() room_id!: string;
  @ApiMessageId({ description: 'This message and all before it' }) message_id!: string;
  @ApiSeq() seq!: number;
  @ApiNested(() => PublicUser) user!: PublicUser;
  @ApiTime() delivered_at!: string;
}

@Schema('MessageReactionEvent', { description: 'Someone put an emoji on a message, or took it back' })
export class MessageReactionPayload {
  @ApiMessageId() message_id!: string;
  @ApiRoomId() room_id!: string;
  @ApiNested(() => PublicUser) user!: PublicUser;
  @ApiText({ example: '❤️' }) reaction!: string;
  @ApiFlag({ description: 'False when it was taken back' }) added!: boolean;
  @ApiList(() => ReactionGroupBody) reactions!: ReactionGroupBody[];
}

@Schema('MentionEvent', { description: 'A message that names you' })
export class MentionPayload {
  @ApiRoomId() room_id!: string;
  @ApiNested(() => MessageBody) message!: MessageBody;
}

@Schema('UnreadChangedEvent', { description: 'How many messages of a room are unread now' })
export class UnreadChangedPayload {
  @ApiRoomId() room_id!: string;
  @ApiInteger() unread_count!: number;
}

export const messagesServerEvents = defineServerEvents(SERVICE_DIALECT, {
  new_message: {
    summary: 'A message was stored in a joined room; the sender gets it too',
    payload: MessageBody,
    example: messageExample,
  },
  message_read: { summary: 'Someone read messages of a joined room', payload: MessageReadPayload },
  message_delivered: {
    summary: 'Messages of a joined room reached someone',
    payload: MessageDeliveredPayload,
  },
  message_edited: {
    summary: 'A message of a joined room was edited',
    payload: MessageBody,
    example: messageExample,
  },
  message_deleted: {
    summary: 'A message of a joined room was deleted; forget its content',
    payload: DeletedMessageBody,
  },
  message_reaction: {
    summary: 'Someone put an emoji on a message, or took it back',
    payload: MessageReactionPayload,
  },
  message_pinned: {
    summary: 'A message was pinned or unpinned (see `pinned`)',
    payload: MessageBody,
    example: messageExample,
  },
  mention: {
    summary: 'A message names you by @; to all your sockets, joined or not',
    payload: MentionPayload,
  },
  unread_changed: {
    summary: 'You marked messages as unread on one of your devices',
    payload: UnreadChangedPayload,
  },
});
