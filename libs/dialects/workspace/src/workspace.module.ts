import { Module } from '@nestjs/common';
import { DialectModule } from '#libs/platform/dialects';
import { WorkspaceMembershipController } from './membership.controller.js';
import { WorkspaceMessagesController } from './messages.controller.js';
import { WorkspaceReactionsController } from './reactions.controller.js';
import { WorkspaceRoomsController } from './rooms.controller.js';
import { WorkspacePresence } from './workspace-presence.publisher.js';
import { WorkspaceRoomsService } from './workspace-rooms.service.js';
import { workspaceDialect } from './workspace.dialect.js';
import { WorkspaceGateway } from './workspace.gateway.js';
import { WorkspacePublisher } from './workspace.publisher.js';

@Module({
  imports: [DialectModule.forFeature(workspaceDialect)],
  controllers: [
    WorkspaceRoomsController,
    WorkspaceMembershipController,
    WorkspaceMessagesController,
    WorkspaceReactionsController,
  ],
  providers: [WorkspaceRoomsService, WorkspacePublisher, WorkspacePresence, WorkspaceGateway],
})
export class WorkspaceModule {}
