import { Body, Param } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { UsersService } from '#libs/directory';
import { BanBody, OneParticipantBody } from './dto/participant.body.js';
import { BanDto, MuteDto, SetRoleDto, TransferOwnershipDto } from './dto/participants.dto.js';
import { MemberRolesService } from './member-roles.service.js';
import { toParticipant } from './rooms.presenter.js';
import { ROOM_ERRORS } from './rooms.errors.js';
import { RoomLifecycleService } from './room-lifecycle.service.js';
import type { ParticipantView } from './room-view.js';
import { serviceDialect } from './service.dialect.js';

const PERSON_ERRORS = [...ROOM_ERRORS, 'NOT_FOUND'];

@ChatController(serviceDialect, 'api/v1/chat/rooms', 'rooms')
export class RoomRolesController {
  constructor(
    private readonly roles: MemberRolesService,
    private readonly lifecycle: RoomLifecycleService,
    private readonly users: UsersService,
  ) {}

  @Endpoint('put', ':room_id/participants/:user_id/role', {
    access: 'authenticated',
    summary: 'Give a participant a role below your own',
    response: OneParticipantBody,
    errors: [...PERSON_ERRORS, 'CONFLICT'],
    examples: { body: { role: 'moderator' } },
  })
  async setRole(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Param('user_id') userId: string,
    @Body() { role }: SetRoleDto,
  ) {
    return this.answer(await this.roles.setRole(actor, ref, userId, role));
  }

  @Endpoint('post', ':room_id/owner', {
    access: 'authenticated',
    summary: 'Hand the room over: the other one becomes owner, you become admin',
    status: 200,
    response: null,
    errors: PERSON_ERRORS,
    examples: { body: { user_id: 456 } },
  })
  async transfer(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Body() { user_id }: TransferOwnershipDto,
  ) {
    await this.roles.transferOwnership(actor, ref, user_id);
  }

  @Endpoint('put', ':room_id/participants/:user_id/mute', {
    access: 'authenticated',
    summary: 'Mute a participant: they read, but cannot write; `until: null` ends it',
    response: OneParticipantBody,
    errors: PERSON_ERRORS,
    examples: { body: { until: '2030-01-01T00:00:00Z' } },
  })
  async mute(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Param('user_id') userId: string,
    @Body() { until }: MuteDto,
  ) {
    return this.answer(await this.roles.mute(actor, ref, userId, until));
  }

  @Endpoint('put', ':room_id/bans/:user_id', {
    access: 'authenticated',
    summary: 'Remove someone and keep them out',
    description:
      'Also before they ever came. They neither read nor write the room, whatever else would let them in, and their invitations end.',
    response: BanBody,
    errors: [...ROOM_ERRORS, 'UNKNOWN_USERS'],
    examples: { body: { until: '2030-01-01T00:00:00Z' } },
  })
  async ban(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Param('user_id') userId: string,
    @Body() { until }: BanDto,
  ) {
    return { banned_until: (await this.roles.ban(actor, ref, userId, until)).toISOString() };
  }

  @Endpoint('delete', ':room_id/bans/:user_id', {
    access: 'authenticated',
    summary: 'End a ban',
    response: null,
    errors: ROOM_ERRORS,
  })
  async unban(@CurrentActor() actor: Actor, @Param('room_id') ref: string, @Param('user_id') userId: string) {
    await this.roles.unban(actor, ref, userId);
  }

  @Endpoint('post', ':room_id/block', {
    access: 'authenticated',
    summary: 'Block a conversation between two sides: neither can write',
    status: 200,
    response: null,
    errors: [...ROOM_ERRORS, 'CONFLICT'],
  })
  async block(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    await this.lifecycle.block(actor, ref);
  }

  @Endpoint('post', ':room_id/unblock', {
    access: 'authenticated',
    summary: 'Unblock a conversation that you blocked',
    status: 200,
    response: null,
    errors: ROOM_ERRORS,
  })
  async unblock(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    await this.lifecycle.unblock(actor, ref);
  }

  private async answer(participant: ParticipantView) {
    return { participant: toParticipant(participant, await this.users.find(participant.userId)) };
  }
}
