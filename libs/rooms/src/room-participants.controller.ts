import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { PageQueryDto } from '#libs/platform/validation';
import { ParticipantPageBody, ParticipantsBody } from './dto/participant.body.js';
import { AddParticipantsDto } from './dto/participants.dto.js';
import { MembersService } from './members.service.js';
import { toPagination, toParticipant } from './rooms.presenter.js';
import { ROOM_ERRORS } from './rooms.errors.js';
import { serviceDialect } from './service.dialect.js';

@ChatController(serviceDialect, 'api/v1/chat/rooms', 'rooms')
export class RoomParticipantsController {
  constructor(private readonly members: MembersService) {}

  @Endpoint('get', ':room_id/participants', {
    access: 'authenticated',
    summary: 'List participants, in order of joining',
    response: ParticipantPageBody,
    errors: ROOM_ERRORS,
  })
  async participants(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Query() { page, per_page }: PageQueryDto,
  ) {
    const { participants, total } = await this.members.list(actor, ref, per_page, (page - 1) * per_page);
    return {
      participants: participants.map(({ participant, user }) => toParticipant(participant, user)),
      pagination: toPagination(page, per_page, total),
    };
  }

  @Endpoint('post', ':room_id/participants', {
    access: 'authenticated',
    summary: 'Add people',
    description:
      'For owners and admins of the room; a person who is already in it stays as they are. Internal rooms take no customers.',
    status: 200,
    response: ParticipantsBody,
    errors: [...ROOM_ERRORS, 'ROOM_FULL', 'UNKNOWN_USERS', 'INVALID_PARTICIPANTS'],
    examples: { body: { user_ids: [456] } },
  })
  async add(@CurrentActor() actor: Actor, @Param('room_id') ref: string, @Body() body: AddParticipantsDto) {
    const room = await this.members.add(actor, ref, body.user_ids);
    const shown = await this.members.shown(room);
    return { participants: shown.map(({ participant, user }) => toParticipant(participant, user)) };
  }

  @Endpoint('delete', ':room_id/participants/:user_id', {
    access: 'authenticated',
    summary: 'Remove a person; delivery to all their sockets ends at once',
    response: null,
    errors: [...ROOM_ERRORS, 'NOT_FOUND', 'CONFLICT'],
  })
  async remove(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Param('user_id') userId: string,
  ) {
    await this.members.remove(actor, ref, userId);
  }
}
