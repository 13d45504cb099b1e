import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { EventContext } from './event-context.js';

/** What a handler may say about the answer to its event, besides returning or throwing. */
export interface EventTurn {
  /** Runs once the acknowledgement (of success or failure) has been sent. */
  afterAnswer(callback: () => void): void;
  /**
   * For events that are `pipelined`: the order of what this one does is settled, and the next of them may start before it
   * has finished. May be passed on by itself.
   */
  readonly letNext: () => void;
}

/** The turn of one event; made for each, so it holds as little as it can. */
export class AnsweringTurn implements EventTurn {
  private callbacks: (() => void)[] | undefined;

  constructor(readonly letNext: () => void) {}

  afterAnswer(callback: () => void): void {
    (this.callbacks ??= []).push(callback);
  }

  answered(): void {
    if (this.callbacks) for (const callback of this.callbacks) callback();
  }
}

/** `@Turn() turn: EventTurn` of a gateway's method. */
export const Turn = createParamDecorator(
  (_: unknown, context: ExecutionContext): EventTurn => (context as EventContext).turn,
);
