import { Param } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Valid } from '#libs/platform/http';
import { queryList } from '#libs/platform/validation';
import { serviceDialect } from '#libs/rooms';
import { toPublicUser } from '#libs/directory';
import { onlineUsersSchema, presenceSchema, toPresence } from './presence.presenter.js';
import { PresenceService } from './presence.service.js';

const presenceQuery = z.object({
  user_ids: queryList(100).meta({
    description: 'Up to 100 ids, repeated or comma-separated',
    examples: ['123,456'],
  }),
});

@ChatController(serviceDialect, 'api/v1/chat', 'presence')
export class PresenceController {
  constructor(private readonly presence: PresenceService) {}

  @Endpoint('get', 'rooms/:room_id/online', {
    access: 'authenticated',
    summary: 'People of a room who are online, yourself included',
    response: onlineUsersSchema,
    errors: ['ROOM_NOT_FOUND', 'ACCESS_DENIED'],
  })
  async online(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    const { roomRef, users } = await this.presence.onlineIn(actor, ref);
    return { room_id: roomRef, users: users.map(toPublicUser) };
  }

  @Endpoint('get', 'presence', {
    access: 'authenticated',
    summary: 'Presence of people',
    description: 'Only of those who share a room with you; the others are left out of the answer.',
    query: presenceQuery,
    response: z.object({ users: z.array(presenceSchema) }),
  })
  async presenceOf(
    @CurrentActor() actor: Actor,
    @Valid('query') { user_ids }: z.output<typeof presenceQuery>,
  ) {
    const people = await this.presence.presenceOf(actor, user_ids);
    return { users: people.map(({ user, online }) => toPresence(user, online)) };
  }
}
