export { ClaimDto } from './claim.js';
export { Connections, type ConnectionObserver, type SelfPresenter } from './connections.js';
export { ANY_DIALECT, type DialectClassifier } from './dialects.js';
export { DeliveryGate, type AlreadyKnown } from './delivery-gate.js';
export { DialectEmitter } from './emitter.js';
export { ChatIoAdapter } from './gateways/chat-io.adapter.js';
export { EventTable, type SocketRoute } from './gateways/event-table.js';
export {
  ChatGateway,
  OnEvent,
  type EventOptions,
  type SocketEventMetadata,
} from './gateways/gateway.decorators.js';
export { SocketEvents } from './gateways/socket-events.js';
export { Turn, type EventTurn } from './gateways/turn.js';
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
export type { ChatSocket } from './socket-types.js';
