import { Injectable, type OnModuleInit } from '@nestjs/common';
import { groupedLoader } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { wireId } from '#libs/directory';
import { UserCameOnline, UserWentOffline } from '#libs/presence';
import { MembersRepository, PRESENCE_GROUPS } from '#libs/rooms';
import { chatsOf } from './chat-connections.service.js';
import { MarketplacePublisher } from './marketplace.publisher.js';
import { CONVERSATION_TYPES } from './types.js';

/** Partners who hear of a person's coming and going: those of the most recently used conversations. */
const MAX_PARTNERS = 1_000;

/** Conversation partners hear who comes and goes, on the connections that authenticated for this contract. */
@Injectable()
export class MarketplacePresence implements OnModuleInit {
  private readonly partnersOf = groupedLoader(
    (userIds: readonly string[]) => this.members.partnersOf(userIds, CONVERSATION_TYPES, MAX_PARTNERS),
    PRESENCE_GROUPS,
  );

  constructor(
    private readonly events: EventBus,
    private readonly members: MembersRepository,
    private readonly publisher: MarketplacePublisher,
  ) {}

  onModuleInit(): void {
    const { emitter } = this.publisher;
    this.events.on(UserCameOnline, async ({ userId }) =>
      emitter.toRooms(await this.audienceOf(userId), 'chat-user-online', { userId: wireId(userId) }),
    );
    this.events.on(UserWentOffline, async ({ userId, lastSeen }) => {
      const payload = { userId: wireId(userId), lastSeen: lastSeen.toISOString() };
      emitter.toRooms(await this.audienceOf(userId), 'chat-user-offline', payload);
    });
  }

  private async audienceOf(userId: string): Promise<string[]> {
    return ((await this.partnersOf(userId)) ?? []).map(chatsOf);
  }
}
