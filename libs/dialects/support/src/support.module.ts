import { Module } from '@nestjs/common';
import { RealtimeServer } from '#libs/platform/realtime';
import { SessionContexts } from './session-contexts.js';
import { SessionEntryService } from './session-entry.service.js';
import { SessionMessagesController } from './session-messages.controller.js';
import { SessionViews } from './session-views.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { supportSocketDialect } from './support.errors.js';
import { SupportMessagesGateway } from './support-messages.gateway.js';
import { SupportPublisher } from './support.publisher.js';
import { SupportSessionsGateway } from './support-sessions.gateway.js';

/** The support contract: sessions between customers and agents. */
@Module({
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
export class SupportModule {
  constructor(realtime: RealtimeServer) {
    realtime.registerDialect(supportSocketDialect);
  }
}
