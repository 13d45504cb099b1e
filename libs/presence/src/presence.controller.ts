import { Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { ROOM_ERRORS, serviceDialect } from '#libs/rooms';
import { PresenceQueryDto } from './dto/presence.dto.js';
import { OnlineUsersBody, PresenceOfUsersBody, toOnlineUsers, toPresence } from './presence.presenter.js';
import { PresenceService } from './presence.service.js';

@ChatController(serviceDialect, 'api/v1/chat', 'presence')
export class PresenceController {
  constructor(private readonly presence: PresenceService) {}

  @Endpoint('get', 'rooms/:room_id/online', {
    access: 'authenticated',
    summary: 'People of a room who are online, yourself included',
    response: OnlineUsersBody,
    errors: ROOM_ERRORS,
  })
  async online(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    const { roomRef, users } = await this.presence.onlineIn(actor, ref);
    return toOnlineUsers(roomRef, users);
  }

  @Endpoint('get', 'presence', {
    access: 'authenticated',
    summary: 'Presence of people',
    description: 'Only of those who share a room with you; the others are left out of the answer.',
    response: PresenceOfUsersBody,
  })
  async presenceOf(@CurrentActor() actor: Actor, @Query() { user_ids }: PresenceQueryDto) {
    const people = await this.presence.presenceOf(actor, user_ids);
    return { users: people.map(({ user, online }) => toPresence(user, online)) };
  }
}
