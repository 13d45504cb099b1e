import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Cluster } from '#libs/platform/cluster';
import { EventBus } from '#libs/platform/events';
import { DialectEmitter, RealtimeServer } from '#libs/platform/realtime';
import { UsersService, type UserView } from '#libs/directory';
import { PresenceService, TypingChanged, UserCameOnline, UserWentOffline } from '#libs/presence';
import {
  DepartureArrived,
  JoinArrived,
  MembersRepository,
  RoomAccessService,
  showsPeople,
  type RoomView,
} from '#libs/rooms';
import { emailOf, toRoomUser } from './people.presenter.js';
import { ToldOnline } from './told-online.js';
import { WORKSPACE_DIALECT } from './workspace.dialect.js';
import { workspaceServerEvents } from './workspace.server-events.js';

/** What changes within this time is told in one `room_users_update`. */
const GATHER_MS = 50;
const CAME_OR_WENT = 'workspace-presence';
const USERS_CHANGED = 'workspace-users';

/** Someone came (no `lastSeen`) or went. */
interface CameOrWent {
  userId: string;
  roomIds: string[];
  lastSeen?: string;
}

/** Who is in a room changed: the named person came into it (no `lastSeen`), or is no participant any more. */
interface UsersChanged {
  roomId: string;
  userId?: string;
  lastSeen?: string;
}

/**
 * Who hears of presence and typing in the workspace contract. Each server tells its own sockets: which rooms are open
 * where, only they know.
 */
@Injectable()
export class WorkspacePresence implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(WorkspacePresence.name);
  private readonly emitter: DialectEmitter<typeof workspaceServerEvents>;
  private readonly told: ToldOnline;
  private readonly gathering = new Map<string, NodeJS.Timeout>();

  constructor(
    realtime: RealtimeServer,
    private readonly cluster: Cluster,
    private readonly events: EventBus,
    private readonly users: UsersService,
    private readonly members: MembersRepository,
    private readonly access: RoomAccessService,
    private readonly presence: PresenceService,
  ) {
    this.emitter = new DialectEmitter(realtime, WORKSPACE_DIALECT, workspaceServerEvents);
    this.told = new ToldOnline(realtime);
  }

  onModuleInit(): void {
    this.events.on(UserCameOnline, ({ userId }) => this.cameOrWent(userId));
    this.events.on(UserWentOffline, ({ userId, lastSeen }) => this.cameOrWent(userId, lastSeen));
    this.events.on(TypingChanged, (event) => this.typing(event));
    this.events.on(JoinArrived, ({ room, userId }) => this.changedHere(room, { userId }));
    this.events.on(DepartureArrived, ({ room, userId }) =>
      this.changedHere(room, { userId, lastSeen: new Date().toISOString() }),
    );
    this.cluster.on(CAME_OR_WENT, (data) => this.inBackground(this.tellPresence(data as CameOrWent)));
    this.cluster.on(USERS_CHANGED, (data) => this.inBackground(this.tellChange(data as UsersChanged)));
  }

  beforeApplicationShutdown(): void {
    for (const timer of this.gathering.values()) clearTimeout(timer);
    this.gathering.clear();
  }

  /** Tells the room that someone joined it with a socket, and in a moment who of it is online. */
  joined(userId: string, roomId: string): void {
    this.inBackground(this.joinedWithSocket(userId, roomId));
  }

  private async joinedWithSocket(userId: string, roomId: string): Promise<void> {
    const room = await this.access.find(roomId);
    if (!room) return;
    // Administrators who look on are not announced: they are no participants.
    const isParticipant = (await this.access.membership(roomId, userId)) !== null;
    this.changed(room, isParticipant ? { userId } : {});
  }

  private changed(room: RoomView, person: Omit<UsersChanged, 'roomId'>): void {
    if (showsPeople(room)) void this.cluster.publish(USERS_CHANGED, { roomId: room.id, ...person });
    this.changedHere(room, person);
  }

  private changedHere(room: RoomView, person: Omit<UsersChanged, 'roomId'>): void {
    if (showsPeople(room)) this.inBackground(this.tellChange({ roomId: room.id, ...person }));
  }

  /**
   * Only of people who are online. Who left goes offline here also if they were only told to be online: when the last
   * connection ended just before, the news of that does not name this room any more.
   */
  private async tellChange({ roomId, userId, lastSeen }: UsersChanged): Promise<void> {
    this.gather(roomId);
    if (userId === undefined || !this.emitter.isAnyoneHere(roomId)) return;
    const isTold = this.told.has(roomId, userId);
    if (lastSeen === undefined) this.told.entered(roomId, userId);
    else this.told.left(roomId, userId);
    if (!isTold && !(await this.presence.isOnline(userId))) return;
    const user = await this.users.find(userId);
    if (user) this.tellRoom(roomId, user, lastSeen);
  }

  private gather(roomId: string): void {
    if (this.gathering.has(roomId) || !this.emitter.isAnyoneHere(roomId)) return;
    const timer = setTimeout(() => {
      this.gathering.delete(roomId);
      this.inBackground(this.sendUsers(roomId));
    }, GATHER_MS);
    timer.unref();
    this.gathering.set(roomId, timer);
  }

  private async sendUsers(roomId: string): Promise<void> {
    const room = await this.access.find(roomId);
    if (!room || !showsPeople(room)) return;
    const users = await this.presence.onlineParticipants(room);
    this.emitter.toRoomHere(roomId, 'room_users_update', { roomId, users: users.map(toRoomUser) });
  }

  private async typing({ roomId, userId, typing }: TypingChanged): Promise<void> {
    if (!this.emitter.isAnyoneIn(roomId)) return;
    const user = this.users.cached(userId) ?? (await this.users.find(userId));
    if (!user) return;
    const event = typing ? 'user_typing' : 'user_stopped_typing';
    this.emitter.toRoom(roomId, event, inRoom(roomId, user), { exceptUser: userId });
  }

  private async cameOrWent(userId: string, lastSeen?: Date): Promise<void> {
    const roomIds = await this.members.roomIdsOf(userId);
    if (roomIds.length === 0) return;
    const news: CameOrWent = { userId, roomIds, lastSeen: lastSeen?.toISOString() };
    void this.cluster.publish(CAME_OR_WENT, news);
    await this.tellPresence(news);
  }

  private async tellPresence({ userId, roomIds, lastSeen }: CameOrWent): Promise<void> {
    const open = roomIds.filter((roomId) => this.emitter.isAnyoneHere(roomId));
    const user = open.length > 0 ? await this.users.find(userId) : undefined;
    if (!user) return;
    for (const roomId of open) {
      this.tellRoom(roomId, user, lastSeen);
      this.gather(roomId);
    }
  }

  /** At most once for each time that the person is online while the room is open here. */
  private tellRoom(roomId: string, user: UserView, lastSeen: string | undefined): void {
    const person = inRoom(roomId, user);
    const others = { exceptUser: user.id };
    if (lastSeen !== undefined) {
      this.told.delete(roomId, user.id);
      this.emitter.toRoomHere(roomId, 'user_offline', { ...person, lastSeen }, others);
    } else if (this.told.add(roomId, user.id)) {
      this.emitter.toRoomHere(roomId, 'user_online', person, others);
    }
  }

  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.logger.error({ err: error }, 'Presence could not be told'));
  }
}

const inRoom = (roomId: string, user: UserView) => ({ roomId, userId: user.id, userEmail: emailOf(user) });
