import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { Cluster } from '#libs/platform/cluster';
import { AppConfig } from '#libs/platform/config';
import { EventBus } from '#libs/platform/events';
import { Connections, type ConnectionObserver } from '#libs/platform/realtime';
import { MessageArrived } from '#libs/messages';
import { ParticipantLeft, RoomAccessService, wireRoomId, type RoomView } from '#libs/rooms';
import { TypingChanged } from './presence.events.js';

/** A storm of key presses costs one event in this time. */
const THROTTLE_MS = 1_000;
const TOPIC = 'typing';

interface Typist {
  room: RoomView;
  userId: string;
  toldAt: number;
  expires: NodeJS.Timeout;
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
    for (const typist of this.typists.values()) clearTimeout(typist.expires);
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_INACTIVE */
  async start(
    actor: Actor,
    roomRef: string,
    timeoutMs = this.config.presence.typingTimeoutMs,
  ): Promise<void> {
    const { room } = await this.access.toWrite(actor, roomRef);
    const key = keyOf(room.id, actor.id);
    const now = Date.now();
    const known = this.typists.get(key);
    clearTimeout(known?.expires);
    const expires = setTimeout(() => this.end(room.id, actor.id), timeoutMs);
    expires.unref();
    const tell = !known || now - known.toldAt >= THROTTLE_MS;
    this.typists.set(key, { room, userId: actor.id, toldAt: tell ? now : known.toldAt, expires });
    this.remember(actor.id, key);
    if (!tell) return;
    const news: TypingElsewhere = { roomId: room.id, userId: actor.id, forMs: timeoutMs + THROTTLE_MS };
    void this.cluster.publish(TOPIC, news);
    void this.events.publish(new TypingChanged(room.id, wireRoomId(room), actor.id, true));
  }

  /** Ids of those who are typing in a room, on any server. @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async typistsIn(actor: Actor, roomRef: string): Promise<{ room: RoomView; userIds: string[] }> {
    const { room } = await this.access.toRead(actor, roomRef);
    const here = [...this.typists.values()].filter((typist) => typist.room.id === room.id);
    const now = Date.now();
    const others = [...(this.elsewhere.get(room.id) ?? [])].filter(([, until]) => until > now);
    const userIds = new Set([...here.map(({ userId }) => userId), ...others.map(([userId]) => userId)]);
    return { room, userIds: [...userIds] };
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

  private end(roomId: string, userId: string): void {
    const key = keyOf(roomId, userId);
    const typist = this.typists.get(key);
    if (!typist) return;
    clearTimeout(typist.expires);
    this.typists.delete(key);
    this.forgetKey(userId, key);
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

const keyOf = (roomId: string, userId: string): string => `${roomId}:${userId}`;
