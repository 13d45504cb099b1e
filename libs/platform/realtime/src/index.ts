export { claimPayload, type Claim } from './claim.js';
export { Connections, type ConnectionObserver, type SelfPresenter } from './connections.js';
export type { DialectClassifier, SocketDialect } from './dialects.js';
export { DeliveryGate, type AlreadyKnown } from './delivery-gate.js';
export { DialectEmitter } from './emitter.js';
export {
  Gateway,
  OnSocketEvent,
  type SocketEventMetadata,
  type SocketEventOptions,
} from './gateway.decorators.js';
export { isOriginAllowed } from './origin.js';
export { RealtimeModule } from './realtime.module.js';
export { RealtimeServer, type EmitOptions } from './realtime-server.js';
export { dialectRoom, userRoom } from './socket-rooms.js';
export {
  defineServerEvents,
  serverEventRegistry,
  type PayloadOf,
  type ServerEventDefinition,
  type ServerEventMap,
} from './server-events.js';
export { ANY_DIALECT, SocketRouter, type SocketRoute } from './socket-router.js';
export type { ChatSocket, SocketContext } from './socket-types.js';
