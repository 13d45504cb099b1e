import { Param } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { UsersService } from '#libs/directory';
import { PresenceService, TypingService } from '#libs/presence';
import { ROOM_ERRORS } from '#libs/rooms';
import { OnlineUsersBody, TypingUsersBody } from './dto/people.body.js';
import { marketplaceDialect, PREFIX } from './marketplace.dialect.js';
import { toOnlineUser, toTypingUser } from './people.presenter.js';
import { CONVERSATION_PARAMS } from './routes.js';
import { CONVERSATION_TYPES } from './types.js';

@ChatController(marketplaceDialect, PREFIX)
export class MarketplacePresenceController {
  constructor(
    private readonly presence: PresenceService,
    private readonly typing: TypingService,
    private readonly users: UsersService,
  ) {}

  @Endpoint('get', 'online-users', {
    access: 'authenticated',
    summary: 'List those of my conversation partners who are online',
    response: OnlineUsersBody,
  })
  async onlineUsers(@CurrentActor() actor: Actor) {
    const users = await this.presence.onlinePartners(actor, CONVERSATION_TYPES);
    return { users: users.map(toOnlineUser), total: users.length };
  }

  @Endpoint('get', 'conversations/:conversationId/typing', {
    access: 'authenticated',
    summary: 'Who else is typing in a conversation',
    params: CONVERSATION_PARAMS,
    response: TypingUsersBody,
    errors: ROOM_ERRORS,
  })
  async typingStatus(@CurrentActor() actor: Actor, @Param('conversationId') id: string) {
    const { room, userIds } = await this.typing.typistsIn(actor, id);
    const others = await this.users.findMany(userIds.filter((userId) => userId !== actor.id));
    return { conversationId: room.id, typingUsers: [...others.values()].map(toTypingUser) };
  }
}
