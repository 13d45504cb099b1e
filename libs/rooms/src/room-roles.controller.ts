import { Param } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Valid } from '#libs/platform/http';
import { UsersService } from '#libs/directory';
import { hostId } from '#libs/platform/validation';
import { banBody, muteBody, setRoleBody } from './dto/rooms.dto.js';
import { MemberRolesService } from './member-roles.service.js';
import { participantSchema, toParticipant } from './rooms.presenter.js';
import { ROOM_ERRORS } from './rooms.errors.js';
import { RoomLifecycleService } from './room-lifecycle.service.js';
import type { ParticipantView } from './room-view.js';
import { serviceDialect } from './service.dialect.js';

const PERSON_ERRORS = [...ROOM_ERRORS, 'NOT_FOUND'];
const participantAnswer = z.object({ participant: participantSchema });
const ownerBody = z.object({ user_id: hostId });

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
    body: setRoleBody,
    response: participantAnswer,
    errors: [...PERSON_ERRORS, 'CONFLICT'],
    examples: { body: { role: 'moderator' } },
  })
  async setRole(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Param('user_id') userId: string,
    @Valid('body') { role }: z.output<typeof setRoleBody>,
  ) {
    return this.answer(await this.roles.setRole(actor, ref, userId, role));
  }

  @Endpoint('post', ':room_id/owner', {
    access: 'authenticated',
    summary: 'Hand the room over: the other one becomes owner, you become admin',
    status: 200,
    body: ownerBody,
    response: z.null(),
    errors: PERSON_ERRORS,
    examples: { body: { user_id: 456 } },
  })
  async transfer(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Valid('body') { user_id }: z.output<typeof ownerBody>,
  ) {
    await this.roles.transferOwnership(actor, ref, user_id);
  }

  @Endpoint('put', ':room_id/participants/:user_id/mute', {
    access: 'authenticated',
    summary: 'Mute a participant: they read, but cannot write; `until: null` ends it',
    body: muteBody,
    response: participantAnswer,
    errors: PERSON_ERRORS,
    examples: { body: { until: '2030-01-01T00:00:00Z' } },
  })
  async mute(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Param('user_id') userId: string,
    @Valid('body') { until }: z.output<typeof muteBody>,
  ) {
    return this.answer(await this.roles.mute(actor, ref, userId, until));
  }

  @Endpoint('put', ':room_id/bans/:user_id', {
    access: 'authenticated',
    summary: 'Remove someone and keep them out',
    description:
      'Also before they ever came. They neither read nor write the room, whatever else would let them in, and their invitations end.',
    body: banBody,
    response: z.object({ banned_until: z.string() }),
    errors: [...ROOM_ERRORS, 'UNKNOWN_USERS'],
    examples: { body: { until: '2030-01-01T00:00:00Z' } },
  })
  async ban(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Param('user_id') userId: string,
    @Valid('body') { until }: z.output<typeof banBody>,
  ) {
    return { banned_until: (await this.roles.ban(actor, ref, userId, until)).toISOString() };
  }

  @Endpoint('delete', ':room_id/bans/:user_id', {
    access: 'authenticated',
    summary: 'End a ban',
    response: z.null(),
    errors: ROOM_ERRORS,
  })
  async unban(@CurrentActor() actor: Actor, @Param('room_id') ref: string, @Param('user_id') userId: string) {
    await this.roles.unban(actor, ref, userId);
  }

  @Endpoint('post', ':room_id/block', {
    access: 'authenticated',
    summary: 'Block a conversation between two sides: neither can write',
    status: 200,
    response: z.null(),
    errors: [...ROOM_ERRORS, 'CONFLICT'],
  })
  async block(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    await this.lifecycle.block(actor, ref);
  }

  @Endpoint('post', ':room_id/unblock', {
    access: 'authenticated',
    summary: 'Unblock a conversation that you blocked',
    status: 200,
    response: z.null(),
    errors: ROOM_ERRORS,
  })
  async unblock(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    await this.lifecycle.unblock(actor, ref);
  }

  private async answer(participant: ParticipantView) {
    return { participant: toParticipant(participant, await this.users.find(participant.userId)) };
  }
}
