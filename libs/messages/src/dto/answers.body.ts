import { ApiFlag, ApiInteger, ApiList, ApiNested, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { Pagination } from '#libs/rooms';
import {
  ApiChangeSeq,
  ApiMessageId,
  ApiRoomId,
  ApiSeq,
  MessageBody,
  messageExample,
  ReactionGroupBody,
} from './message.body.js';

@Schema('Messages', { description: 'Messages', example: { messages: [messageExample] } })
export class MessagesBody {
  @ApiList(() => MessageBody) messages!: MessageBody[];
}

@Schema('MessagePage', { description: 'A part of the history of a room' })
export class MessagePageBody extends MessagesBody {
  @ApiNested(() => Pagination) pagination!: Pagination;
  @ApiInteger({ description: 'Sequence number of the newest message of the room' }) last_seq!: number;
  @ApiFlag({ description: 'Newer (`after_seq`) or older messages are left' }) has_more!: boolean;
}

@Schema('Highlight', { description: 'A part of a text' })
export class HighlightBody {
  @ApiText() text!: string;
  @ApiFlag({ description: 'Matches what was searched' }) match!: boolean;
}

@Schema('FoundMessage', { description: 'A message that a search found' })
export class FoundMessageBody extends MessageBody {
  @ApiList(() => HighlightBody, {
    description:
      'The text as written, in parts; those that match are marked. Escape each part as you show it',
  })
  highlights!: HighlightBody[];
}

@Schema('FoundMessages', { description: 'What a search found' })
export class FoundMessagesBody {
  @ApiList(() => FoundMessageBody) messages!: FoundMessageBody[];
  @ApiNested(() => Pagination) pagination!: Pagination;
}

@Schema('UnreadCount', { description: 'Unread messages of a room', example: { unread_count: 0 } })
export class UnreadCountBody {
  @ApiInteger() unread_count!: number;
}

@Schema('RoomUnreadCount', {
  description: 'A room with its unread messages',
  example: { room_id: 'service_789', unread_count: 3 },
})
export class RoomUnreadCountBody {
  @ApiRoomId() room_id!: string;
  @ApiInteger() unread_count!: number;
}

@Schema('UnreadCounts', { description: 'Unread messages, in total and by room' })
export class UnreadCountsBody {
  @ApiInteger() total!: number;
  @ApiList(() => RoomUnreadCountBody) rooms!: RoomUnreadCountBody[];
}

@Schema('DeletedMessage', {
  description: 'Which message was deleted',
  example: {
    message_id: messageExample.id,
    room_id: messageExample.room_id,
    seq: messageExample.seq,
    change_seq: 7,
  },
})
export class DeletedMessageBody {
  @ApiMessageId() message_id!: string;
  @ApiRoomId() room_id!: string;
  @ApiSeq() seq!: number;
  @ApiChangeSeq() change_seq?: number;
}

@Schema('MessageEdit', { description: 'An earlier text of a message, and until when it was shown' })
export class MessageEditBody {
  @ApiText() message!: string;
  @ApiTime() edited_at!: string;
}

@Schema('MessageEdits', { description: 'Earlier texts of a message, oldest first' })
export class MessageEditsBody {
  @ApiList(() => MessageEditBody) edits!: MessageEditBody[];
}

@Schema('MessageReactions', { description: 'The reactions on a message after one was put or taken back' })
export class MessageReactionsBody {
  @ApiFlag({ description: 'False when it was taken back' }) added!: boolean;
  @ApiList(() => ReactionGroupBody) reactions!: ReactionGroupBody[];
}
