import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '#libs/platform/events';
import { DialectEmitter, RealtimeServer } from '#libs/platform/realtime';
import { toPublicUser, UsersService, type UserView } from '#libs/directory';
import { MembersRepository, SERVICE_DIALECT } from '#libs/rooms';
import { TypingChanged, UserCameOnline, UserWentOffline } from './presence.events.js';
import { presenceServerEvents } from './presence.server-events.js';

/** Who hears of presence and typing in the service dialect: sockets in rooms that the person is a participant of. */
@Injectable()
export class PresencePublisher implements OnModuleInit {
  readonly emitter: DialectEmitter<typeof presenceServerEvents>;

  constructor(
    realtime: RealtimeServer,
    private readonly events: EventBus,
    private readonly users: UsersService,
    private readonly members: MembersRepository,
  ) {
    this.emitter = new DialectEmitter(realtime, SERVICE_DIALECT, presenceServerEvents);
  }

  onModuleInit(): void {
    this.events.on(UserCameOnline, async ({ userId }) => {
      const heard = await this.audienceOf(userId);
      if (heard)
        this.emitter.toRooms(
          heard.rooms,
          'user_online',
          { user: toPublicUser(heard.user) },
          { exceptUser: userId },
        );
    });
    this.events.on(UserWentOffline, async ({ userId, lastSeen }) => {
      const heard = await this.audienceOf(userId);
      if (!heard) return;
      const payload = { user: toPublicUser(heard.user), last_seen: lastSeen.toISOString() };
      this.emitter.toRooms(heard.rooms, 'user_offline', payload, { exceptUser: userId });
    });
    this.events.on(TypingChanged, (event) => this.typing(event));
  }

  private async typing({ roomId, roomRef, userId, typing }: TypingChanged): Promise<void> {
    if (!this.emitter.isAnyoneIn(roomId)) return;
    const user = this.users.cached(userId) ?? (await this.users.find(userId));
    if (!user) return;
    const payload = { room_id: roomRef, user: toPublicUser(user) };
    this.emitter.toRoom(roomId, typing ? 'user_typing' : 'user_stopped_typing', payload, {
      exceptUser: userId,
    });
  }

  private async audienceOf(userId: string): Promise<{ user: UserView; rooms: string[] } | undefined> {
    const [user, rooms] = await Promise.all([this.users.find(userId), this.members.roomIdsOf(userId)]);
    const heard = rooms.filter((roomId) => this.emitter.isAnyoneIn(roomId));
    return user && heard.length > 0 ? { user, rooms: heard } : undefined;
  }
}
