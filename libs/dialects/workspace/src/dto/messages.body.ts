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
import { ApiClientId, type ClientIdValue } from '#libs/messages';
import { personExample, WorkspacePersonBody } from '../people.presenter.js';
import { messageTypes, type WorkspaceMessageType } from '../types.js';

export const messageExample = {
  id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  content: 'Hello everyone!',
  type: 'TEXT' as const,
  senderId: 'user_id',
  roomId: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10',
  replyToId: null,
  isEdited: false,
  isDeleted: false,
  sentAt: '2024-01-01T00:00:00.000Z',
  editedAt: null,
  sender: personExample,
  replyTo: null,
  reactions: [{ emoji: '👍', count: 3, users: ['user1', 'user2', 'user3'] }],
  attachments: null,
  metadata: {},
  clientId: null,
};

@Schema('WorkspaceRepliedMessage', { description: 'The message that another one answers' })
export class WorkspaceRepliedMessageBody {
  @ApiText() id!: string;
  @ApiText() content!: string;
  @ApiOneOf(messageTypes) type!: WorkspaceMessageType;
  @ApiText({ nullable: true }) senderId!: string | null;
  @ApiFlag() isDeleted!: boolean;
  @ApiTime() sentAt!: string;
  @ApiNested(() => WorkspacePersonBody) sender!: WorkspacePersonBody;
}

@Schema('WorkspaceReaction', {
  description: 'An emoji on a message',
  example: { emoji: '👍', count: 3, users: ['user1', 'user2', 'user3'] },
})
export class WorkspaceReactionBody {
  @ApiText() emoji!: string;
  @ApiInteger() count!: number;
  @ApiList('string', { description: 'Ids of those who put it there, in that order' }) users!: string[];
}

@Schema('WorkspaceMessage', { description: 'A message of the workspace contract' })
export class WorkspaceMessageBody {
  @ApiText() id!: string;
  @ApiText({ description: 'Empty for a deleted message' }) content!: string;
  @ApiOneOf(messageTypes) type!: WorkspaceMessageType;
  @ApiText({ nullable: true, description: 'Null for messages of the platform itself' })
  senderId!: string | null;
  @ApiText() roomId!: string;
  @ApiText({ nullable: true }) replyToId!: string | null;
  @ApiFlag() isEdited!: boolean;
  @ApiFlag() isDeleted!: boolean;
  @ApiTime() sentAt!: string;
  @ApiTime({ nullable: true }) editedAt!: string | null;
  @ApiNested(() => WorkspacePersonBody) sender!: WorkspacePersonBody;
  @ApiNested(() => WorkspaceRepliedMessageBody, { nullable: true })
  replyTo!: WorkspaceRepliedMessageBody | null;
  @ApiList(() => WorkspaceReactionBody) reactions!: WorkspaceReactionBody[];
  @ApiObject({ nullable: true, description: 'As they were sent; uploads as {files: […]}' })
  attachments!: Record<string, unknown> | null;
  @ApiObject({ description: '`message_type` is the exact type where `type` is the nearest' })
  metadata!: Record<string, unknown>;
  @ApiClientId() clientId!: ClientIdValue | null;
}

/** What is answered and told of a message that was sent or edited. */
@Schema('WorkspaceStoredMessage', { description: 'A message as it is stored now' })
export class WorkspaceStoredMessageBody {
  @ApiNested(() => WorkspaceMessageBody) message!: WorkspaceMessageBody;
}

@Schema('WorkspacePagination', { description: 'Which part of a list an answer is' })
export class WorkspacePaginationBody {
  @ApiInteger() page!: number;
  @ApiInteger() limit!: number;
  @ApiFlag() hasMore!: boolean;
}

@Schema('WorkspaceMessagePage', { description: 'Messages of a room, oldest first' })
export class WorkspaceMessagePageBody {
  @ApiList(() => WorkspaceMessageBody) messages!: WorkspaceMessageBody[];
  @ApiNested(() => WorkspacePaginationBody) pagination!: WorkspacePaginationBody;
}

@Schema('WorkspaceMessageReactions', {
  description: 'The reactions on a message after one was put or taken back',
})
export class WorkspaceMessageReactionsBody {
  @ApiText() messageId!: string;
  @ApiList(() => WorkspaceReactionBody) reactions!: WorkspaceReactionBody[];
}
