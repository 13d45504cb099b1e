import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '#libs/platform/events';
import { DialectEmitter, RealtimeServer } from '#libs/platform/realtime';
import { toPublicUser, UsersService, type PublicUser } from '#libs/directory';
import type { RoomBody } from './dto/room.body.js';
import { MembersRepository } from './members.repository.js';
import { showsPeople } from './room-policy.js';
import type { RoomView } from './room-view.js';
import {
  BanChanged,
  DepartureArrived,
  JoinArrived,
  ParticipantChanged,
  ParticipantLeft,
  RoomDeleted,
  RoomUpdated,
} from './rooms.events.js';
import { toRoom, wireRoomId } from './rooms.presenter.js';
import { roomsServerEvents } from './rooms.server-events.js';
import { SERVICE_DIALECT } from './service.dialect.js';

/** Who hears what of rooms in the service dialect, and the end of delivery for those who are out. */
@Injectable()
export class RoomsPublisher implements OnModuleInit {
  readonly emitter: DialectEmitter<typeof roomsServerEvents>;

  constructor(
    private readonly realtime: RealtimeServer,
    private readonly events: EventBus,
    private readonly users: UsersService,
    private readonly members: MembersRepository,
  ) {
    this.emitter = new DialectEmitter(realtime, SERVICE_DIALECT, roomsServerEvents);
  }

  onModuleInit(): void {
    // Eviction stands first and awaits nothing: no later message may reach the one who is out.
    this.events.on(ParticipantLeft, ({ room, userId }) => this.realtime.evict(userId, room.id));
    this.events.on(BanChanged, ({ room, userId, bannedUntil }) =>
      bannedUntil === null ? undefined : this.realtime.evict(userId, room.id),
    );
    this.events.on(DepartureArrived, (event) => this.left(event));
    this.events.on(JoinArrived, (event) => this.joined(event));
    this.events.on(ParticipantChanged, (event) => this.changed(event));
    this.events.on(RoomDeleted, ({ room }) => {
      this.emitter.toRoom(room.id, 'room_deleted', { room_id: wireRoomId(room) });
      this.realtime.evictAll(room.id);
    });
    this.events.on(RoomUpdated, ({ room }) => this.updated(room));
  }

  private async joined({ room, userId, role, reason }: JoinArrived): Promise<void> {
    if (reason !== 'joined')
      this.emitter.toUserHere(userId, 'room_added', {
        room_id: wireRoomId(room),
        room: await this.body(room),
      });
    if (!showsPeople(room) || !this.emitter.isAnyoneHere(room.id)) return;
    const user = await this.person(userId);
    if (user) this.emitter.toRoomHere(room.id, 'user_joined', { room_id: wireRoomId(room), user, role });
  }

  private async left({ room, userId, reason }: DepartureArrived): Promise<void> {
    if (reason === 'removed') this.emitter.toUserHere(userId, 'room_removed', { room_id: wireRoomId(room) });
    if (!showsPeople(room) || !this.emitter.isAnyoneHere(room.id)) return;
    const user = await this.person(userId);
    if (user) this.emitter.toRoomHere(room.id, 'user_left', { room_id: wireRoomId(room), user });
  }

  private async changed({ room, userId, role, mutedUntil }: ParticipantChanged): Promise<void> {
    if (!this.emitter.isAnyoneIn(room.id)) return;
    const user = await this.person(userId);
    if (!user) return;
    const muted_until = mutedUntil?.toISOString() ?? null;
    const payload = { room_id: wireRoomId(room), user, role, muted_until };
    if (showsPeople(room)) this.emitter.toRoom(room.id, 'participant_updated', payload);
    else this.emitter.toUser(userId, 'participant_updated', payload);
  }

  private async updated(room: RoomView): Promise<void> {
    if (!this.emitter.isAnyoneIn(room.id)) return;
    this.emitter.toRoom(room.id, 'room_updated', { room_id: wireRoomId(room), room: await this.body(room) });
  }

  private async body(room: RoomView): Promise<RoomBody> {
    return toRoom(room, await this.members.countOf(room.id));
  }

  private async person(userId: string): Promise<PublicUser | undefined> {
    const user = await this.users.find(userId);
    return user && toPublicUser(user);
  }
}
