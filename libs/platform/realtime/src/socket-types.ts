import type { Socket } from 'socket.io';
import type { Actor } from '#libs/platform/auth';
import type { EventQueue } from './gateways/event-queue.js';
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

export type Ack = (answer: unknown) => void;
