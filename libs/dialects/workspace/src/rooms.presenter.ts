import {
  ApiFlag,
  ApiInteger,
  ApiList,
  ApiNested,
  ApiOneOf,
  ApiText,
  ApiTime,
  Schema,
} from '#libs/platform/schemas';
import { readableContent, type MessageView } from '#libs/messages';
import { isOpenForMessages, type RoomView, type ShownParticipant } from '#libs/rooms';
import {
  toParticipant,
  toPerson,
  WorkspaceParticipantBody,
  WorkspacePersonBody,
} from './people.presenter.js';
import { roomTypes, SHOWN_ROOM_TYPE, type WorkspaceRoomType } from './types.js';

export const roomExample = {
  id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10',
  name: 'General Chat',
  description: 'Main discussion room',
  type: 'GROUP' as const,
  isPrivate: false,
  maxMembers: 100,
  isActive: true,
  createdBy: 'user_id',
  createdAt: '2024-01-01T00:00:00.000Z',
  updatedAt: '2024-01-01T00:00:00.000Z',
  participantCount: 25,
};

@Schema('WorkspaceRoom', { description: 'A room of the workspace contract', example: roomExample })
export class WorkspaceRoomBody {
  @ApiText() id!: string;
  @ApiText({ nullable: true }) name!: string | null;
  @ApiText({ nullable: true }) description!: string | null;
  @ApiOneOf(roomTypes) type!: WorkspaceRoomType;
  @ApiFlag() isPrivate!: boolean;
  @ApiInteger({ nullable: true, description: 'Null: no limit' }) maxMembers!: number | null;
  @ApiFlag({ description: 'False: the room takes no new messages, or you archived it' }) isActive!: boolean;
  @ApiText({ nullable: true }) createdBy!: string | null;
  @ApiTime() createdAt!: string;
  @ApiTime() updatedAt!: string;
  @ApiInteger() participantCount!: number;
}

@Schema('WorkspaceLastMessage', { description: 'The newest message of a room' })
export class WorkspaceLastMessageBody {
  @ApiText() id!: string;
  @ApiText() content!: string;
  @ApiTime() sentAt!: string;
  @ApiNested(() => WorkspacePersonBody) sender!: WorkspacePersonBody;
}

@Schema('WorkspaceListedRoom', { description: 'A room as one of its participants sees it' })
export class WorkspaceListedRoomBody extends WorkspaceRoomBody {
  @ApiNested(() => WorkspaceLastMessageBody, { nullable: true })
  lastMessage!: WorkspaceLastMessageBody | null;
  @ApiInteger() unreadCount!: number;
}

@Schema('WorkspaceDetailedRoom', { description: 'A room with the people in it' })
export class WorkspaceDetailedRoomBody extends WorkspaceRoomBody {
  @ApiList(() => WorkspaceParticipantBody, { description: 'The first 200' })
  participants!: WorkspaceParticipantBody[];
}

/** What the routes of rooms answer. */
@Schema('WorkspaceChatRoom', { description: 'A room', example: { chatRoom: roomExample } })
export class WorkspaceChatRoomBody {
  @ApiNested(() => WorkspaceRoomBody) chatRoom!: WorkspaceRoomBody;
}

@Schema('WorkspaceDetailedChatRoom', { description: 'A room with the people in it' })
export class WorkspaceDetailedChatRoomBody {
  @ApiNested(() => WorkspaceDetailedRoomBody) chatRoom!: WorkspaceDetailedRoomBody;
}

@Schema('WorkspaceChatRooms', { description: 'Rooms, the most recently used first' })
export class WorkspaceChatRoomsBody {
  @ApiList(() => WorkspaceListedRoomBody) chatRooms!: WorkspaceListedRoomBody[];
}

export const toRoom = (room: RoomView, participantCount: number, archived = false): WorkspaceRoomBody => ({
  id: room.id,
  name: room.name ?? room.subject,
  description: room.description,
  type: SHOWN_ROOM_TYPE[room.type],
  isPrivate: room.isPrivate,
  maxMembers: room.maxMembers,
  isActive: isOpenForMessages(room.status) && !archived,
  createdBy: room.createdBy,
  createdAt: room.createdAt.toISOString(),
  updatedAt: room.updatedAt.toISOString(),
  participantCount,
});

export const toLastMessage = (view: MessageView): WorkspaceLastMessageBody => ({
  id: view.id,
  content: readableContent(view),
  sentAt: view.createdAt.toISOString(),
  sender: toPerson(view.sender),
});

export const toDetailedRoom = (
  room: RoomView,
  participantCount: number,
  shown: ShownParticipant[],
  archived: boolean,
): WorkspaceDetailedRoomBody => ({
  ...toRoom(room, participantCount, archived),
  participants: shown.map(toParticipant),
});
