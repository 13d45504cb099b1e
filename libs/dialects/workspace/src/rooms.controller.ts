import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { ROOM_ERRORS } from '#libs/rooms';
import {
  WorkspaceCreateRoomDto,
  WorkspaceListRoomsQueryDto,
  WorkspaceUpdateRoomDto,
} from './dto/rooms.dto.js';
import {
  roomExample,
  WorkspaceChatRoomBody,
  WorkspaceChatRoomsBody,
  WorkspaceDetailedChatRoomBody,
} from './rooms.presenter.js';
import { ROOM_PARAMS } from './routes.js';
import { WorkspaceRoomsService } from './workspace-rooms.service.js';
import { workspaceDialect } from './workspace.dialect.js';

const CREATED = 'Chat room created successfully';
const UPDATED = 'Chat room updated successfully';

@ChatController(workspaceDialect, 'api/chat/rooms')
export class WorkspaceRoomsController {
  constructor(private readonly rooms: WorkspaceRoomsService) {}

  @Endpoint('get', '', {
    access: 'chats:read',
    summary: 'List my chat rooms, the most recently used first',
    response: WorkspaceChatRoomsBody,
  })
  async list(@CurrentActor() actor: Actor, @Query() query: WorkspaceListRoomsQueryDto) {
    return { chatRooms: await this.rooms.list(actor, query) };
  }

  @Endpoint('post', '', {
    access: 'chats:create',
    summary: 'Create a chat room',
    description:
      'Customers and clients create DIRECT and SUPPORT rooms, everyone else also GROUP and CHANNEL. The same two ' +
      'people get the same DIRECT room.',
    response: WorkspaceChatRoomBody,
    message: CREATED,
    errors: ['INVALID_PARTICIPANTS'],
    examples: {
      body: {
        name: 'New Chat Room',
        description: 'A new chat room for discussions',
        type: 'GROUP',
        isPrivate: false,
        maxMembers: 50,
        participantIds: ['user_id_1', 'user_id_2'],
      },
      response: { chatRoom: roomExample },
    },
  })
  async create(@CurrentActor() actor: Actor, @Body() body: WorkspaceCreateRoomDto) {
    const { room, created } = await this.rooms.create(actor, body);
    return new Reply({ chatRoom: room }, created ? CREATED : 'Chat room exists already');
  }

  @Endpoint('get', ':id', {
    access: 'authenticated',
    summary: 'Read a chat room',
    description:
      'Rooms that are not private: with chats:read. Private ones: their participants, and moderators (chats:moderate).',
    params: ROOM_PARAMS,
    response: WorkspaceDetailedChatRoomBody,
    errors: ROOM_ERRORS,
  })
  async get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return { chatRoom: await this.rooms.get(actor, id) };
  }

  @Endpoint('patch', ':id', {
    access: 'chats:update',
    summary: 'Change a chat room that you are in',
    params: ROOM_PARAMS,
    response: WorkspaceChatRoomBody,
    message: UPDATED,
    errors: [...ROOM_ERRORS, 'ROOM_FULL', 'CONFLICT'],
    examples: { body: { name: 'General Chat', maxMembers: 100 }, response: { chatRoom: roomExample } },
  })
  async update(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() body: WorkspaceUpdateRoomDto) {
    return new Reply({ chatRoom: await this.rooms.update(actor, id, body) }, UPDATED);
  }
}
