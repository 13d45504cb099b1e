import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cluster, Everywhere } from '#libs/platform/cluster';
import { Database } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { RealtimeServer } from '#libs/platform/realtime';
import type { ParticipantRole } from './entities/participant.entity.js';
import { RoomAccessService } from './room-access.service.js';
import {
  DepartureArrived,
  JoinArrived,
  ParticipantJoined,
  ParticipantLeft,
  type JoinReason,
  type LeaveReason,
} from './rooms.events.js';

/** Somebody who came or went, on their way between servers. */
type MembershipNews = { roomId: string; userId: string } & (
  { change: 'joined'; role: ParticipantRole; reason: JoinReason } | { change: 'left'; reason: LeaveReason }
);

interface Found {
  roomId: string;
  userId: string;
  role: ParticipantRole;
  hasLeft: boolean;
}

/** Has those who came and went told on every server once, also by a server that died before it told of them. */
@Injectable()
export class MembershipFanout implements OnModuleInit {
  private readonly news: Everywhere<MembershipNews>;

  constructor(
    private readonly cluster: Cluster,
    private readonly events: EventBus,
    private readonly realtime: RealtimeServer,
    private readonly access: RoomAccessService,
    private readonly database: Database,
  ) {
    this.news = new Everywhere(
      cluster,
      'membership',
      ({ roomId, userId, change }) => ({ subject: `${roomId}:${userId}`, state: change }),
      (news) => this.tell(news),
    );
  }

  onModuleInit(): void {
    this.events.on(ParticipantJoined, ({ room, userId, role, reason }) =>
      this.news.happened({ roomId: room.id, userId, change: 'joined', role, reason }),
    );
    this.events.on(ParticipantLeft, ({ room, userId, reason }) =>
      this.news.happened({ roomId: room.id, userId, change: 'left', reason }),
    );
    this.cluster.catchUp.then((sinceMs) => this.catchUp(sinceMs));
  }

  private async tell(news: MembershipNews): Promise<boolean> {
    const { roomId, userId } = news;
    if (!this.realtime.here.isOpen(roomId) && !this.realtime.here.isConnected(userId)) return true;
    const room = this.access.known(roomId) ?? (await this.access.find(roomId));
    if (!room) return true;
    return this.events.publish(
      news.change === 'joined'
        ? new JoinArrived(room, userId, news.role, news.reason)
        : new DepartureArrived(room, userId, news.reason),
    );
  }

  /** Why they came or went is not stored: their own clients are told of it in any case. */
  private async catchUp(sinceMs: number): Promise<void> {
    const changed = await this.database.query<Found>(
      `SELECT room_id AS "roomId", user_id AS "userId", role, left_at IS NOT NULL AS "hasLeft" FROM participants
       WHERE (room_id = ANY($1) OR user_id = ANY($2))
         AND greatest(joined_at, left_at) > now() - $3 * interval '1 millisecond'
       ORDER BY greatest(joined_at, left_at)`,
      [[...this.realtime.here.openRooms()], [...this.realtime.here.users()], Math.ceil(sinceMs)],
    );
    for (const { roomId, userId, role, hasLeft } of changed)
      await this.news.found(
        hasLeft
          ? { roomId, userId, change: 'left', reason: 'removed' }
          : { roomId, userId, change: 'joined', role, reason: 'added' },
      );
  }
}
