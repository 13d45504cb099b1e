import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HandshakeGate } from './admission/handshake-gate.js';
import { AuthenticateGateway } from './authenticate.gateway.js';
import { Connections } from './connections.js';
import { spokenDialects } from './spoken-dialects.js';
import { FloodGuard } from './floods/flood-guard.js';
import { RealtimeServer } from './realtime-server.js';
import { SocketRouter } from './socket-router.js';
import { UserBudgets } from './user-budgets.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    HandshakeGate,
    FloodGuard,
    RealtimeServer,
    SocketRouter,
    UserBudgets,
    Connections,
    AuthenticateGateway,
    spokenDialects,
  ],
  exports: [RealtimeServer, SocketRouter, Connections],
})
export class RealtimeModule {}
