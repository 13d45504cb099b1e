import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Actor } from '#libs/platform/auth';
import { Cluster } from '#libs/platform/cluster';
import { AppConfig } from '#libs/platform/config';
import { EventBus } from '#libs/platform/events';
import { Connections, type ConnectionObserver } from '#libs/platform/realtime';
import { MessageArrived } from '#libs/messages';
import { ParticipantLeft, RoomAccessService, wireRoomId, type RoomView } from '#libs/rooms';
import { TypingChanged } from './presence.events.js';

/** A storm of key presses costs one event in this time, and where they also stop, the end of that one. */
const THROTTLE_MS = 1_000;
/** Of more people who type within a second some are told once too often. */
const MAX_TOLD = 50_000;
const TOPIC = 'typing';

interface Typist {
  room: RoomView;
  userId: string;
  /** Whether the room knows, and so has to hear of the end. */
  told: boolean;
  expires: NodeJS.Timeout;
  /** Runs while the telling is held back. */
  due: NodeJS.Timeout | undefined;
}

/** Someone types, or no more (no `forMs`), on another server. */
interface TypingElsewhere {
  roomId: string;
  userId: string;
  forMs?: number;
}

/** Who is typing where. Ends by itself, with a message, with leaving, and with the last connection. */
@Injectable()
export class TypingService implements OnModuleInit, ConnectionObserver, BeforeApplicationShutdown {
  private readonly typists = new Map<string, Typist>();
  /** Who was told less than a second ago to be typing, also when they stopped since. */
  private readonly lately = new LRUCache<string, true>({ max: MAX_TOLD, ttl: THROTTLE_MS });
  private readonly keysByUser = new Map<string, Set<string>>();
  /** Typists of the other servers, by room, with the time until which they count. */
  private readonly elsewhere = new Map<string, Map<string, number>>();

  constructor(
    private readonly config: AppConfig,
    private readonly access: RoomAccessService,
    private readonly connections: Connections,
    private readonly events: EventBus,
    private readonly cluster: Cluster,
  ) {}

  onModuleInit(): void {
    this.cluster.on(TOPIC, (data) => this.heard(data as TypingElsewhere));
    this.connections.observe(this);
    this.events.on(MessageArrived, ({ message }) => {
      if (message.senderId !== null) this.end(message.roomId, message.senderId);
    });
    this.events.on(ParticipantLeft, ({ room, userId }) => this.end(room.id, userId));
  }

  beforeApplicationShutdown(): void {
    for (const typist of this.typists.values()) stopTimers(typist);
  }

  /**
   * Told at once, or, less than a second after the last time, when that second is over and they still type.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_INACTIVE
   */
  async start(
    actor: Actor,
    roomRef: string,
    timeoutMs = this.config.presence.typingTimeoutMs,
  ): Promise<void> {
    const { room } = await this.access.toWrite(actor, roomRef);
    const key = keyOf(room.id, actor.id);
    const known = this.typists.get(key);
    clearTimeout(known?.expires);
    const expires = setTimeout(() => this.expire(room.id, actor.id), timeoutMs).unref();
    const typist: Typist = {
      room,
      userId: actor.id,
      told: known?.told ?? false,
      expires,
      due: known?.due,
    };
    this.typists.set(key, typist);
    this.remember(actor.id, key);
    if (!this.lately.has(key)) this.tell(key, timeoutMs);
    else if (!typist.told && !typist.due)
      typist.due = setTimeout(() => this.tell(key, timeoutMs), this.lately.getRemainingTTL(key)).unref();
  }

  /** Ids of those who are typing in a room, on any server. @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async typistsIn(actor: Actor, roomRef: string): Promise<{ room: RoomView; userIds: string[] }> {
    const { room } = await this.access.toRead(actor, roomRef);
    return { room, userIds: this.typingIn(room.id) };
  }

  /** As `typistsIn`, of a room that the caller has checked access to. */
  typingIn(roomId: string): string[] {
    const here = [...this.typists.values()].filter((typist) => typist.room.id === roomId);
    const now = Date.now();
    const others = [...(this.elsewhere.get(roomId) ?? [])].filter(([, until]) => until > now);
    return [...new Set([...here.map(({ userId }) => userId), ...others.map(([userId]) => userId)])];
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async stop(actor: Actor, roomRef: string): Promise<void> {
    const { room } = await this.access.toRead(actor, roomRef);
    this.end(room.id, actor.id);
  }

  connected(): void {
    // Connecting starts no typing.
  }

  /** The client may be gone for good: nobody should see it type for ten seconds more. */
  disconnected({ id }: Actor): void {
    if (this.connections.countOf(id) > 0) return;
    for (const key of [...(this.keysByUser.get(id) ?? [])]) {
      const typist = this.typists.get(key);
      if (typist) this.end(typist.room.id, id);
    }
  }

  private tell(key: string, timeoutMs: number): void {
    const typist = this.typists.get(key);
    if (!typist) return;
    const { room, userId } = typist;
    clearTimeout(typist.due);
    typist.due = undefined;
    typist.told = true;
    this.lately.set(key, true);
    const news: TypingElsewhere = { roomId: room.id, userId, forMs: timeoutMs + THROTTLE_MS };
    void this.cluster.publish(TOPIC, news);
    void this.events.publish(new TypingChanged(room.id, wireRoomId(room), userId, true));
  }

  /** Nothing that clients can hurry: whoever types again is told at once, also where the time is short. */
  private expire(roomId: string, userId: string): void {
    this.end(roomId, userId);
    this.lately.delete(keyOf(roomId, userId));
  }

  private end(roomId: string, userId: string): void {
    const key = keyOf(roomId, userId);
    const typist = this.typists.get(key);
    if (!typist) return;
    stopTimers(typist);
    this.typists.delete(key);
    this.forgetKey(userId, key);
    if (!typist.told) return;
    void this.cluster.publish(TOPIC, { roomId, userId } satisfies TypingElsewhere);
    void this.events.publish(new TypingChanged(roomId, wireRoomId(typist.room), userId, false));
  }

  private heard({ roomId, userId, forMs }: TypingElsewhere): void {
    const now = Date.now();
    const known = [...(this.elsewhere.get(roomId) ?? [])].filter(
      ([id, until]) => id !== userId && until > now,
    );
    if (forMs !== undefined) known.push([userId, now + forMs]);
    if (known.length > 0) this.elsewhere.set(roomId, new Map(known));
    else this.elsewhere.delete(roomId);
  }

  private remember(userId: string, key: string): void {
    const keys = this.keysByUser.get(userId) ?? new Set();
    keys.add(key);
    this.keysByUser.set(userId, keys);
  }

  private forgetKey(userId: string, key: string): void {
    const keys = this.keysByUser.get(userId);
    keys?.delete(key);
    if (keys?.size === 0) this.keysByUser.delete(userId);
  }
}

function stopTimers({ expires, due }: Typist): void {
  clearTimeout(expires);
  clearTimeout(due);
}

const keyOf = (roomId: string, userId: string): string => `${roomId}:${userId}`;
