import { LRUCache } from 'lru-cache';
import { dialectRoom, userRoom, type RealtimeServer } from '#libs/platform/realtime';
import { WORKSPACE_DIALECT } from './workspace.dialect.js';

const NAMESPACE = '/';
/** News of who comes online may be on its way for so long. */
const LATE_MS = 60_000;
const MAX_GONE = 10_000;

/**
 * Of whom the sockets of this server that have a room open were told that they are online. Kept by Socket.IO's own set
 * of these sockets, which ends with the last of them: nothing is held of rooms that nobody here has open.
 */
export class ToldOnline {
  private readonly told = new WeakMap<ReadonlySet<string>, Set<string>>();
  /** Who left a room lately: what is heard after that of their coming online was said before it. */
  private readonly gone = new LRUCache<string, true>({ max: MAX_GONE, ttl: LATE_MS });

  constructor(private readonly realtime: RealtimeServer) {}

  has(roomId: string, userId: string): boolean {
    return this.of(roomId)?.has(userId) ?? false;
  }

  /** @returns whether it is news: it was not told yet, and somebody else is there to hear it. */
  add(roomId: string, userId: string): boolean {
    const listeners = this.listenersOf(roomId);
    if (!listeners || !this.isAnyoneElse(listeners, userId)) return false;
    if (this.has(roomId, userId) || this.gone.has(memberKey(roomId, userId))) return false;
    this.told.set(listeners, (this.told.get(listeners) ?? new Set()).add(userId));
    return true;
  }

  delete(roomId: string, userId: string): void {
    this.of(roomId)?.delete(userId);
  }

  /** Is a participant. */
  entered(roomId: string, userId: string): void {
    this.gone.delete(memberKey(roomId, userId));
  }

  /** Is none any more. */
  left(roomId: string, userId: string): void {
    this.delete(roomId, userId);
    this.gone.set(memberKey(roomId, userId), true);
  }

  private of(roomId: string): Set<string> | undefined {
    const listeners = this.listenersOf(roomId);
    return listeners && this.told.get(listeners);
  }

  private listenersOf(roomId: string): ReadonlySet<string> | undefined {
    return this.rooms.get(dialectRoom(WORKSPACE_DIALECT, roomId));
  }

  /** Costs no more steps than the person has sockets. */
  private isAnyoneElse(listeners: ReadonlySet<string>, userId: string): boolean {
    const own = this.rooms.get(userRoom(userId));
    for (const socketId of listeners) if (!own?.has(socketId)) return true;
    return false;
  }

  private get rooms(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.realtime.namespace(NAMESPACE).adapter.rooms;
  }
}

const memberKey = (roomId: string, userId: string): string => `${roomId} ${userId}`;
