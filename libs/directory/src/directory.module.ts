import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '#libs/platform/events';
import { Connections, RealtimeServer } from '#libs/platform/realtime';
import { ContextsService } from './contexts.service.js';
import { DirectoryController } from './directory.controller.js';
import { UserErased } from './directory.events.js';
import { ErasureService } from './erasure.service.js';
import { UsersService } from './users.service.js';

@Global()
@Module({
  controllers: [DirectoryController],
  providers: [UsersService, ContextsService, ErasureService],
  exports: [UsersService, ContextsService, ErasureService],
})
export class DirectoryModule implements OnModuleInit {
  constructor(
    private readonly users: UsersService,
    private readonly connections: Connections,
    private readonly realtime: RealtimeServer,
    private readonly events: EventBus,
  ) {}

  onModuleInit(): void {
    this.connections.useSelfPresenter(async (actor) => {
      const user = await this.users.find(actor.id);
      return {
        id: actor.id,
        name: user?.name ?? actor.id,
        role: actor.role,
        avatar: user?.avatar ?? null,
      };
    });
    this.events.on(UserErased, ({ userId }) => this.realtime.disconnectUser(userId));
  }
}
