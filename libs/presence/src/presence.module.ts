import { Global, Module } from '@nestjs/common';
import { PresenceController } from './presence.controller.js';
import { PresenceGateway } from './presence.gateway.js';
import { PresencePublisher } from './presence.publisher.js';
import { PresenceService } from './presence.service.js';
import { TypingService } from './typing.service.js';

@Global()
@Module({
  controllers: [PresenceController],
  providers: [PresenceService, TypingService, PresencePublisher, PresenceGateway],
  exports: [PresenceService, TypingService],
})
export class PresenceModule {}
