import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Transaction } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { ErasureService, UsersService, wireId } from '#libs/directory';
import { ParticipantJoined, RoomContextStatusChanged } from '#libs/rooms';
import { MessagesService } from './messages.service.js';

/** What the chat itself tells a room, and what becomes of messages when a person is erased. */
@Injectable()
export class SystemMessages implements OnModuleInit {
  constructor(
    private readonly messages: MessagesService,
    private readonly users: UsersService,
    private readonly events: EventBus,
    private readonly erasure: ErasureService,
  ) {}

  onModuleInit(): void {
    this.events.on(ParticipantJoined, (event) =>
      event.reason === 'assigned' || event.reason === 'named' ? this.assigned(event) : undefined,
    );
    this.events.on(RoomContextStatusChanged, (event) => this.statusChanged(event));
    this.erasure.register((tx, userId, tombstoneId) => this.erase(tx, userId, tombstoneId));
  }

  private async assigned({ room, userId, reason }: ParticipantJoined): Promise<void> {
    const staff = reason === 'assigned';
    const name = (await this.users.find(userId))?.name ?? `User ${userId}`;
    await this.messages.post(room, {
      type: 'system',
      content: staff ? `${name} has been assigned` : `${name} joined`,
      metadata: {
        event: staff ? 'staff_assigned' : 'participant_joined',
        user_id: wireId(userId),
        ...contextOf(room),
      },
    });
  }

  private async statusChanged({ room, status }: RoomContextStatusChanged): Promise<void> {
    await this.messages.post(room, {
      type: 'status_update',
      content: `Status changed to ${status}`,
      metadata: { event: 'status_changed', status, ...contextOf(room) },
    });
  }

  /** Messages stay and belong to the tombstone; texts of the chat itself that name the person are made neutral. */
  private async erase(tx: Transaction, userId: string, tombstoneId: string): Promise<void> {
    const theirRooms = `SELECT room_id FROM participants WHERE user_id = $1
      UNION SELECT id FROM rooms WHERE type IN ('internal', 'broadcast')
      UNION SELECT target_id::uuid FROM audit_entries WHERE actor_id = $1 AND target_type = 'room'`;
    await tx.query(`UPDATE messages SET sender_id = $2 WHERE sender_id = $1 AND room_id IN (${theirRooms})`, [
      userId,
      tombstoneId,
    ]);
    await tx.query(
      `UPDATE messages SET content = 'A deleted user joined', metadata = metadata - 'user_id'
       WHERE room_id IN (${theirRooms}) AND sender_id IS NULL AND metadata->>'user_id' = $1`,
      [userId],
    );
  }
}

function contextOf(room: { contextType: string | null; contextId: string | null }): Record<string, unknown> {
  if (room.contextType === null || room.contextId === null) return {};
  return { [`${room.contextType}_id`]: wireId(room.contextId) };
}
