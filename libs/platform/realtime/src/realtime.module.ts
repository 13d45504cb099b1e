import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HandshakeGate } from './admission/handshake-gate.js';
import { AuthenticateGateway } from './authenticate.gateway.js';
import { Connections } from './connections.js';
import { spokenDialects } from './spoken-dialects.js';
import { FloodGuard } from './floods/flood-guard.js';
import { EventHandlers } from './gateways/event-handlers.js';
import { EventTable } from './gateways/event-table.js';
import { GatewayEnhancers } from './gateways/gateway-enhancers.js';
import { SocketEvents } from './gateways/socket-events.js';
import { RealtimeServer } from './realtime-server.js';
import { UserBudgets } from './user-budgets.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    HandshakeGate,
    FloodGuard,
    RealtimeServer,
    GatewayEnhancers,
    EventHandlers,
    EventTable,
    SocketEvents,
    UserBudgets,
    Connections,
    AuthenticateGateway,
    spokenDialects,
  ],
  exports: [RealtimeServer, SocketEvents, Connections],
})
export class RealtimeModule {}
