import { ApiClientId, type ClientIdValue } from '#libs/messages';
import {
  ApiFlag,
  ApiInteger,
  ApiList,
  ApiNested,
  ApiObject,
  ApiOneOf,
  ApiText,
  ApiTime,
  Schema,
} from '#libs/platform/schemas';
import { messageTypes, type BookingMessageType } from './booking-enumerations.js';
import { ProfileBody, SenderBody, ShortProfileBody } from './people.body.js';

export const messageExample: BookingMessageBody = {
  id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  session_id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10',
  sender_id: 'reader1-id',
  content: 'Hello! How can I help you today?',
  type: 'text',
  file_url: null,
  file_name: null,
  file_size: null,
  files: [],
  metadata: {},
  is_read: true,
  created_at: '2024-12-01T10:30:00.000Z',
  timestamp: '2024-12-01T10:30:00.000Z',
  profiles: { first_name: 'Samia', last_name: 'Reader', avatar_url: 'https://cdn.example.com/samia.jpg' },
  sender: { id: 'reader1-id', name: 'Samia Reader', avatar: 'https://cdn.example.com/samia.jpg' },
  message_reactions: [{ user_id: 'user1-id', reaction: '❤️', profiles: { first_name: 'Sarah' } }],
  client_id: null,
};

const FILE = {
  file_url: 'https://chat.example.com/api/v1/chat/files/…',
  file_name: 'original_filename.mp3',
  file_size: 245_760,
};
export const voiceMessageExample: BookingMessageBody = {
  ...messageExample,
  ...FILE,
  content: 'Voice message',
  type: 'voice',
  files: [{ ...FILE, mime_type: 'audio/mpeg' }],
  metadata: { duration: 15, audio_format: 'mp3' },
};

@Schema('BookingFile', { description: 'A file of a message' })
export class BookingFileBody {
  @ApiText({ description: 'Signed; fresh each time the message is read' }) file_url!: string;
  @ApiText() file_name!: string;
  @ApiInteger({ description: 'Bytes' }) file_size!: number;
  @ApiText() mime_type!: string;
}

@Schema('BookingMessageReaction', { description: 'A reaction of one person on a message' })
export class MessageReactionBody {
  @ApiText() user_id!: string;
  @ApiText() reaction!: string;
  @ApiNested(() => ShortProfileBody) profiles!: ShortProfileBody;
}

@Schema('BookingMessage', {
  description: 'A message of the booking contract',
  example: voiceMessageExample,
})
export class BookingMessageBody {
  @ApiText() id!: string;
  @ApiText() session_id!: string;
  @ApiText({ nullable: true, description: 'Null for messages of the platform itself' })
  sender_id!: string | null;
  @ApiText() content!: string;
  @ApiOneOf(messageTypes) type!: BookingMessageType;
  @ApiText({ nullable: true }) file_url!: string | null;
  @ApiText({ nullable: true }) file_name!: string | null;
  @ApiInteger({ nullable: true, description: 'Bytes' }) file_size!: number | null;
  @ApiList(() => BookingFileBody, { description: 'All files, where a message has several' })
  files!: BookingFileBody[];
  @ApiObject() metadata!: Record<string, unknown>;
  @ApiFlag({ description: 'Read by you; of your own: by anyone else' }) is_read!: boolean;
  @ApiTime() created_at!: string;
  @ApiTime({ description: 'As created_at' }) timestamp!: string;
  @ApiNested(() => ProfileBody) profiles!: ProfileBody;
  @ApiNested(() => SenderBody) sender!: SenderBody;
  @ApiList(() => MessageReactionBody) message_reactions!: MessageReactionBody[];
  @ApiClientId() client_id!: ClientIdValue | null;
}

@Schema('BookingMessagePage', {
  description: 'A part of the history of a chat session',
  example: { messages: [messageExample], has_more: true },
})
export class BookingMessagePageBody {
  @ApiList(() => BookingMessageBody) messages!: BookingMessageBody[];
  @ApiFlag() has_more!: boolean;
}

@Schema('BookingReactionCount', {
  description: 'A reaction on a message, and who put it there',
  example: { reaction: '❤️', count: 1, users: ['user1-id'] },
})
export class ReactionCountBody {
  @ApiText() reaction!: string;
  @ApiInteger() count!: number;
  @ApiList('string') users!: string[];
}
