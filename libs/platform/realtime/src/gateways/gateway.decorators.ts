import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Access, AccessGuard, type AccessRule } from '#libs/platform/auth';
import type { DataType } from '#libs/platform/schemas';

export const DIALECT = 'switchboard:dialect';
export const EVENT_OPTIONS = 'switchboard:event-options';

export interface EventOptions {
  access: AccessRule;
  summary: string;
  /** What `data` of the acknowledgement is: a class, a list of it (`[RoomBody]`), or null. */
  ack?: DataType;
  /** Events that the server emits because of this one. */
  emits?: string[];
  /** Codes it may be refused with, besides the common ones. */
  errors?: string[];
  example?: unknown;
  /**
   * Takes effect also when the connection closed after it was received: a client that says something and leaves has
   * said it. Not for events that join or hold anything for the connection.
   */
  outlivesConnection?: boolean;
  /**
   * May start while earlier events of this connection have their place and have not finished (`EventTurn.letNext`): the
   * sending of messages, whose order the writer keeps. Any other event waits until all before it have finished.
   */
  pipelined?: boolean;
}

export interface SocketEventMetadata extends EventOptions {
  event: string;
}

/**
 * `@WebSocketGateway()` of a contract: its events are heard in all namespaces of the dialect, which has them in one place
 * (`RealtimeServer.registerDialect`), and AccessGuard decides who may send them. Docs: docs/gateways.md.
 */
export const ChatGateway = (dialect: string): ClassDecorator =>
  applyDecorators(WebSocketGateway(), SetMetadata(DIALECT, dialect), UseGuards(AccessGuard));

/**
 * `@SubscribeMessage()` with what everyone must know of an event. What the method returns is the acknowledgement's
 * `data`; what it throws becomes an error acknowledgement and the dialect's error event. Access and AsyncAPI read this.
 */
export const OnEvent = (event: string, options: EventOptions): MethodDecorator =>
  applyDecorators(
    SubscribeMessage(event),
    Access(options.access),
    SetMetadata(EVENT_OPTIONS, { event, ...options } satisfies SocketEventMetadata),
  );
