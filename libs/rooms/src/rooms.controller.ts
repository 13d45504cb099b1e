import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { MyRoomPageBody, OneRoomBody, OpenedRoomBody, RoomWithParticipantsBody } from './dto/room.body.js';
import {
  CloseRoomDto,
  CreateRoomDto,
  LeaveRoomDto,
  ListRoomsQueryDto,
  UpdateRoomDto,
} from './dto/rooms.dto.js';
import { MembersService } from './members.service.js';
import { toMyRoom, toPagination, toParticipant, toRoom } from './rooms.presenter.js';
import { ROOM_ERRORS } from './rooms.errors.js';
import { RoomLifecycleService } from './room-lifecycle.service.js';
import { RoomsService } from './rooms.service.js';
import { serviceDialect } from './service.dialect.js';

@ChatController(serviceDialect, 'api/v1/chat/rooms', 'rooms')
export class RoomsController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly members: MembersService,
    private readonly lifecycle: RoomLifecycleService,
  ) {}

  @Endpoint('post', '', {
    access: 'chats:create',
    summary: 'Open a room',
    description:
      'Customers open direct and support rooms, everyone else also groups, channels and internal rooms. The same two ' +
      'people get the same direct room: `created` tells whether it is new. Into a support room customers bring only staff; ' +
      'others whom they name are left out.',
    response: OpenedRoomBody,
    errors: ['INVALID_PARTICIPANTS', 'UNKNOWN_USERS'],
    examples: { body: { type: 'direct', participant_ids: [456] } },
  })
  async create(@CurrentActor() actor: Actor, @Body() body: CreateRoomDto) {
    const { room, participantCount, created } = await this.rooms.create(actor, body);
    return { room: toRoom(room, participantCount), created };
  }

  @Endpoint('get', '', {
    access: 'chats:read',
    summary: 'List my rooms, the most recently used first',
    response: MyRoomPageBody,
  })
  async list(@CurrentActor() actor: Actor, @Query() query: ListRoomsQueryDto) {
    const { rooms, total } = await this.rooms.list(actor, query);
    return {
      rooms: rooms.map((mine) => toMyRoom(mine.room, mine.participantCount, mine.activity, mine.archived)),
      pagination: toPagination(query.page, query.per_page, total),
    };
  }

  @Endpoint('get', ':room_id', {
    access: 'chats:read',
    summary: 'Read a room',
    response: RoomWithParticipantsBody,
    errors: ROOM_ERRORS,
  })
  async get(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    const { room, participantCount } = await this.rooms.get(actor, ref);
    const shown = await this.members.shown(room);
    return {
      room: toRoom(room, participantCount),
      participants: shown.map(({ participant, user }) => toParticipant(participant, user)),
    };
  }

  @Endpoint('patch', ':room_id', {
    access: 'authenticated',
    summary: 'Change a room',
    description: 'For owners and admins of the room.',
    response: OneRoomBody,
    errors: [...ROOM_ERRORS, 'ROOM_FULL'],
    examples: { body: { name: 'Weekend shift', max_members: 50 } },
  })
  async update(@CurrentActor() actor: Actor, @Param('room_id') ref: string, @Body() body: UpdateRoomDto) {
    const { room, participantCount } = await this.rooms.update(actor, ref, body);
    return { room: toRoom(room, participantCount) };
  }

  @Endpoint('post', ':room_id/close', {
    access: 'authenticated',
    summary: 'End a conversation (resolved or closed); it takes no new messages',
    status: 200,
    response: OneRoomBody,
    errors: [...ROOM_ERRORS, 'CONFLICT'],
    examples: { body: { status: 'resolved' } },
  })
  async close(@CurrentActor() actor: Actor, @Param('room_id') ref: string, @Body() body: CloseRoomDto) {
    const { room, participantCount } = await this.rooms.setStatus(actor, ref, body.status);
    return { room: toRoom(room, participantCount) };
  }

  @Endpoint('post', ':room_id/reopen', {
    access: 'authenticated',
    summary: 'Reopen a conversation: staff always, its customer while it is resolved',
    status: 200,
    response: OneRoomBody,
    errors: [...ROOM_ERRORS, 'CONFLICT'],
  })
  async reopen(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    const { room, participantCount } = await this.rooms.setStatus(actor, ref, 'active');
    return { room: toRoom(room, participantCount) };
  }

  @Endpoint('post', ':room_id/join', {
    access: 'authenticated',
    summary: 'Become a participant',
    status: 200,
    response: OneRoomBody,
    errors: [...ROOM_ERRORS, 'ROOM_FULL'],
  })
  async join(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    const room = await this.members.join(actor, ref);
    return { room: toRoom(room, (await this.members.list(actor, room.id)).total) };
  }

  @Endpoint('post', ':room_id/leave', {
    access: 'authenticated',
    summary: 'Stop being a participant; the last owner names another one first, or hands over',
    status: 200,
    response: null,
    errors: [...ROOM_ERRORS, 'CONFLICT'],
    examples: { body: { hand_over: true } },
  })
  async leave(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Body() { hand_over }: LeaveRoomDto,
  ) {
    await this.members.leave(actor, ref, hand_over);
  }

  @Endpoint('post', ':room_id/archive', {
    access: 'authenticated',
    summary: 'Archive a room for me; the next message brings it back',
    status: 200,
    response: null,
    errors: ROOM_ERRORS,
  })
  async archive(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    await this.lifecycle.archive(actor, ref, true);
  }

  @Endpoint('post', ':room_id/unarchive', {
    access: 'authenticated',
    summary: 'Bring an archived room back',
    status: 200,
    response: null,
    errors: ROOM_ERRORS,
  })
  async unarchive(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    await this.lifecycle.archive(actor, ref, false);
  }

  @Endpoint('delete', ':room_id', {
    access: 'authenticated',
    summary: 'Remove a room with all that is in it',
    description: 'For its owner, and for participants with chats:delete.',
    response: null,
    errors: ROOM_ERRORS,
  })
  async remove(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    await this.lifecycle.remove(actor, ref);
  }
}
