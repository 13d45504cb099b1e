import { PublicUser } from '#libs/directory';
import {
  ApiFlag,
  ApiInteger,
  ApiList,
  ApiNested,
  ApiNumber,
  ApiObject,
  ApiOneOf,
  ApiText,
  ApiTime,
  ApiWireId,
  Schema,
} from '#libs/platform/schemas';
import { enumeration } from '#libs/platform/validation';
import type { MessageType } from '../entities/message.entity.js';
import { ApiClientId, messageTypes, type ClientIdValue } from './message-fields.js';

export const attachmentKinds = enumeration('FileKind', ['image', 'audio', 'video', 'document']);

export const attachmentExample: AttachmentBody = {
  file_id: 'file_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  filename: 'damage_photo.jpg',
  file_size: 2048576,
  file_type: 'image/jpeg',
  kind: 'image',
  url: 'https://chat.example.com/uploads/chat-attachments/0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f.jpg?expires=1705933800000&signature=…',
  thumbnail_url:
    'https://chat.example.com/uploads/chat-attachments/0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f_thumb.webp?expires=1705933800000&signature=…',
  expires_at: '2024-01-22T14:30:00.000Z',
  width: 2560,
  height: 1920,
  duration: null,
  waveform: null,
  placeholder: 'data:image/webp;base64,UklGR…',
  description: 'Vehicle damage photo',
};

@Schema('Attachment', { description: 'A file of a message', example: attachmentExample })
export class AttachmentBody {
  @ApiText() file_id!: string;
  @ApiText() filename!: string;
  @ApiInteger({ description: 'Bytes' }) file_size!: number;
  @ApiText() file_type!: string;
  @ApiOneOf(attachmentKinds) kind!: (typeof attachmentKinds.enum)[number];
  @ApiText({ description: 'Signed; ends at expires_at, and is fresh each time the message is read' })
  url!: string;
  @ApiText({ nullable: true }) thumbnail_url!: string | null;
  @ApiTime() expires_at!: string;
  @ApiInteger({ nullable: true }) width!: number | null;
  @ApiInteger({ nullable: true }) height!: number | null;
  @ApiNumber({ nullable: true, description: 'Seconds' }) duration!: number | null;
  @ApiList('number', { nullable: true }) waveform!: number[] | null;
  @ApiText({ nullable: true, description: 'Tiny preview as a data URL' }) placeholder!: string | null;
  @ApiText({ nullable: true }) description!: string | null;
}

const reactionExample: ReactionGroupBody = { emoji: '👍', count: 1, users: [123] };

@Schema('ReactionGroup', {
  description: 'An emoji on a message and who put it there',
  example: reactionExample,
})
export class ReactionGroupBody {
  @ApiText({ example: '👍' }) emoji!: string;
  @ApiInteger() count!: number;
  @ApiList('wireId') users!: (string | number)[];
}

const readMarkExample: ReadMarkBody = { user_id: 123, read_at: '2024-01-15T14:31:00.000Z' };

@Schema('ReadMark', { description: 'Who read a message, and when', example: readMarkExample })
export class ReadMarkBody {
  @ApiWireId() user_id!: string | number;
  @ApiTime() read_at!: string;
}

const MESSAGE_ID = 'msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';

export const ApiMessageId = ({ description }: { description?: string } = {}) =>
  ApiText({ description, example: MESSAGE_ID });
export const ApiRoomId = () => ApiText({ example: 'service_789' });
export const ApiSeq = () => ApiInteger({ description: 'Counts the messages of the room without gaps' });
/** Beside an edit or deletion. */
export const ApiChangeSeq = () =>
  ApiInteger({
    optional: true,
    description:
      'Counts the edits and deletions of the room: of two states of a message the one with the higher number is the newer one. Absent while a message is as it was sent',
  });

export const messageExample: MessageBody = {
  id: MESSAGE_ID,
  room_id: 'service_789',
  seq: 42,
  sender: { id: 456, name: 'Mike Johnson', type: 'staff', avatar: null },
  message: "I'll be there in 15 minutes",
  message_type: 'text',
  timestamp: '2024-01-15T14:30:00.000Z',
  edited_at: null,
  deleted: false,
  read_by: [],
  attachments: [],
  reactions: [],
  mentions: [],
  pinned: false,
  metadata: {},
  reply_to: null,
  client_id: null,
};

@Schema('Message', {
  description: 'A message',
  example: {
    ...messageExample,
    edited_at: '2024-01-15T14:32:00.000Z',
    change_seq: 7,
    read_by: [readMarkExample],
    attachments: [attachmentExample],
    reactions: [reactionExample],
    mentions: [123],
  },
})
export class MessageBody {
  @ApiMessageId() id!: string;
  @ApiRoomId() room_id!: string;
  @ApiSeq() seq!: number;
  @ApiNested(() => PublicUser) sender!: PublicUser;
  @ApiText() message!: string;
  @ApiOneOf(messageTypes) message_type!: MessageType;
  @ApiTime() timestamp!: string;
  @ApiTime({ nullable: true }) edited_at!: string | null;
  @ApiFlag({ description: 'True for a deleted message; its content is gone' }) deleted!: boolean;
  @ApiChangeSeq() change_seq?: number;
  @ApiList(() => ReadMarkBody) read_by!: ReadMarkBody[];
  @ApiList(() => AttachmentBody) attachments!: AttachmentBody[];
  @ApiList(() => ReactionGroupBody) reactions!: ReactionGroupBody[];
  @ApiList('wireId', { description: 'Participants who are named by @' }) mentions!: (string | number)[];
  @ApiFlag() pinned!: boolean;
  @ApiObject() metadata!: Record<string, unknown>;
  @ApiText({ nullable: true }) reply_to!: string | null;
  @ApiClientId() client_id!: ClientIdValue | null;
}
