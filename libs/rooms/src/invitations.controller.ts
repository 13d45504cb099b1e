import { Body, Param } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { InvitationsBody, NewInvitationBody } from './dto/invitation.body.js';
import { CreateInvitationDto } from './dto/invitations.dto.js';
import { OneRoomBody } from './dto/room.body.js';
import { InvitationsService } from './invitations.service.js';
import { MembersRepository } from './members.repository.js';
import { ROOM_ERRORS } from './rooms.errors.js';
import { toInvitation, toRoom } from './rooms.presenter.js';
import { serviceDialect } from './service.dialect.js';

/** Invitations by link: the host's page takes the token from its own URL and sends it here. */
@ChatController(serviceDialect, 'api/v1/chat', 'rooms')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly members: MembersRepository,
  ) {}

  @Endpoint('post', 'rooms/:room_id/invitations', {
    access: 'authenticated',
    summary: 'Make an invitation; its token is shown only now',
    description:
      'It ends at its time, with its last use, when it is revoked, and when you are removed or banned.',
    response: NewInvitationBody,
    errors: ROOM_ERRORS,
    examples: { body: { expires_in: 86400, max_uses: 10 } },
  })
  async create(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Body() body: CreateInvitationDto,
  ) {
    const { token, ...invitation } = await this.invitations.create(
      actor,
      ref,
      body.expires_in,
      body.max_uses,
    );
    return { invitation: toInvitation(invitation), token };
  }

  @Endpoint('get', 'rooms/:room_id/invitations', {
    access: 'authenticated',
    summary: 'List invitations that can still be used',
    response: InvitationsBody,
    errors: ROOM_ERRORS,
  })
  async list(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    return { invitations: (await this.invitations.list(actor, ref)).map(toInvitation) };
  }

  @Endpoint('delete', 'rooms/:room_id/invitations/:invitation_id', {
    access: 'authenticated',
    summary: 'Revoke an invitation',
    params: {
      invitation_id: {
        description: 'Id of the invitation, as the list has it',
        example: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
      },
    },
    response: null,
    errors: [...ROOM_ERRORS, 'INVITATION_NOT_FOUND'],
  })
  async revoke(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Param('invitation_id') id: string,
  ) {
    await this.invitations.revoke(actor, ref, id);
  }

  @Endpoint('post', 'invitations/:token/accept', {
    access: 'authenticated',
    summary: 'Join the room of an invitation',
    params: { token: { description: 'What the one who invited was shown', example: 'Zk3v0Qx7' } },
    status: 200,
    response: OneRoomBody,
    errors: ['INVITATION_NOT_FOUND', 'ACCESS_DENIED', 'ROOM_FULL'],
  })
  async accept(@CurrentActor() actor: Actor, @Param('token') token: string) {
    const room = await this.invitations.accept(actor, token);
    return { room: toRoom(room, await this.members.countOf(room.id)) };
  }
}
