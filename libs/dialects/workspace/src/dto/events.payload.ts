import {
  ApiInteger,
  ApiList,
  ApiNested,
  ApiObject,
  ApiText,
  ApiTime,
  ApiWireId,
  Schema,
} from '#libs/platform/schemas';
import { ApiUserEmail, WorkspaceRoomUserBody } from '../people.presenter.js';
import { roomExample, WorkspaceDetailedRoomBody, WorkspaceRoomBody } from '../rooms.presenter.js';
import { messageExample, WorkspaceMessageBody, WorkspaceReactionBody } from './messages.body.js';

const ApiMessageId = () => ApiText({ example: messageExample.id });

@Schema('WorkspaceRoomEvent', { description: 'The room that it is about' })
export class WorkspaceRoomEventPayload {
  @ApiText({ example: roomExample.id }) roomId!: string;
}

@Schema('WorkspaceJoinedRoom', { description: 'A room that this socket receives from now on' })
export class WorkspaceJoinedRoomPayload extends WorkspaceRoomEventPayload {
  @ApiNested(() => WorkspaceDetailedRoomBody) room!: WorkspaceDetailedRoomBody;
}

@Schema('WorkspaceUnreadCount', { description: 'How many messages of a room are unread now' })
export class WorkspaceUnreadCountPayload extends WorkspaceRoomEventPayload {
  @ApiInteger() unreadCount!: number;
}

@Schema('WorkspaceRoomUpdatedEvent', { description: 'A room as it is now' })
export class WorkspaceRoomUpdatedPayload extends WorkspaceRoomEventPayload {
  @ApiNested(() => WorkspaceRoomBody) room!: WorkspaceRoomBody;
}

@Schema('WorkspaceMessageUpdatedEvent', { description: 'A message as it is now' })
export class WorkspaceMessageUpdatedPayload extends WorkspaceRoomEventPayload {
  @ApiNested(() => WorkspaceMessageBody) message!: WorkspaceMessageBody;
}

@Schema('WorkspaceMessageDeletedEvent', { description: 'A message that is deleted' })
export class WorkspaceMessageDeletedPayload extends WorkspaceRoomEventPayload {
  @ApiMessageId() messageId!: string;
}

@Schema('WorkspaceReactionUpdatedEvent', { description: 'The reactions on a message as they are now' })
export class WorkspaceReactionUpdatedPayload extends WorkspaceRoomEventPayload {
  @ApiMessageId() messageId!: string;
  @ApiList(() => WorkspaceReactionBody) reactions!: WorkspaceReactionBody[];
}

@Schema('WorkspaceMessagesReadEvent', { description: 'Someone read a room' })
export class WorkspaceMessagesReadPayload extends WorkspaceRoomEventPayload {
  @ApiText({ optional: true, description: 'Who; left out where it was you' }) userId?: string;
  @ApiTime({ optional: true }) readAt?: string;
}

@Schema('WorkspacePersonEvent', { description: 'A person in a room' })
export class WorkspacePersonEventPayload extends WorkspaceRoomEventPayload {
  @ApiText() userId!: string;
  @ApiUserEmail() userEmail!: string;
}

@Schema('WorkspaceUserOfflineEvent', { description: 'A person who is not online in a room any more' })
export class WorkspaceUserOfflinePayload extends WorkspacePersonEventPayload {
  @ApiTime() lastSeen!: string;
}

@Schema('WorkspaceRoomUsersEvent', { description: 'Who is online in a room' })
export class WorkspaceRoomUsersPayload extends WorkspaceRoomEventPayload {
  @ApiList(() => WorkspaceRoomUserBody) users!: WorkspaceRoomUserBody[];
}

@Schema('WorkspaceAuthenticatedEvent', { description: 'Who the token says that you are' })
export class WorkspaceAuthenticatedPayload {
  @ApiWireId({ example: 'user_id' }) userId!: string | number;
  @ApiObject({ description: 'Yourself: id, name, role, avatar' }) user!: Record<string, unknown>;
}

@Schema('WorkspaceErrorEvent', { description: 'Why an event was refused' })
export class WorkspaceErrorPayload {
  @ApiText({ description: 'What went wrong and what to do, for people' }) message!: string;
  @ApiText({ description: 'Stable code, for programs' }) code!: string;
  @ApiList('object', { optional: true }) details?: Record<string, unknown>[];
  @ApiText({ optional: true, description: 'Name of the refused event' }) event?: string;
}
