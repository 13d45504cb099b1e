import { Module } from '@nestjs/common';
import { DialectModule } from '#libs/platform/dialects';
import { SessionContexts } from './session-contexts.js';
import { SessionEntryService } from './session-entry.service.js';
import { SessionMessagesController } from './session-messages.controller.js';
import { SessionViews } from './session-views.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { supportDialect } from './support.dialect.js';
import { SupportMessagesGateway } from './support-messages.gateway.js';
import { SupportPublisher } from './support.publisher.js';
import { SupportSessionsGateway } from './support-sessions.gateway.js';

/** The support contract: sessions between customers and agents. */
@Module({
  imports: [DialectModule.forFeature(supportDialect)],
  controllers: [SessionsController, SessionMessagesController],
  providers: [
    SessionContexts,
    SessionEntryService,
    SessionViews,
    SessionsService,
    SupportPublisher,
    SupportSessionsGateway,
    SupportMessagesGateway,
  ],
})
export class SupportModule {}
