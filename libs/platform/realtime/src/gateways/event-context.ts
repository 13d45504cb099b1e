import type { Type } from '@nestjs/common';
import type { WsArgumentsHost } from '@nestjs/common/internal';
import { ExecutionContextHost } from '@nestjs/core/internal';
import type { ChatSocket } from '../socket-types.js';
import type { EventTurn } from './turn.js';

/** What Nest calls a method of gateways that answers an event. */
export type GatewayMethod = (...values: unknown[]) => unknown;

/**
 * Nest's execution context of one event. Guards, pipes and decorators of parameters find in it what they find in Nest's
 * own; that one makes three functions whenever somebody asks for the socket, which every event does twice.
 */
export class EventContext extends ExecutionContextHost implements WsArgumentsHost {
  constructor(
    readonly socket: ChatSocket,
    readonly payload: unknown,
    readonly turn: EventTurn,
    readonly event: string,
    gateway: Type,
    method: GatewayMethod,
  ) {
    super([socket, payload, turn, event], gateway, method);
    this.setType('ws');
  }

  override switchToWs(): this & WsArgumentsHost {
    return this;
  }

  getClient<T>(): T {
    return this.socket as T;
  }

  getData<T>(): T {
    return this.payload as T;
  }

  getPattern(): string {
    return this.event;
  }
}
