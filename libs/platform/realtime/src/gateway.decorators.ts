import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import { Access, type AccessRule } from '#libs/platform/auth';
import type { DataType } from '#libs/platform/schemas';

export const GATEWAY = 'switchboard:gateway';
export const SOCKET_EVENT = 'switchboard:socket-event';

export interface GatewayOptions {
  /** The contract whose events this gateway speaks. */
  dialect: string;
}

export interface SocketEventOptions {
  access: AccessRule;
  summary: string;
  payload?: z.ZodType;
  /** What `data` of the acknowledgement is: a class, a list of it, or null. */
  ack?: z.ZodType | DataType;
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
   * May start while earlier events of this connection have their place and have not finished (`SocketContext.letNext`):
   * the sending of messages, whose order the writer keeps. Any other event waits until all before it have finished.
   */
  pipelined?: boolean;
}

export interface SocketEventMetadata extends SocketEventOptions {
  event: string;
}

/** Marks a class whose methods answer socket events; found by the router, wired once. */
export const Gateway = (options: GatewayOptions): ClassDecorator =>
  applyDecorators(Injectable(), SetMetadata(GATEWAY, options));

/**
 * `method(context, payload)` answers the event. What it returns is the acknowledgement's `data`; what it throws
 * becomes an error acknowledgement and the dialect's error event. Validation, access and AsyncAPI read this.
 */
export const OnSocketEvent = (event: string, options: SocketEventOptions): MethodDecorator =>
  applyDecorators(SetMetadata(SOCKET_EVENT, { event, ...options }), Access(options.access));
