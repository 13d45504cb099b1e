import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { SessionRegistry } from '#libs/platform/cluster';
import { EventBus } from '#libs/platform/events';
import { Metrics } from '#libs/platform/metrics';
import { Connections, type ChatSocket, type ConnectionObserver } from '#libs/platform/realtime';
import { UserErased, UsersService, type UserView } from '#libs/directory';
import {
  closedTypes,
  MembersRepository,
  RoomAccessService,
  showsPeople,
  wireRoomId,
  type RoomType,
  type RoomView,
} from '#libs/rooms';
import { UserCameOnline, UserWentOffline } from './presence.events.js';

/** Participants of a room that are looked at; larger rooms show the first ones. */
const MAX_PARTICIPANTS = 1_000;

interface Device {
  connections: number;
  /** While none is left: since when, and what runs until the end of the grace period. */
  leaving: { since: Date; timer: NodeJS.Timeout } | undefined;
}

export interface PresenceOf {
  user: UserView;
  online: boolean;
}

/** Who is online: a user with any connection, and for a short grace after the last one is gone. */
@Injectable()
export class PresenceService implements OnModuleInit, ConnectionObserver, BeforeApplicationShutdown {
  private readonly logger = new Logger(PresenceService.name);
  private readonly devices = new Map<string, Device>();
  private stopping = false;

  constructor(
    private readonly config: AppConfig,
    private readonly connections: Connections,
    private readonly sessions: SessionRegistry,
    private readonly access: RoomAccessService,
    private readonly members: MembersRepository,
    private readonly users: UsersService,
    private readonly events: EventBus,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'switchboard_users_online',
      'Users with a connection to this server',
      () => this.devices.size,
    );
  }

  onModuleInit(): void {
    this.connections.observe(this);
    this.events.on(UserErased, ({ userId }) => this.forget(userId));
    // Their server ended; nobody else will say so.
    this.sessions.onLost(
      (userId, silentMs) => void this.announceOffline(userId, new Date(Date.now() - silentMs)),
    );
    this.sessions.onFound((userId) => void this.events.publish(new UserCameOnline(userId)));
  }

  /** A server that stops is no reason to call its users offline: they reconnect. When they were here is kept. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    const now = new Date();
    const seen = [...this.devices].map(([id, { leaving }]) => ({ id, at: leaving?.since ?? now }));
    for (const { leaving } of this.devices.values()) clearTimeout(leaving?.timer);
    await this.remember(seen);
  }

  connected({ id, family }: Actor, socket: ChatSocket): void {
    if (family === 'service') return;
    const device = this.devices.get(id) ?? { connections: 0, leaving: undefined };
    clearTimeout(device.leaving?.timer);
    device.leaving = undefined;
    device.connections += 1;
    this.devices.set(id, device);
    void this.opened(id, socket);
  }

  disconnected({ id }: Actor): void {
    const device = this.devices.get(id);
    if (!device) return;
    device.connections -= 1;
    if (this.stopping) return;
    void this.sessions.closed(id);
    if (device.connections > 0) return;
    const since = new Date();
    const timer = setTimeout(() => void this.left(id, since), this.config.presence.graceMs);
    device.leaving = { since, timer: timer.unref() };
  }

  private async opened(id: string, socket: ChatSocket): Promise<void> {
    const { first, connections } = await this.sessions.opened(id);
    if (first) await this.events.publish(new UserCameOnline(id));
    this.connections.endOneTooMany(socket, connections);
  }

  /** On any of the servers. */
  async isOnline(userId: string): Promise<boolean> {
    return (await this.sessions.online([userId])).has(userId);
  }

  /** Of these people those who are online, on any of the servers. */
  online(userIds: readonly string[]): Promise<Set<string>> {
    return this.sessions.online(userIds);
  }

  /** People of a room who are online, oneself included. @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async onlineIn(actor: Actor, roomRef: string): Promise<{ roomRef: string; users: UserView[] }> {
    const { room } = await this.access.toRead(actor, roomRef);
    const participants = showsPeople(room) ? await this.members.list(room.id, MAX_PARTICIPANTS) : [];
    const people = participants.map((participant) => participant.userId);
    const online = await this.sessions.online([...new Set([...people, actor.id])]);
    return { roomRef: wireRoomId(room), users: [...(await this.users.findMany(online)).values()] };
  }

  /** Participants of a room who are online; the caller has checked who may know. */
  async onlineParticipants(room: RoomView): Promise<UserView[]> {
    if (!showsPeople(room)) return [];
    const participants = await this.members.list(room.id, MAX_PARTICIPANTS);
    const online = await this.online(participants.map((participant) => participant.userId));
    return [...(await this.users.findMany(online)).values()];
  }

  /** Who shares a room of these types with the actor and is online, oneself not included. */
  async onlinePartners(actor: Actor, types: readonly RoomType[]): Promise<UserView[]> {
    const partners = await this.members.partnersOf([actor.id], types, MAX_PARTICIPANTS);
    return [...(await this.users.findMany(await this.online(partners.get(actor.id) ?? []))).values()];
  }

  /** Presence of these people, of those among them who share a room with the actor; the others are left out. */
  async presenceOf(actor: Actor, userIds: string[]): Promise<PresenceOf[]> {
    const visible = await this.members.sharersOf(actor.id, userIds, closedTypes(actor));
    if (userIds.includes(actor.id)) visible.add(actor.id);
    const [users, online] = await Promise.all([
      this.users.findMany(visible),
      this.sessions.online([...visible]),
    ]);
    return [...users.values()].map((user) => ({ user, online: online.has(user.id) }));
  }

  private async left(userId: string, lastSeen: Date): Promise<void> {
    this.devices.delete(userId);
    if (await this.sessions.left(userId)) await this.announceOffline(userId, lastSeen);
    // Of two servers that they leave, one after the other, it need not be the second that tells.
    else await this.remember([{ id: userId, at: lastSeen }]);
  }

  private async announceOffline(userId: string, at: Date): Promise<void> {
    const lastSeen = (await this.remember([{ id: userId, at }])).get(userId) ?? at;
    await this.events.publish(new UserWentOffline(userId, lastSeen));
  }

  /** @returns when they were seen last, on whichever server */
  private async remember(seen: readonly { id: string; at: Date }[]): Promise<Map<string, Date>> {
    try {
      return await this.users.rememberLastSeen(seen);
    } catch (error) {
      this.logger.warn({ err: error, users: seen.length }, 'The time of the last visit could not be stored');
      return new Map();
    }
  }

  private forget(userId: string): void {
    clearTimeout(this.devices.get(userId)?.leaving?.timer);
    if (this.devices.delete(userId)) void this.sessions.left(userId);
  }
}
