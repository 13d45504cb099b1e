import type { Socket } from 'socket.io';
import type { Actor } from '#libs/platform/auth';
import type { EventQueue } from './event-queue.js';
import type { TokenBucket } from '#libs/platform/rate-limit';
import type { UserBudget } from './user-budgets.js';

export interface SocketData {
  /** Set once the token is verified. */
  actor?: Actor;
  /** Seconds since the epoch when the token ends. */
  expiresAt?: number;
  /** Events that wait for the one before them. */
  queue?: EventQueue;
  /** What this connection may send, and what all of its user's may. */
  bucket?: TokenBucket;
  userBudget?: UserBudget;
  /** When the last flood error was emitted (ms of `performance.now()`); they are themselves limited. */
  floodToldAt?: number;
}

type AnyEvents = Record<string, (...args: never[]) => void>;

/** A connection of one namespace. */
export type ChatSocket = Socket<AnyEvents, AnyEvents, AnyEvents, SocketData>;

/** What a handler gets: the connection and who acts. */
export interface SocketContext {
  readonly socket: ChatSocket;
  readonly actor: Actor;
  /** Runs once the acknowledgement (of success or failure) has been sent. */
  afterAnswer(callback: () => void): void;
  /**
   * For events that are `pipelined`: the order of what this one does is settled, and the next of them may start before it
   * has finished. May be passed on by itself.
   */
  readonly letNext: () => void;
}

export type Ack = (answer: unknown) => void;
