import { Param } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply, Valid } from '#libs/platform/http';
import { ROOM_ERRORS } from '#libs/rooms';
import {
  createRoomBody,
  listRoomsQuery,
  updateRoomBody,
  type CreateRoomBody,
  type ListRoomsQuery,
  type UpdateRoomBody,
} from './dto/rooms.dto.js';
import { detailedRoomSchema, listedRoomSchema, roomExample, roomSchema } from './rooms.presenter.js';
import { ROOM_PARAMS } from './routes.js';
import { WorkspaceRoomsService } from './workspace-rooms.service.js';
import { workspaceDialect } from './workspace.dialect.js';

const roomAnswer = z.object({ chatRoom: roomSchema });

@ChatController(workspaceDialect, 'api/chat/rooms')
export class WorkspaceRoomsController {
  constructor(private readonly rooms: WorkspaceRoomsService) {}

  @Endpoint('get', '', {
    access: 'chats:read',
    summary: 'List my chat rooms, the most recently used first',
    query: listRoomsQuery,
    response: z.object({ chatRooms: z.array(listedRoomSchema) }),
  })
  async list(@CurrentActor() actor: Actor, @Valid('query') query: ListRoomsQuery) {
    return { chatRooms: await this.rooms.list(actor, query) };
  }

  @Endpoint('post', '', {
    access: 'chats:create',
    summary: 'Create a chat room',
    description:
      'Customers and clients create DIRECT and SUPPORT rooms, everyone else also GROUP and CHANNEL. The same two ' +
      'people get the same DIRECT room.',
    body: createRoomBody,
    response: roomAnswer,
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
  async create(@CurrentActor() actor: Actor, @Valid('body') body: CreateRoomBody) {
    const { room, created } = await this.rooms.create(actor, body);
    return new Reply(
      { chatRoom: room },
      created ? 'Chat room created successfully' : 'Chat room exists already',
    );
  }

  @Endpoint('get', ':id', {
    access: 'authenticated',
    summary: 'Read a chat room',
    description:
      'Rooms that are not private: with chats:read. Private ones: their participants, and moderators (chats:moderate).',
    params: ROOM_PARAMS,
    response: z.object({ chatRoom: detailedRoomSchema }),
    errors: ROOM_ERRORS,
  })
  async get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return { chatRoom: await this.rooms.get(actor, id) };
  }

  @Endpoint('patch', ':id', {
    access: 'chats:update',
    summary: 'Change a chat room that you are in',
    params: ROOM_PARAMS,
    body: updateRoomBody,
    response: roomAnswer,
    errors: [...ROOM_ERRORS, 'ROOM_FULL', 'CONFLICT'],
    examples: { body: { name: 'General Chat', maxMembers: 100 }, response: { chatRoom: roomExample } },
  })
  async update(@CurrentActor() actor: Actor, @Param('id') id: string, @Valid('body') body: UpdateRoomBody) {
    return new Reply(
      { chatRoom: await this.rooms.update(actor, id, body) },
      'Chat room updated successfully',
    );
  }
}
