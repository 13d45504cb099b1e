import { ApiConst, ApiInteger, ApiList, ApiNested, ApiText, ApiWireId, Schema } from '#libs/platform/schemas';
import { ApiConversationId } from './ids.js';

const example = { id: 1, name: 'Shiny Wash', role: 'provider', avatar: null };

@Schema('MarketplacePerson', { description: 'A person as others in the chat see it', example })
export class PersonBody {
  @ApiWireId() id!: string | number;
  @ApiText() name!: string;
  @ApiText() role!: string;
  @ApiText({ nullable: true }) avatar!: string | null;
}

@Schema('MarketplaceOnlineUser', {
  description: 'A conversation partner who is online',
  example: { ...example, userId: 1, isOnline: true },
})
export class OnlineUserBody extends PersonBody {
  @ApiWireId() userId!: string | number;
  @ApiConst(true) isOnline!: true;
}

@Schema('MarketplaceOnlineUsers', { description: 'Those of your conversation partners who are online' })
export class OnlineUsersBody {
  @ApiList(() => OnlineUserBody) users!: OnlineUserBody[];
  @ApiInteger() total!: number;
}

@Schema('MarketplaceTypingUser', { description: 'Someone who types in a conversation' })
export class TypingUserBody {
  @ApiWireId() userId!: string | number;
  @ApiConst(true) isTyping!: true;
  @ApiNested(() => PersonBody) user!: PersonBody;
}

@Schema('MarketplaceTypingUsers', { description: 'Who else types in a conversation' })
export class TypingUsersBody {
  @ApiConversationId() conversationId!: string;
  @ApiList(() => TypingUserBody) typingUsers!: TypingUserBody[];
}
