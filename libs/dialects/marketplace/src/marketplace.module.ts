import { Module } from '@nestjs/common';
import { DialectModule } from '#libs/platform/dialects';
import { MarketplaceAuthenticationGateway } from './authentication.gateway.js';
import { ChatConnections } from './chat-connections.service.js';
import { MarketplaceConversationsController } from './conversations.controller.js';
import { ConversationsService } from './conversations.service.js';
import { DeliveryMarks } from './delivery-marks.service.js';
import { MarketplacePresence } from './marketplace-presence.publisher.js';
import { marketplaceDialect } from './marketplace.dialect.js';
import { MarketplaceGateway } from './marketplace.gateway.js';
import { MarketplacePublisher } from './marketplace.publisher.js';
import { MarketplaceMessagesController } from './messages.controller.js';
import { MarketplacePresenceController } from './presence.controller.js';
import { ConversationSides } from './sides.service.js';

/** contracts/marketplace: conversations of providers and customers, by REST and by `chat-*` events on `/`. */
@Module({
  imports: [DialectModule.forFeature(marketplaceDialect)],
  controllers: [
    MarketplaceConversationsController,
    MarketplaceMessagesController,
    MarketplacePresenceController,
  ],
  providers: [
    ConversationSides,
    ConversationsService,
    ChatConnections,
    DeliveryMarks,
    MarketplacePublisher,
    MarketplacePresence,
    MarketplaceAuthenticationGateway,
    MarketplaceGateway,
  ],
})
export class MarketplaceModule {}
