import { Module } from '@nestjs/common';
import { RealtimeServer } from '#libs/platform/realtime';
import { WorkspaceMembershipController } from './membership.controller.js';
import { WorkspaceMessagesController } from './messages.controller.js';
import { WorkspaceReactionsController } from './reactions.controller.js';
import { WorkspaceRoomsController } from './rooms.controller.js';
import { WorkspacePresence } from './workspace-presence.publisher.js';
import { WorkspaceRoomsService } from './workspace-rooms.service.js';
import { workspaceSocketDialect } from './workspace.errors.js';
import { WorkspaceGateway } from './workspace.gateway.js';
import { WorkspacePublisher } from './workspace.publisher.js';

@Module({
  controllers: [
    WorkspaceRoomsController,
    WorkspaceMembershipController,
    WorkspaceMessagesController,
    WorkspaceReactionsController,
  ],
  providers: [WorkspaceRoomsService, WorkspacePublisher, WorkspacePresence, WorkspaceGateway],
})
export class WorkspaceModule {
  constructor(realtime: RealtimeServer) {
    realtime.registerDialect(workspaceSocketDialect);
  }
}
